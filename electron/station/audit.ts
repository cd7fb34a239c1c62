import { createHmac } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { JsonObject } from '#contract/base.ts';
import type { AuditEntry, ChainReport } from '#contract/system.contract.ts';
import type { Readable } from '#native/sqlite/types.ts';
import { CHAIN_START, chainHash } from './chain.ts';
import type { Actor, AuditPort, Tx } from './ports.ts';

interface Row {
  seq: number;
  at_ms: number;
  actor_id: string | null;
  actor: string;
  role: string | null;
  action: string;
  target: string | null;
  params: string;
  hash: string;
}
const content = (row: Omit<Row, 'hash'>) => ({ ...row, params: JSON.parse(row.params) as JsonObject });

/** Newest entry's number and hash, or the start. */
export function auditHead(db: Readable): { seq: number; hash: string } {
  const row = db.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1').get() as
    { seq: number; hash: string } | undefined;
  return row ?? { seq: 0, hash: CHAIN_START };
}

/**
 * A head noted outside of the database, under a key that is not in it: entries cut off at the end are
 * missed by a chain alone.
 */
export class AuditAnchor {
  readonly #file: string;
  readonly #key: Buffer;
  constructor(file: string, key: Buffer) {
    this.#file = file;
    this.#key = key;
  }
  #sign(seq: number, hash: string): string {
    return createHmac('sha256', this.#key).update(`${seq}:${hash}`).digest('hex');
  }
  write(head: { seq: number; hash: string }): void {
    writeFileSync(`${this.#file}.part`, JSON.stringify({ ...head, mac: this.#sign(head.seq, head.hash) }));
    renameSync(`${this.#file}.part`, this.#file);
  }
  /** Null when there is none; `broken` when it was not written by this station. */
  read(): { seq: number; hash: string } | null | 'broken' {
    if (!existsSync(this.#file)) return null;
    try {
      const { seq, hash, mac } = JSON.parse(readFileSync(this.#file, 'utf8')) as {
        seq: number;
        hash: string;
        mac: string;
      };
      return mac === this.#sign(seq, hash) ? { seq, hash } : 'broken';
    } catch {
      return 'broken';
    }
  }
}

/** The hash-chained log of operator actions and changes of settings. */
export function createAudit(anchor: AuditAnchor): AuditPort {
  return {
    append(tx: Tx, actor: Actor, action: string, target: string | null, params: JsonObject = {}) {
      const head = auditHead(tx.db);
      const row = {
        seq: head.seq + 1,
        at_ms: tx.nowMs,
        actor_id: actor.id,
        actor: actor.name,
        role: actor.role,
        action,
        // half a character would be read back as another one, and the chain would seem to be edited
        target: target?.toWellFormed() ?? null,
        params: JSON.stringify(params),
      };
      const hash = chainHash(head.hash, content(row));
      tx.db
        .prepare(
          'INSERT INTO audit (seq, at_ms, actor_id, actor, role, action, target, params, hash) VALUES (@seq, @at_ms, @actor_id, @actor, @role, @action, @target, @params, @hash)',
        )
        .run({ ...row, hash });
      tx.afterCommit(() => anchor.write({ seq: row.seq, hash }));
    },
  };
}

/** Walks the whole chain and compares it with the anchor. */
export function verifyAudit(db: Readable, anchor: AuditAnchor | null): ChainReport {
  const problems: ChainReport['problems'] = [];
  let previous = CHAIN_START;
  let expected = 1;
  let checked = 0;
  let anchored = false;
  const noted = anchor?.read() ?? null;
  for (const row of db
    .prepare('SELECT seq, at_ms, actor_id, actor, role, action, target, params, hash FROM audit ORDER BY seq')
    .iterate() as IterableIterator<Row>) {
    checked += 1;
    if (row.seq !== expected) problems.push({ chain: 'audit', code: 'missing', seq: expected });
    const { hash, ...rest } = row;
    if (chainHash(previous, content(rest)) !== hash && row.seq === expected)
      problems.push({ chain: 'audit', code: 'edited', seq: row.seq });
    if (noted && noted !== 'broken' && row.seq === noted.seq) {
      anchored = true;
      if (noted.hash !== hash) problems.push({ chain: 'audit', code: 'edited', seq: row.seq });
    }
    previous = hash;
    expected = row.seq + 1;
  }
  if (noted === 'broken') problems.push({ chain: 'audit', code: 'anchor_broken', seq: expected - 1 });
  else if (noted === null && anchor && checked > 0)
    problems.push({ chain: 'audit', code: 'anchor_missing', seq: expected - 1 });
  else if (noted && noted !== null && !anchored)
    problems.push({ chain: 'audit', code: 'cut_off', seq: noted.seq });
  return { ok: problems.length === 0, checked, problems };
}

/** Entries, newest first; `before` continues a page. */
export function listAudit(db: Readable, before: number, limit: number, text: string): AuditEntry[] {
  const rows = db
    .prepare(
      `SELECT seq, at_ms, actor, role, action, target, params, hash FROM audit
       WHERE seq < ? AND (? = '' OR actor LIKE ? OR action LIKE ? OR target LIKE ? OR params LIKE ?) ORDER BY seq DESC LIMIT ?`,
    )
    .all(before, text, ...Array<string>(4).fill(`%${text}%`), limit) as Row[];
  return rows.map((row) => ({
    seq: row.seq,
    atMs: row.at_ms,
    actor: row.actor,
    role: row.role,
    action: row.action,
    target: row.target,
    params: JSON.parse(row.params) as JsonObject,
    hash: row.hash,
  }));
}
