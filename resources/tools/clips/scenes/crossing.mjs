import { BUILDINGS } from '../../demo-site/places.mjs';
import { FOOTPRINTS } from '../../demo-site/geometry.mjs';
import { sun } from '../light.mjs';
import { asphalt, facade, grass, grey, plain, ribbed, tiles, worn } from '../materials.mjs';
import { hash } from '../noise.mjs';
import { clothes, person, standing } from '../people.mjs';
import { block, box, cylinder, ellipsoid, ground } from '../shapes.mjs';
import { tree } from '../things.mjs';
import { car, truck } from '../vehicles.mjs';
import { daySky } from './day-sky.mjs';

/**
 * M-01: the whole park from the mast at the crossing, as it is on the map: what a camera that turns sees of it.
 * Metres from the foot of the mast, x to the east, z to the south.
 */
export const MAST = [708, 312];
export const MAST_METRES = 12;
const METRES_PER_UNIT = 0.5;
const X = (gridX) => (gridX - MAST[0]) * METRES_PER_UNIT;
const Z = (gridY) => (gridY - MAST[1]) * METRES_PER_UNIT;

const area = (material, [x0, y0, x1, y1], top) => block(material, X(x0), -0.3, Z(y0), X(x1), top, Z(y1));
const PAINTS = [[0.6, 0.6, 0.6], [0.04, 0.04, 0.045], [0.35, 0.36, 0.38], [0.3, 0.03, 0.03], [0.05, 0.09, 0.2], [0.55, 0.53, 0.48]].map(([r, g, b]) => plain(r, g, b, { gloss: 0.5 })); // prettier-ignore
const WALLS = { b1: [0.46, 0.43, 0.38], b2: [0.48, 0.46, 0.43], b3: [0.4, 0.41, 0.43], b4: [0.33, 0.36, 0.4], c1: [0.5, 0.42, 0.33], e1: [0.5, 0.5, 0.5] }; // prettier-ignore

function buildings() {
  return BUILDINGS.flatMap(([id, , , storeys, , metres], at) => {
    const footprint = FOOTPRINTS[id];
    const hall = ['b5', 'k1', 's1', 'h1'].includes(id);
    const wall = hall
      ? ribbed(0.42 + 0.05 * (at % 3), 0.43, 0.44 - 0.04 * (at % 2), { pitch: 0.6, depth: 0.2 })
      : facade(WALLS[id], { cell: [2.6, metres / storeys], glass: [0.06, 0.08, 0.1], litShare: 0.03, mirror: 0.1, seed: at }); // prettier-ignore
    const [x0, y0, x1, y1] = footprint;
    const [cx, cz] = [X((x0 + x1) / 2), Z((y0 + y1) / 2)];
    const roof = worn(0.34, 0.34, 0.33, { size: 2 });
    const solids = [block(wall, X(x0), 0, Z(y0), X(x1), metres, Z(y1)), block(roof, X(x0) - 0.3, metres, Z(y0) - 0.3, X(x1) + 0.3, metres + 0.5, Z(y1) + 0.3)]; // prettier-ignore
    if (metres > 8) solids.push(box(grey(0.42), [cx, metres + 1.5, cz], [5, 2, 4]));
    // a door in each long wall
    for (const z of [Z(y0) - 0.05, Z(y1) + 0.05])
      solids.push(
        box(
          grey(hall ? 0.25 : 0.1, { gloss: 0.3 }),
          [cx, hall ? 2 : 1.3, z],
          [hall ? 5 : 3, hall ? 4 : 2.6, 0.2],
        ),
      );
    return solids;
  });
}

