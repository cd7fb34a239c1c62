import type { SiteProblem } from '#contract/site.contract.ts';
import { SITE_COLLECTIONS, type Site } from '#contract/site.ts';

/** What a site's objects say of each other: every id is there, once, no place stands inside itself, no stream is missing. */
export function checkSite(site: Site): SiteProblem[] {
  const problems: SiteProblem[] = [];
  const add = (path: string, code: string, params: SiteProblem['params']) =>
    problems.push({ path, code, params });
  const ids = Object.fromEntries(
    SITE_COLLECTIONS.map((name) => [name, new Set(site[name].map((one) => one.id))]),
  ) as Record<(typeof SITE_COLLECTIONS)[number], Set<string>>;
  const need = (path: string, collection: (typeof SITE_COLLECTIONS)[number], id: string | undefined) => {
    if (id !== undefined && !ids[collection].has(id)) add(path, 'unknown_reference', { collection, id });
  };
  for (const name of SITE_COLLECTIONS) {
    const seen = new Set<string>();
    site[name].forEach((one, index) => {
      if (seen.has(one.id)) add(`${name}[${index}].id`, 'duplicate_id', { id: one.id });
      seen.add(one.id);
      if ('placeId' in one) need(`${name}[${index}].placeId`, 'places', one.placeId);
      if ('cameraIds' in one)
        one.cameraIds.forEach((id, at) => need(`${name}[${index}].cameraIds[${at}]`, 'cameras', id));
    });
  }
  site.cameras.forEach(({ id, subUrl, recording }, index) => {
    // Switched off it only keeps its term.
    const isWanted = recording?.beside !== undefined && recording.beside.mode !== 'off';
    if (isWanted && subUrl === undefined)
      add(`cameras[${index}].recording.beside`, 'no_second_stream', { id });
  });
  const parents = new Map(site.places.map((one) => [one.id, one.parentId]));
  site.places.forEach((one, index) => {
    need(`places[${index}].parentId`, 'places', one.parentId);
    const above = new Set<string>([one.id]);
    for (let up = one.parentId; up !== undefined; up = parents.get(up)) {
      if (above.has(up)) {
        add(`places[${index}].parentId`, 'inside_itself', { id: one.id });
        break;
      }
      above.add(up);
    }
  });
  site.perimeterZones.forEach((zone, index) => {
    need(`perimeterZones[${index}].controllerId`, 'devices', zone.controllerId);
    zone.deviceIds.forEach((id, at) => need(`perimeterZones[${index}].deviceIds[${at}]`, 'devices', id));
  });
  site.patrolRoutes.forEach((route, index) =>
    route.checkpointIds.forEach((id, at) =>
      need(`patrolRoutes[${index}].checkpointIds[${at}]`, 'checkpoints', id),
    ),
  );
  return problems;
}
