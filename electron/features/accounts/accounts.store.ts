import type { Account } from '#contract/auth.contract.ts';
import type { Role } from '#domain/permissions.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';

interface Row {
  id: string;
  username: string;
  name: string;
  role: Role;
  password_hash: string;
  enabled: number;
  must_change: number;
  failures: number;
  locked_until_ms: number | null;
  last_sign_in_at_ms: number | null;
}
export interface StoredAccount extends Account {
  passwordHash: string;
  failures: number;
}
const fromRow = (row: Row): StoredAccount => ({
  id: row.id,
  username: row.username,
  name: row.name,
  role: row.role,
  enabled: row.enabled === 1,
  lockedUntilMs: row.locked_until_ms,
  mustChangePassword: row.must_change === 1,
  lastSignInAtMs: row.last_sign_in_at_ms,
  passwordHash: row.password_hash,
  failures: row.failures,
});
/** Without the hash and the count of failures: what may leave the station. */
export const publicAccount = ({
  passwordHash: _hash,
  failures: _failures,
  ...account
}: StoredAccount): Account => account;

export const byId = (db: Readable, id: string): StoredAccount | undefined => {
  const row = db.prepare('SELECT * FROM account WHERE id = ?').get(id) as Row | undefined;
  return row && fromRow(row);
};
export const byUsername = (db: Readable, username: string): StoredAccount | undefined => {
  const row = db.prepare('SELECT * FROM account WHERE username = ?').get(username) as Row | undefined;
  return row && fromRow(row);
};
export const all = (db: Readable): StoredAccount[] =>
  (db.prepare('SELECT * FROM account ORDER BY username').all() as Row[]).map(fromRow);
export const count = (db: Readable): number =>
  (db.prepare('SELECT count(*) n FROM account').get() as { n: number }).n;
/** Enabled accounts of a role. */
export const countOfRole = (db: Readable, role: Role): number =>
  (db.prepare('SELECT count(*) n FROM account WHERE role = ? AND enabled = 1').get(role) as { n: number }).n;

export function insert(
  db: Writable,
  account: {
    id: string;
    username: string;
    name: string;
    role: Role;
    passwordHash: string;
    mustChange: boolean;
    nowMs: number;
  },
): void {
  db.prepare(
    'INSERT INTO account (id, username, name, role, password_hash, must_change, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
  ).run(
    account.id,
    account.username,
    account.name,
    account.role,
    account.passwordHash,
    account.mustChange ? 1 : 0,
    account.nowMs,
  );
}
export function update(db: Writable, account: StoredAccount): void {
  const { changes } = db
    .prepare(
      `UPDATE account SET name = ?, role = ?, password_hash = ?, enabled = ?, must_change = ?, failures = ?, locked_until_ms = ?,
       last_sign_in_at_ms = ? WHERE id = ?`,
    )
    .run(
      account.name, account.role, account.passwordHash, account.enabled ? 1 : 0, account.mustChangePassword ? 1 : 0,
      account.failures, account.lockedUntilMs, account.lastSignInAtMs, account.id,
    ); // prettier-ignore
  if (changes !== 1) throw new Error(`account ${account.id} vanished`);
}
