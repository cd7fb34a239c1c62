import type { StationPorts } from '#station/ports.ts';
import type { Item } from './batches.ts';

/**
 * Keeps no password of a camera that is gone: those that changes of many hold for taking them back go with it. A change
 * that it was in cannot be taken back any more (it counts as changed since), so nothing is lost by it.
 * @returns what ends it
 */
export function forgetWithCameras({
  db,
  site,
  write,
  bus,
}: Pick<StationPorts, 'db' | 'site' | 'write' | 'bus'>): () => void {
  const ids = () => new Set(site.current().cameras.map(({ id }) => id));
  let known = ids();
  const without = (of: Item['before']): Item['before'] => of && { ...of, sealed: null };

  function forget(): void {
    const isGone = ({ id, before, after }: Item) =>
      !known.has(id) && ((before?.sealed ?? null) !== null || after.sealed !== null);
    const rows = db.prepare('SELECT id, items FROM camera_batch').all() as { id: string; items: string }[];
    for (const row of rows) {
      const items = JSON.parse(row.items) as Item[];
      if (!items.some(isGone)) continue;
      const left = items.map((one) =>
        isGone(one) ? { ...one, before: without(one.before), after: without(one.after) } : one,
      );
      write((tx) =>
        tx.db.prepare('UPDATE camera_batch SET items = ? WHERE id = ?').run(JSON.stringify(left), row.id),
      );
    }
  }

  forget();
  return bus.on('site.changed', () => {
    const before = known;
    known = ids();
    // most edits remove nothing: the changes, of up to thousands of cameras each, are not read for them
    if ([...before].some((id) => !known.has(id))) forget();
  });
}
