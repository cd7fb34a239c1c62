import type { CameraBatch } from '#contract/cameras.contract.ts';
import { camera as cameraSchema, type Camera } from '#contract/site.ts';
import { fail } from '#station/errors.ts';
import type { Actor, StationPorts, Tx } from '#station/ports.ts';

/** Shown and kept: taking back what was changed weeks ago would surprise. */
const KEPT = 20;

/** A camera as it was and as it became; the passwords sealed as the vault has them. */
export interface Item {
  id: string;
  before: { camera: Camera; sealed: string | null } | null;
  after: { camera: Camera; sealed: string | null };
}
export interface CameraWrite {
  camera: Camera;
  /** Absent keeps the stored one, empty removes it. */
  password?: string | undefined;
}
/** What the site offers for this. */
export interface CameraShelf {
  putCameras(
    actor: Actor,
    change: {
      put: { camera: Camera; secret?: { password: string } | { sealed: string | null } }[];
      remove: string[];
    },
    also: (tx: Tx) => void,
  ): void;
  sealedPassword(id: string): string | null;
  /** The camera with the logins in its addresses sealed. */
  sealed(camera: Camera): Camera;
  hasOpenLogin(camera: Camera): boolean;
}
interface Row {
  id: string;
  kind: CameraBatch['kind'];
  at_ms: number;
  by: string;
  items: string;
  undone_at_ms: number | null;
}

/** Cameras written together: all or none, and together taken back. */
export function createBatches(
  ports: Pick<StationPorts, 'db' | 'site' | 'audit' | 'newId'>,
  shelf: CameraShelf,
) {
  const { db, site, audit } = ports;
  const stored = (id: string) => {
    const camera = site.camera(id);
    return camera ? { camera, sealed: shelf.sealedPassword(id) } : null;
  };
  // written by a version that did not know of logins in addresses: what is left of them is no longer taken back
  const forget = db.prepare('DELETE FROM camera_batch WHERE id = ?');
  for (const { id, items } of db.prepare('SELECT * FROM camera_batch').all() as Row[])
    if ((JSON.parse(items) as Item[]).some((one) => [one.before, one.after].some((of) => of && shelf.hasOpenLogin(of.camera)))) forget.run(id); // prettier-ignore
  const same = (a: object | null, b: object | null) => JSON.stringify(a) === JSON.stringify(b);

  return {
    /** @returns the batch's id for `undo`; nothing to write gives none */
    write(actor: Actor, kind: CameraBatch['kind'], given: readonly CameraWrite[]): string | null {
      if (given.length === 0) return null;
      const cameras = given.map((one) => ({ ...one, camera: shelf.sealed(one.camera) }));
      const id = ports.newId();
      const before = new Map(cameras.map(({ camera }) => [camera.id, stored(camera.id)]));
      const put = cameras.map(({ camera, password }) => ({
        camera,
        ...(password === undefined ? {} : { secret: { password } }),
      }));
      shelf.putCameras(actor, { put, remove: [] }, (tx) => {
        const items: Item[] = cameras.map(({ camera }) => ({
          id: camera.id,
          before: before.get(camera.id) ?? null,
          // read within the transaction: what was sealed now
          after: { camera, sealed: shelf.sealedPassword(camera.id) },
        }));
        tx.db
          .prepare('INSERT INTO camera_batch (id, kind, at_ms, by, items) VALUES (?, ?, ?, ?, ?)')
          .run(id, kind, tx.nowMs, actor.name, JSON.stringify(items));
        tx.db
          .prepare(
            'DELETE FROM camera_batch WHERE id NOT IN (SELECT id FROM camera_batch ORDER BY at_ms DESC, id DESC LIMIT ?)',
          )
          .run(KEPT);
        audit.append(tx, actor, `camera.${kind}_many`, id, { count: cameras.length });
      });
      return id;
    },

    list: (): CameraBatch[] =>
      (db.prepare('SELECT * FROM camera_batch ORDER BY at_ms DESC, id DESC').all() as Row[]).map((row) => ({
        id: row.id,
        kind: row.kind,
        atMs: row.at_ms,
        by: row.by,
        cameraIds: (JSON.parse(row.items) as Item[]).map((one) => one.id),
        undoneAtMs: row.undone_at_ms,
      })),

    undo(actor: Actor, id: string): number {
      const row = db.prepare('SELECT * FROM camera_batch WHERE id = ?').get(id) as Row | undefined;
      if (!row) return fail('NOT_FOUND', 'cameras.no_batch');
      if (row.undone_at_ms !== null) return fail('CONFLICT', 'cameras.undone');
      const items = JSON.parse(row.items) as Item[];
      const changed = items.find((one) => !same(reread(stored(one.id)), reread(one.after)));
      if (changed) return fail('CONFLICT', 'cameras.changed_since', { id: changed.id });
      const put = items.flatMap(({ before }) =>
        before ? [{ camera: cameraSchema.parse(before.camera), secret: { sealed: before.sealed } }] : [],
      );
      const remove = items.filter(({ before }) => before === null).map((one) => one.id);
      shelf.putCameras(actor, { put, remove }, (tx) => {
        tx.db.prepare('UPDATE camera_batch SET undone_at_ms = ? WHERE id = ?').run(tx.nowMs, id);
        audit.append(tx, actor, 'camera.undo', id, { kind: row.kind, count: items.length });
      });
      return items.length;
    },
  };
}

/** With the defaults of today's schema: a later version may have added some. */
const reread = (of: Item['before']): Item['before'] =>
  of && { camera: cameraSchema.parse(of.camera), sealed: of.sealed };
