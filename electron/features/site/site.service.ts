import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '#contract/base.ts';
import type { SiteProblem } from '#contract/site.contract.ts';
import {
  SITE_COLLECTIONS,
  site as siteSchema,
  siteCollections,
  type Camera,
  type Site,
  type SiteCollection,
  type SiteFile,
} from '#contract/site.ts';
import { fail } from '#station/errors.ts';
import { STATION_ACTOR, type Actor, type SitePort, type StationPorts, type Tx } from '#station/ports.ts';
import { createAddressSeal } from './address-seal.ts';
import { createCameraSecrets, type Secret } from './camera-secrets.ts';
import { schemaProblem } from './schema-problem.ts';
import { checkSite } from './site-check.ts';
import { parseSiteFile, writeSiteFile } from './site-file.ts';
import { indexSite } from './site-index.ts';
import * as store from './site.store.ts';

/** The site file does not hold. The message lists where. */
export class SiteFileError extends Error {}
const lineText = (problem: SiteProblem) =>
  `  ${problem.line ? `line ${problem.line}: ` : ''}${problem.path} ${problem.code} ${JSON.stringify(problem.params)}`;

/** Several cameras at once. `secret` absent keeps the stored password; an empty one removes it. */
export interface CamerasChange {
  put: { camera: Camera; secret?: Secret }[];
  remove: string[];
}

export type SiteService = ReturnType<typeof createSite>;

/**
 * The park as data. On the first start it comes from the site file; from then on the database holds
 * it, because it is edited in the console.
 * @param file site file; read on the first start only
 * @throws SiteFileError with path and line of every problem
 */
