import type { Account, Session } from '#contract/auth.contract.ts';
import type { SiteFile } from '#contract/site.ts';
import { permissionsOf, type Role } from '#domain/permissions.ts';
import { fail } from '#station/errors.ts';
import { STATION_ACTOR, type Actor, type StationPorts, type Tx } from '#station/ports.ts';
import { actorOf, type ActiveSession, type Connection, type Sessions } from '#station/sessions.ts';
import { createPasswords } from './password.ts';
import * as store from './accounts.store.ts';

export type Accounts = ReturnType<typeof createAccounts>;
interface NewAdmin {
  username: string;
  name: string;
  password: string;
}

/** Accounts, sign-in with lockout, sessions. */
export function createAccounts(ports: StationPorts, sessions: Sessions, passwords = createPasswords()) {
  const { db, clock, write, audit, settings, newId } = ports;
  settings.define(
    { key: 'session.idleLockSeconds', kind: 'number', defaultValue: 600, min: 0, max: 86_400 },
    { key: 'account.lockoutFailures', kind: 'number', defaultValue: 5, min: 1, max: 100 },
    { key: 'account.lockoutSeconds', kind: 'number', defaultValue: 300, min: 1, max: 86_400 },
  );
  const idleLockMs = () => settings.number('session.idleLockSeconds') * 1000;
  const view = (session: ActiveSession, token: string): Session => ({
    token,
    account: session.account,
    permissions: permissionsOf(session.account.role),
    locked: session.locked,
    idleLockMs: idleLockMs(),
  });
  /** Checks and hashes, which takes a while, before any transaction. */
  const prepare = async (role: Role, input: NewAdmin, mustChange: boolean) => {
    if (input.password.toLowerCase() === input.username.toLowerCase())
      fail('INVALID', 'account.password_is_username');
    const { username, name } = input;
    return { role, username, name, mustChange, passwordHash: await passwords.hash(input.password) };
  };
  const add = (tx: Tx, actor: Actor, prepared: Awaited<ReturnType<typeof prepare>>): Account => {
    const { username, role, name } = prepared;
    if (store.byUsername(tx.db, username)) fail('CONFLICT', 'account.username_taken', { username });
    const id = newId();
    store.insert(tx.db, { id, ...prepared, nowMs: tx.nowMs });
    audit.append(tx, actor, 'account.create', username, { role, name });
    return store.publicAccount(store.byId(tx.db, id)!);
  };
  const needsSetup = () => ports.site.current().site.kind === 'real' && store.count(db) === 0;
  /** Counts a failure and locks the account out when there are too many. */
  const failed = (account: store.StoredAccount, actor: Actor) =>
    write((tx) => {
      const failures = account.failures + 1;
      const out = failures >= settings.number('account.lockoutFailures');
      const lockedUntilMs = out
        ? tx.nowMs + settings.number('account.lockoutSeconds') * 1000
        : account.lockedUntilMs;
      store.update(tx.db, { ...account, failures: out ? 0 : failures, lockedUntilMs });
      audit.append(tx, actor, out ? 'account.lockout' : 'account.sign_in_failed', account.username);
    });
  const check = async (username: string, password: string): Promise<store.StoredAccount> => {
    const account = store.byUsername(db, username);
    const wait = account?.lockedUntilMs ? account.lockedUntilMs - clock.nowMs() : 0;
    if (wait > 0) fail('TOO_MANY', 'account.locked_out', { seconds: Math.ceil(wait / 1000) });
    const fits = await passwords.fits(password, account?.passwordHash);
    const now = store.byUsername(db, username);
    if (account && now && !fits) failed(now, STATION_ACTOR);
    if (!account || !fits || !account.enabled) return fail('UNAUTHENTICATED', 'account.wrong');
    return now!;
  };

  return {
    needsSetup,
    /** Accounts of the demo park, made on its first start; their passwords are on the sign-in screen. */
    async seedDemo(file: SiteFile): Promise<void> {
      if (file.site.kind !== 'demo' || store.count(db) > 0) return;
      const prepared = await Promise.all(
        file.demoAccounts.map(({ role, username, name, password }) =>
          prepare(role, { username, name: name.zh, password }, false),
        ),
      );
      write((tx) => prepared.forEach((one) => add(tx, STATION_ACTOR, one)));
    },
    /** First start of a real site: three administrators, three people, no default password. */
    async setup(input: {
      systemAdmin: NewAdmin;
      securityAdmin: NewAdmin;
      auditAdmin: NewAdmin;
    }): Promise<void> {
      if (!needsSetup()) fail('CONFLICT', 'setup.done');
      const names = [input.systemAdmin, input.securityAdmin, input.auditAdmin].map((one) =>
        one.username.toLowerCase(),
      );
      if (new Set(names).size < 3) fail('INVALID', 'setup.same_person');
      const prepared = await Promise.all([
        prepare('system_admin', input.systemAdmin, false),
        prepare('security_admin', input.securityAdmin, false),
        prepare('audit_admin', input.auditAdmin, false),
      ]);
      write((tx) => {
        if (!needsSetup()) fail('CONFLICT', 'setup.done');
        prepared.forEach((one) => add(tx, STATION_ACTOR, one));
      });
    },
    async signIn(connection: Connection, username: string, password: string): Promise<Session> {
      const account = await check(username, password);
      const after = write((tx) => {
        const next = { ...account, failures: 0, lockedUntilMs: null, lastSignInAtMs: tx.nowMs };
        store.update(tx.db, next);
        audit.append(
          tx,
          { id: account.id, name: account.name, role: account.role },
          'account.sign_in',
          account.username,
          { transport: connection.transport },
        );
        return store.publicAccount(next);
      });
      const token = sessions.start(connection, after);
      return view(connection.session!, token);
    },
    resume(connection: Connection, token: string): Session {
      const session = sessions.find(token);
      if (!session) return fail('UNAUTHENTICATED', 'session.expired');
      connection.session = session;
      return view(session, token);
    },
    signOut(connection: Connection): void {
      const session = connection.session!;
      write((tx) => audit.append(tx, actorOf(session), 'account.sign_out', session.account.username));
      sessions.end(session);
      connection.session = null;
    },
    lock(session: ActiveSession): void {
      sessions.setLocked(session, true);
    },
    async unlock(session: ActiveSession, password: string): Promise<Session> {
      await check(session.account.username, password);
      sessions.setLocked(session, false);
      write((tx) => audit.append(tx, actorOf(session), 'account.unlock', session.account.username));
      return view(session, '');
    },
    async changePassword(session: ActiveSession, current: string, next: string): Promise<void> {
      const account = await check(session.account.username, current);
      if (next.toLowerCase() === account.username.toLowerCase() || next === current)
        fail('INVALID', 'account.password_weak');
      const passwordHash = await passwords.hash(next);
      write((tx) => {
        store.update(tx.db, { ...account, passwordHash, mustChangePassword: false });
        audit.append(tx, actorOf(session), 'account.change_password', account.username);
      });
    },
    list: (): Account[] => store.all(db).map(store.publicAccount),
    find: (id: string): Account | undefined => {
      const account = store.byId(db, id);
      return account && store.publicAccount(account);
    },
    async create(actor: Actor, input: NewAdmin & { role: Role }): Promise<Account> {
      const prepared = await prepare(input.role, input, true);
      return write((tx) => add(tx, actor, prepared));
    },
    async update(
      actor: Actor,
      input: { id: string; name?: string; role?: Role; enabled?: boolean; password?: string },
    ): Promise<Account> {
      const passwordHash = input.password === undefined ? undefined : await passwords.hash(input.password);
      return write((tx) => {
        const before = store.byId(tx.db, input.id);
        if (!before) return fail('NOT_FOUND', 'account.unknown');
        const next: store.StoredAccount = {
          ...before,
          name: input.name ?? before.name,
          role: input.role ?? before.role,
          enabled: input.enabled ?? before.enabled,
          ...(passwordHash
            ? { passwordHash, mustChangePassword: true, failures: 0, lockedUntilMs: null }
            : {}),
        };
        store.update(tx.db, next);
        const administers = before.role.endsWith('_admin') && before.enabled;
        if (administers && store.countOfRole(tx.db, before.role) === 0)
          fail('CONFLICT', 'account.last_admin', { role: before.role });
        audit.append(tx, actor, 'account.update', before.username, {
          ...(next.name !== before.name ? { name: next.name } : {}),
          ...(next.role !== before.role ? { role: [before.role, next.role] } : {}),
          ...(next.enabled !== before.enabled ? { enabled: next.enabled } : {}),
          ...(passwordHash ? { password: 'reset' } : {}),
        });
        const strict =
          next.role !== before.role || next.enabled !== before.enabled || passwordHash !== undefined;
        if (strict) tx.afterCommit(() => sessions.endAll(before.id));
        return store.publicAccount(next);
      });
    },
  };
}
