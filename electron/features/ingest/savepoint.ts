import type { Tx } from '#station/ports.ts';

/**
 * Storage that fails (full disk, I/O error, lock) is not the message's fault: the batch must come again. Anything else
 * is about this message, and trying again would fail for ever.
 */
export function isStorageFailure(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string' || !code.startsWith('SQLITE_')) return false;
  return !/^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE|ERROR|AUTH)/.test(code);
}

/** Runs a part of a transaction that may fail on its own: neither its rows nor its memory effects remain. */
export function attempt<T>(tx: Tx, run: (tx: Tx) => T): T {
  const effects: (() => void)[] = [];
  const value = tx.db.transaction(() =>
    run({ db: tx.db, nowMs: tx.nowMs, afterCommit: (effect) => void effects.push(effect) }),
  )();
  for (const effect of effects) tx.afterCommit(effect);
  return value;
}
