import type { LocalText } from '#contract/base.ts';
import type { AlarmPriority } from '#domain/alarm-types.ts';
import { prepared } from '#native/sqlite/prepared.ts';
import type { Readable } from '#native/sqlite/types.ts';

/** What a thing of the site is called, and where it is. */
export interface Label {
  name: LocalText;
  placeId: string | null;
  /** Names of the place and those above it, in both languages. */
  placeText: string;
}
export interface SiteLabels {
  revision: number;
  of(id: string): Label | undefined;
  priorities: Readonly<Record<string, AlarmPriority>>;
}
interface Named {
  id: string;
  name: LocalText;
  placeId?: string;
  parentId?: string;
}
const THINGS = ['devices', 'cameras', 'perimeterZones', 'broadcastZones', 'checkpoints'];
const known = new WeakMap<Readable, SiteLabels>();

/** Names of all things of the stored site, read again when its revision has moved. */
export function siteLabels(db: Readable): SiteLabels {
  const info = prepared(db, 'SELECT doc, revision FROM site_info WHERE id = 1').get() as
    { doc: string; revision: number } | undefined;
  const revision = info?.revision ?? 0;
  const before = known.get(db);
  if (before?.revision === revision) return before;
  const rows = db.prepare('SELECT collection, doc FROM site_object').all() as {
    collection: string;
    doc: string;
  }[];
  const objects = rows.map(({ collection, doc }) => ({ collection, one: JSON.parse(doc) as Named }));
  const places = new Map(
    objects.filter(({ collection }) => collection === 'places').map(({ one }) => [one.id, one]),
  );
  const placeText = (id: string | undefined): string => {
    const names: string[] = [];
    const seen = new Set<string>();
    for (
      let at = id === undefined ? undefined : places.get(id);
      at && !seen.has(at.id);
      at = places.get(at.parentId ?? '')
    ) {
      seen.add(at.id);
      names.unshift(at.name.zh, at.name.en);
    }
    return names.join(' ');
  };
  const labels = new Map<string, Label>();
  for (const collection of THINGS) {
    for (const { one } of objects.filter((object) => object.collection === collection)) {
      if (labels.has(one.id)) continue;
      labels.set(one.id, { name: one.name, placeId: one.placeId ?? null, placeText: placeText(one.placeId) });
    }
  }
  const head = info ? (JSON.parse(info.doc) as { alarmPriorities?: Record<string, AlarmPriority> }) : {};
  const made: SiteLabels = {
    revision,
    of: (id) => labels.get(id),
    priorities: head.alarmPriorities ?? {},
  };
  known.set(db, made);
  return made;
}
