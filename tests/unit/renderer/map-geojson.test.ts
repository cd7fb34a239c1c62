import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alarm } from '#contract/alarms.contract.ts';
import type { LngLat } from '#contract/base.ts';
import { site as siteSchema } from '#contract/site.ts';
import {
  alarmMarks,
  alarmPosition,
  cameraPoints,
  devicePoints,
  patrolShapes,
  placeShapes,
  zoneLines,
} from '#ui/map/geojson.ts';
import { eyeOf } from '#domain/field-of-view.ts';
import { distanceMetres, offset } from '#domain/plane.ts';
import { prepareScene } from '#domain/sight-scene.ts';
import { boundsOf, centroid, parkBounds } from '#ui/map/geometry.ts';
import { levelOfPlace, levelsOf } from '#ui/map/levels.ts';

const zh = (text: string) => ({ zh: text, en: '' });
const square = (west: number, south: number): LngLat[] => [
  [west, south],
  [west + 0.001, south],
  [west + 0.001, south + 0.001],
  [west, south + 0.001],
];
const site = siteSchema.parse({
  site: { id: 's', name: zh('S'), guardRoom: zh('G'), kind: 'demo', center: [108.36, 22.8] },
  places: [
    { id: 'park', kind: 'park', name: zh('P'), outline: square(108, 22) },
    { id: 'b1', kind: 'building', name: zh('B1'), parentId: 'park', outline: square(108.0002, 22.0002) },
    { id: 'b1-1', kind: 'floor', name: zh('F1'), parentId: 'b1', level: 1, outline: square(108.0002, 22.0002) },
    { id: 'b2', kind: 'building', name: zh('B2'), parentId: 'park', outline: square(108.0005, 22.0005) },
    { id: 'room', kind: 'area', name: zh('R'), parentId: 'b1-1' },
  ],
  devices: [
    { id: 'd0', kind: 'smoke', name: zh('D0'), placeId: 'b1', position: [108.0003, 22.0003] },
    { id: 'd1', kind: 'gas', name: zh('D1'), placeId: 'room', position: [108.0003, 22.0003] },
    { id: 'nowhere', kind: 'gas', name: zh('N'), placeId: 'room' },
  ],
  cameras: [
    { id: 'c0', name: zh('C0'), placeId: 'park', position: [108, 22], mainUrl: 'rtsp://127.0.0.1/0', directionDegrees: 0, viewAngleDegrees: 60, reachMetres: 50 },
    { id: 'c1', name: zh('C1'), placeId: 'b1-1', position: [108.0003, 22.0003], mainUrl: 'rtsp://127.0.0.1/1' },
  ],
  perimeterZones: [{ id: 'z', name: zh('Z'), placeId: 'park', line: [[108, 22], [108.001, 22]], deviceIds: ['d0'], controllerId: 'd0' }],
  checkpoints: [1, 2, 3].map((n) => ({ id: `k${n}`, name: zh(`K${n}`), placeId: 'park', position: [108 + n / 10_000, 22] })),
  patrolRoutes: [{ id: 'r', name: zh('R'), checkpointIds: ['k1', 'k2', 'k3'] }],
}); // prettier-ignore
const scene = prepareScene(site.places, site.site.center);
const eyes = site.cameras.flatMap((camera) => eyeOf(camera, scene) ?? []);
const sights = { scene, eyes, byCamera: new Map(eyes.map((eye) => [eye.cameraId, eye])) };
const places = new Map(site.places.map((place) => [place.id, place]));
const name = (text: { zh: string }) => text.zh;
const ids = (collection: { features: { properties: Record<string, unknown> }[] }) =>
  collection.features.map((feature) => feature.properties.id);

const lngLat = fc.tuple(
  fc.double({ min: -179, max: 179, noNaN: true }),
  fc.double({ min: -60, max: 60, noNaN: true }),
);

describe('geometry', () => {
  it('goes as far as it says, in the bearing it says', () => {
    fc.assert(
      fc.property(
        lngLat,
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: 1, max: 2000, noNaN: true }),
        (from, bearing, metres) => {
          const to = offset(from as LngLat, bearing, metres);
          expect(distanceMetres(from as LngLat, to)).toBeGreaterThan(metres * 0.998);
          expect(distanceMetres(from as LngLat, to)).toBeLessThan(metres * 1.002);
        },
      ),
    );
    expect(offset([108, 22], 90, 100)[0]).toBeGreaterThan(108);
    expect(offset([108, 22], 180, 100)[1]).toBeLessThan(22);
  });

  it('finds the middle of a ring, and of a degenerate one', () => {
    const [lng, lat] = centroid(square(108, 22));
    expect(lng).toBeCloseTo(108.0005, 6);
    expect(lat).toBeCloseTo(22.0005, 6);
    expect(
      centroid([
        [1, 1],
        [3, 3],
      ]),
    ).toEqual([2, 2]);
  });

  it('bounds the park by its outlines, or its things, or not at all', () => {
    expect(parkBounds(site)?.map((degrees) => Number(degrees.toFixed(6)))).toEqual([
      108, 22, 108.0015, 22.0015,
    ]);
    expect(boundsOf([])).toBeNull();
    expect(parkBounds({ places: [], perimeterZones: [], devices: site.devices, cameras: [] })?.[0]).toBe(
      108.0003,
    );
  });
});

