import type { ZoneVerdict } from '#domain/perimeter.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';

export interface KnownZone extends ZoneVerdict {
  sinceMs: number;
}

/** Zones as they were last known, so that a restart neither invents a change nor forgets since when. */
export function loadZones(db: Readable): Map<string, KnownZone> {
  const rows = db.prepare('SELECT id, armed, condition, cause_ids, since_ms FROM perimeter_zone').all() as {
    id: string;
    armed: number;
    condition: ZoneVerdict['condition'];
    cause_ids: string;
    since_ms: number;
  }[];
  return new Map(
    rows.map((row) => [
      row.id,
      {
        armed: row.armed === 1,
        condition: row.condition,
        causeIds: JSON.parse(row.cause_ids) as string[],
        sinceMs: row.since_ms,
      },
    ]),
  );
}

export function saveZone(db: Writable, id: string, zone: KnownZone): void {
  db.prepare(
    `INSERT INTO perimeter_zone (id, armed, condition, cause_ids, since_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET armed = excluded.armed, condition = excluded.condition,
       cause_ids = excluded.cause_ids, since_ms = excluded.since_ms`,
  ).run(id, zone.armed ? 1 : 0, zone.condition, JSON.stringify(zone.causeIds), zone.sinceMs);
}
