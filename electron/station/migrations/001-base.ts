import type { Migration } from '#native/sqlite/types.ts';

/** Accounts, sessions, the audit, settings, the site, answers to repeated commands. */
export const base: Migration = {
  name: '001-base',
  up(db) {
    db.exec(`
      CREATE TABLE account (
        id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE COLLATE NOCASE, name TEXT NOT NULL, role TEXT NOT NULL,
        password_hash TEXT NOT NULL, enabled INTEGER NOT NULL DEFAULT 1, must_change INTEGER NOT NULL DEFAULT 0,
        failures INTEGER NOT NULL DEFAULT 0, locked_until_ms INTEGER, last_sign_in_at_ms INTEGER,
        created_at_ms INTEGER NOT NULL) STRICT;
      CREATE TABLE session (
        token_hash TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        created_at_ms INTEGER NOT NULL, expires_at_ms INTEGER NOT NULL, locked INTEGER NOT NULL DEFAULT 0) STRICT;
      CREATE TABLE audit (
        seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, actor_id TEXT, actor TEXT NOT NULL, role TEXT,
        action TEXT NOT NULL, target TEXT, params TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
      CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
      CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
      CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
      CREATE TABLE site_info (id INTEGER PRIMARY KEY CHECK (id = 1), doc TEXT NOT NULL, revision INTEGER NOT NULL) STRICT;
      CREATE TABLE site_object (
        collection TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, doc TEXT NOT NULL,
        PRIMARY KEY (collection, id)) STRICT, WITHOUT ROWID;
      CREATE TABLE camera_secret (camera_id TEXT PRIMARY KEY, sealed TEXT NOT NULL) STRICT;
      CREATE TABLE command_receipt (
        account_id TEXT NOT NULL, method TEXT NOT NULL, key TEXT NOT NULL, at_ms INTEGER NOT NULL, answer TEXT NOT NULL,
        PRIMARY KEY (account_id, method, key)) STRICT, WITHOUT ROWID;
      CREATE INDEX command_receipt_age ON command_receipt (at_ms);
    `);
  },
};