export function createSite(ports: Omit<StationPorts, 'site' | 'settings'>, file: string) {
  const { db, write, audit, vault, bus } = ports;
  const revisions = ports.liveCollection<{ id: 'site'; revision: number }>();
  const text = readFileSync(file, 'utf8');
  const parsed = parseSiteFile(text);
  if ('problems' in parsed) throw new SiteFileError(`${file}:\n${parsed.problems.map(lineText).join('\n')}`);

  const addresses = createAddressSeal(vault);
  const secrets = createCameraSecrets(ports);
  const refuse = (issues: JsonObject[]) =>
    issues.length > 0 ? fail('INVALID', 'input', { issues: issues.slice(0, 20) }) : undefined;
  const brokenOf = (camera: Camera) =>
    addresses.broken(camera).map((path) => ({ path, code: 'login_elsewhere', params: {} }));
  /** With the logins in its addresses sealed. One that was sealed for another host or station is refused. */
  const sealed = (camera: Camera): Camera => {
    refuse(brokenOf(camera));
    return addresses.camera(camera);
  };
  /** Cameras as they are written: sealed, and none led elsewhere together with a password that was stored for its hosts. */
  const admitted = (put: CamerasChange['put']): CamerasChange['put'] => {
    refuse(put.flatMap(({ camera, secret }) => [...brokenOf(camera), ...secrets.issues(index.cameras.get(camera.id), camera, secret)])); // prettier-ignore
    return put.map((one) => ({ ...one, camera: addresses.camera(one.camera) }));
  };
  const brokenIn = (cameras: readonly Camera[]): SiteProblem[] =>
    cameras.flatMap(
      (camera, index) =>
      addresses.broken(camera).map((field) => ({ path: `cameras[${index}].${field}`, code: 'login_elsewhere', params: {} })), // prettier-ignore
    );
  const adopt = (site: Site, revision: number) => {
    index = indexSite(site, revision);
    revisions.upsert({ id: 'site', revision });
    bus.emit('site.changed', { revision });
  };
  /** @param moved cameras whose stored password is not taken along */
  const replace = (tx: Tx, next: SiteFile, revision: number, moved: readonly string[] = []) => {
    // parsing again drops what never leaves the station: passwords, demo accounts
    const read = siteSchema.parse(next);
    const site = { ...read, cameras: read.cameras.map(addresses.camera) };
    store.save(tx.db, site, revision);
    store.replaceObjects(tx.db, site);
    for (const id of moved) secrets.write(tx, id, { sealed: null });
    for (const { id, password } of next.cameras) if (password) secrets.write(tx, id, { password });
    store.dropOrphanSecrets(tx.db);
    tx.afterCommit(() => adopt(site, revision));
  };
  let index: ReturnType<typeof indexSite>;
  if (!store.load(db)) {
    const broken = brokenIn(parsed.file.cameras);
    if (broken.length > 0) throw new SiteFileError(`${file}:\n${broken.map(lineText).join('\n')}`);
    write((tx) => {
      replace(tx, parsed.file, 1);
      audit.append(tx, STATION_ACTOR, 'site.create', parsed.file.site.id, { kind: parsed.file.site.kind });
    });
  }
  const stored = store.load(db)!;
  if (stored.site.site.kind !== parsed.file.site.kind || stored.site.site.id !== parsed.file.site.id)
    throw new SiteFileError(
      `${file} describes the ${parsed.file.site.kind} site ${parsed.file.site.id}, but this data folder belongs to the ${stored.site.site.kind} site ${stored.site.site.id}; use another --data folder (a demo park cannot become a real site)`,
    );
  // stored by a version that did not know of logins in addresses
  const open = stored.site.cameras.filter(addresses.isOpen);
  if (open.length > 0) {
    const cameras = stored.site.cameras.map((one) => (open.includes(one) ? addresses.camera(one) : one));
    stored.site = { ...stored.site, cameras };
    stored.revision += 1;
    write((tx) => {
      for (const one of cameras) store.putObject(tx.db, 'cameras', one);
      store.save(tx.db, stored.site, stored.revision);
      audit.append(tx, STATION_ACTOR, 'site.seal', stored.site.site.id, {
        cameras: open.map(({ id }) => id),
      });
    });
  }
  // left by a version that kept the passwords of cameras that a site file no longer had
  write((tx) => {
    const cameras = store.dropOrphanSecrets(tx.db);
    if (cameras.length > 0) audit.append(tx, STATION_ACTOR, 'site.forget', stored.site.site.id, { cameras });
  });
  index = indexSite(stored.site, stored.revision);
  revisions.upsert({ id: 'site', revision: stored.revision });

  const port: SitePort = {
    current: () => index.site,
    revision: () => index.revision,
    place: (id) => index.places.get(id),
    device: (id) => index.devices.get(id),
    camera: (id) => index.cameras.get(id),
    perimeterZone: (id) => index.perimeterZones.get(id),
    broadcastZone: (id) => index.broadcastZones.get(id),
    contact: (id) => index.contacts.get(id),
    checkpoint: (id) => index.checkpoints.get(id),
    patrolRoute: (id) => index.patrolRoutes.get(id),
    placeName: (id) => index.placeName(id),
    placeAndAbove: (id) => index.placeAndAbove(id),
    levelOf: (id) => index.levelOf(id),
    cameraPassword: (id) => secrets.open(id),
    openAddress: (url) => addresses.open(url),
  };
  /** Checks the whole site as it would be, then writes one object. */
  const edit = (
    tx: Tx,
    actor: Actor,
    next: Site,
    action: string,
    target: string,
    params: JsonObject,
    apply: () => void,
  ) => editMany(tx, actor, next, [{ action, target, params }], apply);
  const editMany = (
    tx: Tx,
    actor: Actor,
    next: Site,
    entries: readonly { action: string; target: string; params: JsonObject }[],
    apply: () => void,
  ) => {
    const known = new Set(checkSite(index.site).map((one) => `${one.path} ${one.code}`));
    const problems = checkSite(next).filter((one) => !known.has(`${one.path} ${one.code}`));
    if (problems.length > 0)
      fail('INVALID', 'site.problem', {
        problems: problems.slice(0, 20).map(({ path, code, params: of }) => ({ path, code, params: of })),
      });
    const revision = index.revision + 1;
    apply();
    store.save(tx.db, next, revision);
    for (const { action, target, params } of entries) audit.append(tx, actor, action, target, params);
    tx.afterCommit(() => adopt(next, revision));
  };
  return {
    port,
    revisions,
    /** What the file on disk says now, for the demo accounts. */
    file: parsed.file,
    /** Shapes drawn below the park's own: `map.json` beside the site file; none is fine. */
    map(): JsonObject {
      try {
        return JSON.parse(readFileSync(join(file, '..', 'map.json'), 'utf8')) as JsonObject;
      } catch {
        return { type: 'FeatureCollection', features: [] };
      }
    },
    put(actor: Actor, collection: SiteCollection, raw: object, cameraPassword?: string): void {
      const checked = siteCollections[collection].safeParse(raw);
      if (!checked.success)
        return fail('INVALID', 'input', {
          issues: checked.error.issues.slice(0, 20).map((issue) => schemaProblem(issue, raw)),
        });
      const secret = cameraPassword === undefined ? undefined : { password: cameraPassword };
      const isCamera = collection === 'cameras';
      write((tx) => {
        const object = isCamera ? admitted([{ camera: checked.data as Camera, secret }])[0]!.camera : checked.data; // prettier-ignore
        const list = index.site[collection] as { id: string }[];
        const at = list.findIndex((one) => one.id === object.id);
        const next = at < 0 ? [...list, object] : list.with(at, object);
        edit(
          tx,
          actor,
          { ...index.site, [collection]: next },
          at < 0 ? 'site.add' : 'site.edit',
          `${collection}/${object.id}`,
          { before: (list[at] ?? null) as never, after: object as never },
          () => {
            store.putObject(tx.db, collection, object);
            if (isCamera && secret) secrets.write(tx, object.id, secret);
          },
        );
      });
    },
    sealed,
    sealAddress: addresses.seal,
    hasOpenLogin: addresses.isOpen,
    /** Cameras whose login was sealed with another key than the station has: a back-up of another machine. */
    unreadable: (): number =>
      index.site.cameras.filter((camera) => {
        return secrets.isUnreadable(camera.id) || addresses.broken(camera).length > 0;
      }).length,
    sealedPassword: secrets.sealed,
    /** Hosts that a camera would reach and the stored password is not for; a password given with the change is. */
    ledElsewhere: (camera: Camera): string[] => secrets.led(index.cameras.get(camera.id), camera),
    /**
     * Several cameras in one transaction, all or none; each on record by itself.
     * @param also written with them
     */
    putCameras(actor: Actor, { put, remove }: CamerasChange, also: (tx: Tx) => void): void {
      write((tx) => {
        const change = { put: admitted(put), remove };
        const before = new Map(index.site.cameras.map((one) => [one.id, one]));
        const next = new Map(before);
        for (const id of change.remove) next.delete(id);
        for (const { camera } of change.put) next.set(camera.id, camera);
        const entries = [
          ...change.remove.map((id) => ({ id, after: null })),
          ...change.put.map(({ camera }) => ({ id: camera.id, after: camera })),
        ].map(({ id, after }) => ({
          action: after === null ? 'site.remove' : before.has(id) ? 'site.edit' : 'site.add',
          target: `cameras/${id}`,
          params: { before: (before.get(id) ?? null) as never, after: after as never },
        }));
        editMany(tx, actor, { ...index.site, cameras: [...next.values()] }, entries, () => {
          for (const id of change.remove) {
            store.removeObject(tx.db, 'cameras', id);
            secrets.write(tx, id, { sealed: null });
          }
          for (const { camera, secret } of change.put) {
            store.putObject(tx.db, 'cameras', camera);
            if (secret) secrets.write(tx, camera.id, secret);
          }
        });
        also(tx);
      });
    },
    remove(actor: Actor, collection: SiteCollection, id: string): void {
      write((tx) => {
        const list = index.site[collection] as { id: string }[];
        const before =
          list.find((one) => one.id === id) ?? fail('NOT_FOUND', 'site.unknown', { collection, id });
        edit(
          tx,
          actor,
          { ...index.site, [collection]: list.filter((one) => one.id !== id) },
          'site.remove',
          `${collection}/${id}`,
          { before: before as never },
          () => {
            store.removeObject(tx.db, collection, id);
            if (collection === 'cameras') secrets.write(tx, id, { sealed: null });
          },
        );
      });
    },
    importFile(actor: Actor, yaml: string, apply: boolean) {
      const next = parseSiteFile(yaml);
      if ('problems' in next)
        return { problems: next.problems, counts: {}, applied: false, passwordsForgotten: [] };
      const { site } = next.file;
      const problems: SiteProblem[] = [];
      for (const key of ['id', 'kind'] as const)
        if (site[key] !== index.site.site[key])
          problems.push({
            path: `site.${key}`,
            code: 'other_site',
            params: { found: site[key], expected: index.site.site[key] },
          });
      problems.push(...brokenIn(next.file.cameras));
      const counts = Object.fromEntries(SITE_COLLECTIONS.map((name) => [name, next.file[name].length]));
      const passwordsForgotten = secrets.notTakenAlong(index.cameras, next.file.cameras);
      if (!apply || problems.length > 0) return { problems, counts, applied: false, passwordsForgotten };
      const forgotten = passwordsForgotten.map(({ id }) => id);
      write((tx) => {
        replace(tx, next.file, index.revision + 1, forgotten);
        audit.append(tx, actor, 'site.import', site.id, forgotten.length > 0 ? { ...counts, passwordsForgotten: forgotten } : counts); // prettier-ignore
      });
      return { problems, counts, applied: true, passwordsForgotten };
    },
    exportFile: () => writeSiteFile(index.site),
  };
}