function ways() {
  const dashes = (x, z) => {
    if (Math.abs(z - Z(330)) < 0.08 && ((x % 6) + 6) % 6 < 3.2) return 1;
    if (Math.abs(x - X(690)) < 0.08 && z > Z(343) && ((z % 6) + 6) % 6 < 3.2) return 1;
    // zebra crossings on three arms of the junction
    const across = ((z % 1) + 1) % 1 < 0.5 && z > Z(318) && z < Z(342);
    const along = ((x % 1) + 1) % 1 < 0.5 && x > X(678) && x < X(702);
    if (across && ((x > X(664) && x < X(672)) || (x > X(710) && x < X(718)))) return 0.9;
    return along && z > Z(348) && z < Z(356) ? 0.9 : 0;
  };
  const road = asphalt(0.13, { paint: dashes });
  const lane = asphalt(0.15);
  const paving = tiles(0.36, 0.35, 0.33, { size: 1, vary: 0.1 });
  return [
    ...[[180, 317, 1180, 343], [677, 343, 703, 640]].map((at) => area(road, at, 0.05)),
    ...[[222, 158, 1140, 170], [222, 170, 234, 612], [1140, 170, 1150, 612], [222, 612, 1150, 620], [703, 482, 756, 494], [154, -140, 180, 745], [1180, -140, 1206, 745]].map((at) => area(lane, at, 0.04)),
    ...[[240, 300, 1100, 317], [240, 343, 677, 352], [703, 343, 1100, 352]].map((at) => area(paving, at, 0.12)),
    area(asphalt(0.15, { paint: (x, z) => (((x - X(464)) % 2.7) + 2.7) % 2.7 < 0.1 && (z < Z(404) || z > Z(426)) ? 1 : 0 }), [460, 380, 640, 450], 0.06),
    area(worn(0.3, 0.3, 0.29, { size: 2 }), [700, 400, 756, 580], 0.06),
    area(worn(0.4, 0.4, 0.38, { size: 2 }), [940, 520, 976, 596], 0.3),
    area(asphalt(0.16), [1000, 304, 1094, 318], 0.13),
  ]; // prettier-ignore
}

