import { SITE_COLLECTIONS, site as siteSchema, type Site, type SiteCollection } from '#contract/site.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';

/** Earlier versions let a login in front of a host pass when the scheme was in capitals; no driver has ever used it. */
const reread = (key: string, value: unknown): unknown =>
  (key === 'mainUrl' || key === 'subUrl') && typeof value === 'string'
    ? value.replace(/^(rtsps?:\/\/)[^/?#]*@/i, '$1')
    : value;
/** The stored site with its revision, or undefined before the first import. */
export function load(db: Readable): { site: Site; revision: number } | undefined {
  const info = db.prepare('SELECT doc, revision FROM site_info WHERE id = 1').get() as
    { doc: string; revision: number } | undefined;
  if (!info) return undefined;
  const rows = db.prepare('SELECT collection, doc FROM site_object ORDER BY collection, position').all() as {
    collection: string;
    doc: string;
  }[];
  const lists = Object.fromEntries(
    SITE_COLLECTIONS.map((name) => [
      name,
      rows.filter((row) => row.collection === name).map((row) => JSON.parse(row.doc, reread) as unknown),
    ]),
  );
  return {
    site: siteSchema.parse({ ...(JSON.parse(info.doc) as object), ...lists }),
    revision: info.revision,
  };
}
/** Writes the whole site; every edit goes through here, so the revision always moves. */
export function save(db: Writable, site: Site, revision: number): void {
  const head = JSON.stringify({ site: site.site, alarmPriorities: site.alarmPriorities });
  db.prepare(
    'INSERT INTO site_info (id, doc, revision) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc, revision = excluded.revision',
  ).run(head, revision);
}
export function replaceObjects(db: Writable, site: Site): void {
  db.prepare('DELETE FROM site_object').run();
  const insert = db.prepare('INSERT INTO site_object (collection, id, position, doc) VALUES (?, ?, ?, ?)');
  for (const name of SITE_COLLECTIONS)
    site[name].forEach((one, index) => insert.run(name, one.id, index, JSON.stringify(one)));
}
export function putObject(db: Writable, collection: SiteCollection, object: { id: string }): void {
  db.prepare(
    `INSERT INTO site_object (collection, id, position, doc)
     VALUES (?, ?, (SELECT coalesce(max(position), -1) + 1 FROM site_object WHERE collection = ?), ?)
     ON CONFLICT (collection, id) DO UPDATE SET doc = excluded.doc`,
  ).run(collection, object.id, collection, JSON.stringify(object));
}
export function removeObject(db: Writable, collection: SiteCollection, id: string): void {
  db.prepare('DELETE FROM site_object WHERE collection = ? AND id = ?').run(collection, id);
}
export function putSecret(db: Writable, cameraId: string, sealed: string | null): void {
  if (sealed === null) db.prepare('DELETE FROM camera_secret WHERE camera_id = ?').run(cameraId);
  else
    db.prepare(
      'INSERT INTO camera_secret (camera_id, sealed) VALUES (?, ?) ON CONFLICT (camera_id) DO UPDATE SET sealed = excluded.sealed',
    ).run(cameraId, sealed);
}
export function secretOf(db: Readable, cameraId: string): string | undefined {
  return (
    db.prepare('SELECT sealed FROM camera_secret WHERE camera_id = ?').get(cameraId) as
      { sealed: string } | undefined
  )?.sealed;
}
/** @returns cameras that are no more and had a password stored */
export function dropOrphanSecrets(db: Writable): string[] {
  const rows = db
    .prepare(
      "DELETE FROM camera_secret WHERE camera_id NOT IN (SELECT id FROM site_object WHERE collection = 'cameras') RETURNING camera_id",
    )
    .all() as { camera_id: string }[];
  return rows.map((row) => row.camera_id).sort();
}
