import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DEVICE_KINDS, siteFile, SITE_COLLECTIONS } from '#contract/site.ts';
import { languageProblems } from '#tests/fixtures/demo-languages.ts';

const resources = fileURLToPath(new URL('../../resources/', import.meta.url));
const demo = join(resources, 'demo');
const text = readFileSync(join(demo, 'site.yaml'), 'utf8');
const site = siteFile.parse(parse(text));
const ids = (list: readonly { id: string }[]) => new Set(list.map(({ id }) => id));
const index = JSON.parse(readFileSync(join(demo, 'clips', 'index.json'), 'utf8')) as Record<
  string,
  { file: string; fps: number; frames: number }
>;

describe('demo site', () => {
  it('has what the console needs to show a park', () => {
    expect(site.site.kind).toBe('demo');
    expect(site.cameras.length).toBeGreaterThanOrEqual(12);
    expect(site.devices.length).toBeGreaterThanOrEqual(150);
    expect(site.devices.flatMap(({ points }) => points).length).toBeGreaterThan(500);
    expect(site.broadcastZones.length).toBeGreaterThanOrEqual(8);
    expect(site.checkpoints.length).toBeGreaterThanOrEqual(12);
    expect(site.perimeterZones.length).toBeGreaterThanOrEqual(8);
    const kinds = new Set(site.devices.map(({ kind }) => kind));
    expect(DEVICE_KINDS.filter((kind) => !kinds.has(kind))).toEqual([]);
  });
  it('names everything in Chinese and English', () => {
    expect(languageProblems(site)).toEqual([]);
  });
  it('uses every id once, and refers only to what exists', () => {
    for (const name of SITE_COLLECTIONS) expect(ids(site[name]).size).toBe(site[name].length);
    const [places, devices, cameras, checkpoints] = [ids(site.places), ids(site.devices), ids(site.cameras), ids(site.checkpoints)]; // prettier-ignore
    const placed = [
      ...site.devices,
      ...site.cameras,
      ...site.perimeterZones,
      ...site.broadcastZones,
      ...site.checkpoints,
    ];
    expect(placed.filter(({ placeId }) => !places.has(placeId))).toEqual([]);
    expect(site.places.filter(({ parentId }) => parentId && !places.has(parentId))).toEqual([]);
    const seen = [...site.devices, ...site.perimeterZones].flatMap(({ cameraIds }) => cameraIds);
    expect(seen.filter((id) => !cameras.has(id))).toEqual([]);
    const guarded = site.perimeterZones.flatMap((zone) => [...zone.deviceIds, zone.controllerId]);
    expect(guarded.filter((id) => !devices.has(id))).toEqual([]);
    expect(
      site.patrolRoutes.flatMap((route) => route.checkpointIds).filter((id) => !checkpoints.has(id)),
    ).toEqual([]);
  });
  it('gives every point a unit or a meaning, and limits the right way round', () => {
    const points = site.devices.flatMap((device) =>
      device.points.map((point) => ({ ...point, device: device.id })),
    );
    expect(points.filter(({ kind, unit }) => kind === 'number' && unit === undefined)).toEqual([]);
    expect(points.filter(({ low, high }) => low !== undefined && high !== undefined && low >= high)).toEqual(
      [],
    );
    for (const { points: list } of site.devices)
      expect(new Set(list.map(({ key }) => key)).size).toBe(list.length);
  });
  it('lets every zone be armed, and every zone be heard at an address of its own', () => {
    const commands = new Map(site.devices.map(({ id, commands: list }) => [id, list]));
    for (const { controllerId } of site.perimeterZones) {
      expect(commands.get(controllerId)).toEqual(expect.arrayContaining(['arm', 'disarm']));
    }
    const addresses = site.broadcastZones.flatMap(({ output }) => (output.kind === 'rtp' ? [`${output.host}:${output.port}`] : [])); // prettier-ignore
    expect(new Set(addresses).size).toBe(addresses.length);
    expect(addresses.filter((address) => !address.startsWith('127.'))).toEqual([]);
  });
  it('has a clip for every camera that does not turn', () => {
    for (const { id, mainUrl, ptz } of site.cameras) {
      expect(new URL(mainUrl).pathname).toBe(`/${id}`);
      // the one that turns is cut from the round view
      if (ptz) continue;
      expect(existsSync(join(demo, 'clips', index[id]?.file ?? 'none'))).toBe(true);
    }
  });
  it('keeps its clips small', () => {
    const sizes = readdirSync(join(demo, 'clips')).map((file) => statSync(join(demo, 'clips', file)).size);
    expect(Math.max(...sizes)).toBeLessThan(400_000);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(5_000_000);
  });
  it('has fictional telephone numbers apart from the emergency ones', () => {
    const real = site.contacts.filter(({ phone }) => !/^(119|110|120|0771-000-\d{4})$/.test(phone));
    expect(real).toEqual([]);
  });
});

describe('make-demo-site.mjs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guardroom-demo-site-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  it('writes what is committed', () => {
    execFileSync(process.execPath, [join(resources, 'tools', 'make-demo-site.mjs'), '--out', folder]);
    expect(readFileSync(join(folder, 'site.yaml'), 'utf8')).toBe(text);
    expect(readFileSync(join(folder, 'map.json'), 'utf8')).toBe(readFileSync(join(demo, 'map.json'), 'utf8'));
  });
});

it('map.json is GeoJSON without ids', () => {
  const map = JSON.parse(readFileSync(join(demo, 'map.json'), 'utf8'));
  expect(map.type).toBe('FeatureCollection');
  for (const feature of map.features) {
    expect(feature).not.toHaveProperty('id');
    expect(feature.properties.kind).toMatch(/^[a-z_]+$/);
    if (feature.geometry.type !== 'Polygon') continue;
    for (const ring of feature.geometry.coordinates) expect(ring.at(-1)).toEqual(ring[0]);
  }
});