describe('map data', () => {
  it('takes the storey of a place from the nearest one above that has one', () => {
    expect(levelOfPlace(places, 'room')).toBe(1);
    expect(levelOfPlace(places, 'b1')).toBe(0);
    expect(levelOfPlace(places, 'unknown')).toBe(0);
    expect(levelsOf(site)).toEqual([1, 0]);
  });

  it('does not run in circles over a place inside itself', () => {
    const loop = new Map([
      ['a', { id: 'a', kind: 'area' as const, name: zh('a'), parentId: 'b' }],
      ['b', { id: 'b', kind: 'area' as const, name: zh('b'), parentId: 'a' }],
    ]);
    expect(levelOfPlace(loop, 'a')).toBe(0);
    expect(alarmPosition({ position: null, placeId: 'a' }, loop)).toBeNull();
  });

  it('shows floors on their storey only, and buildings without it faintly', () => {
    expect(ids(placeShapes(site, 0, name).shapes)).toEqual(['park', 'b1', 'b2']);
    const upstairs = placeShapes(site, 1, name).shapes;
    expect(ids(upstairs)).toEqual(['park', 'b1', 'b1-1', 'b2']);
    expect(upstairs.features.find((one) => one.properties.id === 'b2')?.properties.absent).toBe(true);
  });

  it('shows devices and cameras of the storey, and lit cameras of any', () => {
    expect(ids(devicePoints(site, 0, new Map(), name))).toEqual(['d0']);
    expect(ids(devicePoints(site, 1, new Map(), name))).toEqual(['d1']);
    expect(ids(cameraPoints(site, 0, name, new Set(), sights).points)).toEqual(['c0']);
    expect(ids(cameraPoints(site, 0, name, new Set(['c1']), sights).points)).toEqual(['c0', 'c1']);
    expect(ids(cameraPoints(site, 0, name, new Set(), sights).views)).toEqual(['c0']);
  });

  it('counts a zone of which nothing is known as offline', () => {
    expect(zoneLines(site, new Map()).features[0]?.properties.condition).toBe('offline');
  });

  it('draws the way walked and the way ahead', () => {
    const patrol = { id: 'w', guard: 'w', routeId: 'r', lastCheckpointId: 'k2', lastScanAtMs: 0, position: [108.0002, 22] as LngLat, scannedIds: ['k1', 'k2'], nextCheckpointId: 'k3' }; // prettier-ignore
    const { points, ways } = patrolShapes(site, [patrol], () => 'w');
    expect(ways.features.map((way) => way.properties.walked)).toEqual([true, false]);
    expect(points.features.filter((one) => one.properties.scanned)).toHaveLength(2);
  });

  const alarm = (more: Partial<Alarm>) =>
    ({
      id: 'a',
      priority: 2,
      acknowledged: false,
      position: [108, 22],
      placeId: null,
      level: 0,
      ...more,
    }) as Alarm;
  const options = { level: 0, selectedId: null, levelName: (level: number) => `L${level}`, mergeMetres: 10 };

  it('puts an alarm without a position into the middle of the nearest place that has an outline', () => {
    expect(alarmPosition({ position: null, placeId: 'room' }, places)?.[0]).toBeCloseTo(108.0007, 6);
    expect(alarmPosition({ position: null, placeId: 'gone' }, places)).toBeNull();
  });

  it('makes one mark per spot: the most urgent, the number of others, and the storey when it is another', () => {
    const marks = alarmMarks(
      [
        alarm({ id: 'x', priority: 1 }),
        alarm({ id: 'y' }),
        alarm({ id: 'z', level: 1, position: [108.1, 22] }),
      ],
      places,
      options,
    );
    expect(ids(marks)).toEqual(['x', 'z']);
    expect(marks.features[0]?.properties).toMatchObject({ note: '+1', urgent: true, image: 'priority-1' });
    expect(marks.features[1]?.properties.note).toBe('L1');
  });

  it('merges what would overlap, around the most urgent, and nothing farther', () => {
    const at = (metres: number) => offset([108, 22], 90, metres);
    const near = [
      alarm({ id: 'x', priority: 1, position: at(0) }),
      alarm({ id: 'y', position: at(9) }),
      alarm({ id: 'z', position: at(18) }),
    ];
    expect(ids(alarmMarks(near, places, options))).toEqual(['x', 'z']);
    expect(ids(alarmMarks(near, places, { ...options, mergeMetres: 1 }))).toEqual(['x', 'y', 'z']);
  });

  it('shows the selected alarm of a spot, and keeps the ring of an urgent one below it', () => {
    const marks = alarmMarks([alarm({ id: 'x', priority: 1 }), alarm({ id: 'y' })], places, {
      ...options,
      selectedId: 'y',
    });
    expect(marks.features[0]?.properties).toMatchObject({ id: 'y', selected: true, urgent: true });
  });
});
