import { ptzRest } from '#contract/ptz.contract.ts';
import { STAY, type PtzRest } from '#domain/ptz-rest.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';

/** What cameras do while nobody steers them, by camera. A row that no longer fits counts as staying. */
export function loadRests(db: Readable): Map<string, PtzRest> {
  const rows = db.prepare('SELECT camera_id, rest FROM ptz_rest').all() as {
    camera_id: string;
    rest: string;
  }[];
  return new Map(
    rows.map(({ camera_id, rest }) => [camera_id, ptzRest.safeParse(JSON.parse(rest)).data ?? STAY]),
  );
}

export function saveRest(db: Writable, cameraId: string, rest: PtzRest, by: string, nowMs: number): void {
  db.prepare(
    `INSERT INTO ptz_rest (camera_id, rest, by, changed_at_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (camera_id) DO UPDATE SET rest = excluded.rest, by = excluded.by, changed_at_ms = excluded.changed_at_ms`,
  ).run(cameraId, JSON.stringify(rest), by, nowMs);
}