function things() {
  const solids = [];
  // central green with its pond, tanks of the hazardous store
  solids.push(ellipsoid(plain(0.03, 0.06, 0.07, { mirror: 0.25 }), [X(548), 0, Z(520)], [20, 0.15, 12]));
  for (const [x, y] of [[950, 535], [966, 535], [950, 556], [966, 556], [958, 582]]) solids.push(cylinder(worn(0.6, 0.6, 0.58, { size: 1.5 }), [X(x), 0.3, Z(y)], [X(x), 6, Z(y)], 2.8)); // prettier-ignore
  const rows = [[480, 470, 630, 470, 9], [480, 580, 630, 580, 9], [440, 600, 660, 600, 12], [240, 352, 660, 362, 18], [724, 360, 748, 464, 6], [944, 356, 964, 496, 7], [240, 140, 1120, 150, 40], [444, 186, 456, 296, 6], [712, 184, 746, 296, 5], [914, 196, 936, 296, 5], [760, 306, 1080, 306, 14], [260, 306, 660, 306, 16]]; // prettier-ignore
  rows.forEach(([x0, y0, x1, y1, count], row) => {
    for (let i = 0; i < count; i += 1) {
      const k = (i + 0.5) / count;
      const [dx, dy] = [(hash(row, i) - 0.5) * 6, (hash(i, row) - 0.5) * 6];
      solids.push(...tree(X(x0 + (x1 - x0) * k + dx), Z(y0 + (y1 - y0) * k + dy), 2.6 + hash(i, row, 3) * 1.2, i * 1.7 + row)); // prettier-ignore
    }
  });
  for (let i = 0; i < 11; i += 1) {
    for (const [y, heading] of [
      [394, 0],
      [436, Math.PI],
    ]) {
      if (hash(i, y) > 0.7) continue;
      solids.push(...car({ x: X(467 + i * 16), z: Z(y), heading, paint: PAINTS[Math.floor(hash(i, y, 5) * 6)] })); // prettier-ignore
    }
  }
  const onRoad = [
    [560, 323, -1],
    [820, 336, 1],
    [980, 324, -1],
    [340, 337, 1],
  ];
  onRoad.forEach(([x, y, way], i) => solids.push(...car({ x: X(x), z: Z(y), heading: (way * Math.PI) / 2, paint: PAINTS[i] }))); // prettier-ignore
  solids.push(...car({ x: X(684), z: Z(450), heading: Math.PI, paint: PAINTS[2] }));
  solids.push(...truck({ x: X(738), z: Z(440), heading: Math.PI / 2 }));
  // lamp posts along the main road, the gate's canopy, the fence
  for (let x = 230; x < 1150; x += 60) if (Math.abs(x - MAST[0]) > 20) solids.push(cylinder(grey(0.3), [X(x), 0, Z(345)], [X(x), 8, Z(345)], 0.09), box(grey(0.4), [X(x), 8, Z(342)], [0.3, 0.12, 2])); // prettier-ignore
  solids.push(box(worn(0.5, 0.5, 0.5, { size: 2 }), [X(1155), 5.6, Z(330)], [6, 0.8, 20]));
  for (const y of [312, 348]) solids.push(cylinder(grey(0.5), [X(1155), 0, Z(y)], [X(1155), 5.3, Z(y)], 0.4));
  const FENCE = [[205, 50, 1155, 51], [205, 624, 672, 625], [708, 624, 1155, 625], [205, 50, 206, 314], [205, 346, 206, 625], [1154, 50, 1155, 306], [1154, 346, 1155, 625]]; // prettier-ignore
  for (const [x0, y0, x1, y1] of FENCE) solids.push(block(worn(0.5, 0.49, 0.46, { size: 2 }), X(x0), 0, Z(y0), X(x1), 2.6, Z(y1))); // prettier-ignore
  // the town around
  for (const [x0, y0, x1, y1] of [[20, 40, 120, 150], [10, 200, 130, 300], [30, 360, 120, 440], [1240, 60, 1340, 180], [1250, 240, 1330, 320], [1235, 380, 1340, 520], [300, -120, 460, -50], [560, -125, 700, -60], [820, -120, 1000, -50], [260, 690, 420, 735], [520, 695, 640, 735], [800, 690, 1010, 735]]) solids.push(block(facade([0.4 + 0.1 * hash(x0, y0), 0.42, 0.43], { cell: [3, 3.2], glass: [0.07, 0.09, 0.11], litShare: 0, mirror: 0.05, seed: x0 }), X(x0), 0, Z(y0), X(x1), 12 + 22 * hash(x0, y1), Z(y1))); // prettier-ignore
  return solids;
}

function people() {
  const here = [[694, 352, 2.8, 'office'], [699, 353, 2.9, 'suit'], [640, 310, 1.5, 'blue'], [760, 311, -1.5, 'worker'], [560, 462, 0.4, 'red'], [730, 500, 0, 'worker'], [720, 470, 2, 'inspector'], [600, 415, 1, 'office']]; // prettier-ignore
  return here.flatMap(([x, y, heading, wear]) =>
    person({ x: X(x), z: Z(y), heading, wear: clothes[wear] ?? clothes.office, pose: standing() }),
  );
}

/** The scene of one part of the round view. @param bearings [from, to] in degrees @param elevations [top, bottom] */
export function crossing(bearings, elevations) {
  return {
    camera: { eye: [0, MAST_METRES, 0], bearings, elevations },
    solids: [
      ground(grass(0.08, 0.13, 0.04, { patch: 6 })),
      ...ways(),
      ...buildings(),
      ...things(),
      ...people(),
    ],
    sky: daySky,
    ambient: { sky: [0.34, 0.38, 0.46], ground: [0.16, 0.15, 0.13] },
    lights: [sun([-0.55, 0.62, 0.45], [1.15, 1.05, 0.88])],
    haze: { colour: [0.62, 0.7, 0.8], density: 0.0016 },
    film: { exposure: 0.85, vignette: 0, grain: 0 },
  };
}
