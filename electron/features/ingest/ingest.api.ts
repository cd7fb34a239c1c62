import type { Readable } from '#native/sqlite/types.ts';
import { rpc } from '#station/rpc.ts';
import { listQuarantine, quarantineCounts } from './quarantine.store.ts';

/** The list of refused messages. */
export function quarantineApi(db: Readable) {
  const { quarantine } = rpc;
  return {
    list: quarantine.list.handler(({ input }) => {
      const before = input.cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(input.cursor);
      const items = listQuarantine(db, Number.isSafeInteger(before) ? before : 0, input.limit);
      const nextCursor = items.length === input.limit ? String(items.at(-1)!.id) : null;
      return { items, nextCursor, ...quarantineCounts(db) };
    }),
  };
}
