import { FENCE, FOOTPRINTS, rect, ring } from './geometry.mjs';

const name = (zh, en) => ({ zh, en });
const FLOOR_ZH = ['一', '二', '三', '四', '五', '六'];

/** Buildings: id, names, storeys above ground, basements, height in metres. */
export const BUILDINGS = [
  ['b1', '1 号楼', 'Building 1', 4, 0, 16.8],
  ['b2', '2 号楼 行政', 'Building 2 Administration', 6, 1, 24.6],
  ['b3', '3 号楼', 'Building 3', 4, 0, 16.8],
  ['b4', '4 号楼 机房', 'Building 4 Data centre', 3, 1, 14.4],
  ['b5', '5 号厂房', 'Building 5 Workshop', 2, 0, 12],
  ['c1', '食堂', 'Canteen', 2, 0, 9],
  ['k1', '仓库', 'Warehouse', 1, 0, 9.5],
  ['s1', '变电所', 'Substation', 1, 0, 5.2],
  ['h1', '危化品库', 'Hazardous goods store', 1, 0, 5.6],
  ['e1', '东门值班室', 'East gate guard room', 1, 0, 3.6],
];

/** Areas: id, names, parent, storey, outline (grid rectangle or ring). */
const AREAS = [
  ['north-green', '北侧绿化带', 'North green belt', 'park', 0, rect(220, 56, 1140, 150)],
  ['central-green', '中心绿地', 'Central green', 'park', 0, rect(480, 470, 630, 580)],
  ['east-gate', '东门', 'East gate', 'park', 0, rect(1120, 306, 1190, 340)],
  ['west-gate', '西门', 'West gate', 'park', 0, rect(176, 314, 240, 346)],
  ['south-gate', '南门', 'South gate', 'park', 0, rect(664, 600, 716, 650)],
  ['parking-west', '西停车场', 'West car park', 'park', 0, rect(460, 380, 640, 450)],
  ['parking-east', '访客停车场', 'Visitor car park', 'park', 0, rect(1000, 306, 1094, 318)],
  ['tank-area', '罐区', 'Tank area', 'h1', 0, rect(940, 520, 976, 596)],
  ['yard-b5', '厂房前装卸区', 'Workshop loading yard', 'park', 0, rect(700, 400, 756, 580)],
  ['transformer-yard', '变压器场', 'Transformer yard', 's1', 0, rect(990, 396, 1050, 464)],
  ['b2-lobby', '二号楼大厅', 'Administration lobby', 'b2-f1', 0, undefined],
  ['b2-archive', '机要室', 'Classified documents room', 'b2-f2', 1, undefined],
  ['b2-fire-room', '消防控制室', 'Fire control room', 'b2-f1', 0, undefined],
  ['b2-pump-room', '消防泵房', 'Fire pump room', 'b2-b1', -1, undefined],
  ['b3-corridor-2', '三号楼二层走廊', 'Building 3 second floor corridor', 'b3-f2', 1, undefined],
  ['b4-data-hall', '数据机房', 'Data hall', 'b4-f2', 1, undefined],
  ['b4-ups-room', 'UPS 间', 'UPS room', 'b4-b1', -1, undefined],
  ['c1-kitchen', '后厨', 'Kitchen', 'c1-f1', 0, undefined],
  ['b5-roof', '五号厂房屋顶', 'Workshop roof', 'b5', 2, undefined],
];

/** All places, parents before children. */
export function makePlaces() {
  const places = [
    {
      id: 'park',
      kind: 'park',
      name: name('邕江政务产业园', 'Yongjiang Government & Industry Park'),
      level: 0,
      outline: rect(FENCE.west, FENCE.north, FENCE.east, FENCE.south),
    },
  ];
  for (const [id, zh, en, storeys, basements, heightMetres] of BUILDINGS) {
    const outline = rect(...FOOTPRINTS[id]);
    places.push({
      id,
      kind: 'building',
      name: name(zh, en),
      parentId: 'park',
      level: 0,
      heightMetres,
      outline,
    });
    if (storeys + basements < 2) continue;
    for (let i = 0 - basements; i < storeys; i += 1) {
      const floor = i < 0 ? `b${-i}` : `f${i + 1}`;
      const label =
        i < 0
          ? name(`地下${FLOOR_ZH[-i - 1]}层`, `Basement ${-i}`)
          : name(`${FLOOR_ZH[i]}层`, `Floor ${i + 1}`);
      places.push({ id: `${id}-${floor}`, kind: 'floor', name: label, parentId: id, level: i, outline });
    }
  }
  for (const [id, zh, en, parentId, level, outline] of AREAS) {
    places.push({ id, kind: 'area', name: name(zh, en), parentId, level, ...(outline ? { outline } : {}) });
  }
  return places;
}

