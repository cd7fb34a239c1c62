import { createHash, randomBytes } from 'node:crypto';
import type { Account } from '#contract/auth.contract.ts';
import type { Writable } from '#native/sqlite/types.ts';
import type { Clock } from './clock.ts';
import type { Actor } from './ports.ts';

/** One signed-in account on one console. Held in the database as a hash, so a copy of it lets nobody in. */
export interface ActiveSession {
  tokenHash: string;
  account: Account;
  locked: boolean;
  /** Monotonic time of its last command. */
  lastCommandMs: number;
}
/** One console's link to the station; identity comes from here, never from an input. */
export interface Connection {
  id: string;
  /** memory, port, websocket, rest. */
  transport: string;
  session: ActiveSession | null;
}

const LIFETIME_MS = 14 * 24 * 3_600_000;
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

export class Sessions {
  readonly #byHash = new Map<string, ActiveSession>();
  readonly #db: Writable;
  readonly #clock: Clock;
  readonly #account: (id: string) => Account | undefined;
  /** @param account reads an account as it is now, so that a change takes effect at once */
  constructor(db: Writable, clock: Clock, account: (id: string) => Account | undefined) {
    this.#db = db;
    this.#clock = clock;
    this.#account = account;
  }
  /** Makes a session and puts it on the connection; the token is shown once. */
  start(connection: Connection, account: Account): string {
    const token = randomBytes(32).toString('base64url');
    const tokenHash = hashToken(token);
    const now = this.#clock.nowMs();
    this.#db.prepare('DELETE FROM session WHERE expires_at_ms < ?').run(now);
    this.#db
      .prepare(
        'INSERT INTO session (token_hash, account_id, created_at_ms, expires_at_ms) VALUES (?, ?, ?, ?)',
      )
      .run(tokenHash, account.id, now, now + LIFETIME_MS);
    connection.session = { tokenHash, account, locked: false, lastCommandMs: this.#clock.monotonicMs() };
    this.#byHash.set(tokenHash, connection.session);
    return token;
  }
  /** The session of a token, still valid and its account enabled; survives a restart of the station. */
  find(token: string): ActiveSession | null {
    const tokenHash = hashToken(token);
    const row = this.#db
      .prepare('SELECT account_id, locked FROM session WHERE token_hash = ? AND expires_at_ms > ?')
      .get(tokenHash, this.#clock.nowMs()) as { account_id: string; locked: number } | undefined;
    if (!row) return null;
    const account = this.#account(row.account_id);
    if (!account?.enabled) return null;
    const known = this.#byHash.get(tokenHash) ?? {
      tokenHash,
      account,
      locked: row.locked === 1,
      lastCommandMs: this.#clock.monotonicMs(),
    };
    known.account = account;
    this.#byHash.set(tokenHash, known);
    return known;
  }
  /** Brings the account of a session up to date; null when it was disabled, removed or signed out. */
  refresh(session: ActiveSession): ActiveSession | null {
    if (!this.#byHash.has(session.tokenHash)) return null;
    const account = this.#account(session.account.id);
    if (!account?.enabled) return null;
    session.account = account;
    return session;
  }
  setLocked(session: ActiveSession, locked: boolean): void {
    session.locked = locked;
    session.lastCommandMs = this.#clock.monotonicMs();
    this.#db
      .prepare('UPDATE session SET locked = ? WHERE token_hash = ?')
      .run(locked ? 1 : 0, session.tokenHash);
  }
  end(session: ActiveSession): void {
    this.#byHash.delete(session.tokenHash);
    this.#db.prepare('DELETE FROM session WHERE token_hash = ?').run(session.tokenHash);
  }
  /** Ends all sessions of an account (disabled, role or password changed). */
  endAll(accountId: string): void {
    for (const session of [...this.#byHash.values()])
      if (session.account.id === accountId) this.#byHash.delete(session.tokenHash);
    this.#db.prepare('DELETE FROM session WHERE account_id = ?').run(accountId);
  }
}

export const actorOf = (session: ActiveSession): Actor => ({
  id: session.account.id,
  name: session.account.name,
  role: session.account.role,
});