/** Shapes that are only drawn: GeoJSON polygons and lines. */
export function makeMap() {
  const features = [];
  const closed = (outline) => [...outline, outline[0]];
  const area = (kind, outline, more = {}) =>
    features.push({
      type: 'Feature',
      properties: { kind, ...more },
      geometry: { type: 'Polygon', coordinates: [closed(outline)] },
    });
  const line = (kind, coordinates) =>
    features.push({ type: 'Feature', properties: { kind }, geometry: { type: 'LineString', coordinates } });
  // the river far south, public roads around, roads and paths inside
  area('water', rect(-200, 790, 1560, 960), { name: '邕江', nameEn: 'Yong River' });
  area('green', rect(-200, 745, 1560, 790));
  for (const box of [[-200, 640, 1560, 666], [154, -140, 180, 745], [1180, -140, 1206, 745], [-200, -30, 1560, -6]]) area('road', rect(...box)); // prettier-ignore
  for (const box of [[180, 317, 1180, 343], [677, 343, 703, 640], [222, 158, 1140, 170], [222, 170, 234, 612], [1140, 170, 1150, 612], [222, 612, 1150, 620], [703, 482, 756, 494]]) area('road', rect(...box)); // prettier-ignore
  for (const box of [
    [200, 653, 660, 653],
    [720, 653, 1160, 653],
  ])
    line('lane', rect(...box).slice(0, 2));
  line('lane', rect(206, 330, 1154, 330).slice(0, 2));
  line(
    'lane',
    [...rect(690, 350, 690, 612)].filter((_, i) => i === 0 || i === 2),
  );
  area('green', rect(222, 58, 1138, 150));
  area('green', rect(480, 470, 630, 580));
  for (const box of [[436, 180, 462, 300], [706, 180, 752, 300], [908, 190, 942, 300], [440, 590, 660, 608], [440, 350, 660, 372], [720, 350, 752, 470], [936, 350, 972, 500]]) area('green', rect(...box)); // prettier-ignore
  area('water', ring(548, 520, 40, 24));
  area('paved', rect(460, 380, 640, 450), { name: '西停车场', nameEn: 'West car park' });
  area('paved', rect(1000, 304, 1094, 318));
  area('paved', rect(700, 400, 756, 580));
  area('tank_pad', rect(940, 520, 976, 596));
  for (const [x, y] of [[950, 535], [966, 535], [950, 556], [966, 556], [958, 582]]) area('tank', ring(x, y, 6, 6, 16)); // prettier-ignore
  for (let i = 0; i < 11; i += 1) line('bay', rect(464 + i * 16, 384, 464 + i * 16, 404).slice(1, 3));
  for (let i = 0; i < 11; i += 1) line('bay', rect(464 + i * 16, 426, 464 + i * 16, 446).slice(1, 3));
  // neighbours, so that the park does not float
  for (const box of [[20, 40, 120, 150], [10, 200, 130, 300], [30, 360, 120, 440], [1240, 60, 1340, 180], [1250, 240, 1330, 320], [1235, 380, 1340, 520], [300, -120, 460, -50], [560, -125, 700, -60], [820, -120, 1000, -50], [260, 690, 420, 735], [520, 695, 640, 735], [800, 690, 1010, 735]]) area('neighbour', rect(...box), { height: 9 + ((box[0] + box[1]) % 5) * 3 }); // prettier-ignore
  line('fence', closed(rect(FENCE.west, FENCE.north, FENCE.east, FENCE.south)));
  const gate = (zh, en, x, y) =>
    features.push({
      type: 'Feature',
      properties: { kind: 'gate', name: zh, nameEn: en },
      geometry: { type: 'Point', coordinates: rect(x, y, x, y)[0] },
    });
  gate('东门', 'East gate', 1155, 330);
  gate('西门', 'West gate', 205, 330);
  gate('南门', 'South gate', 690, 625);
  return { type: 'FeatureCollection', features };
}
