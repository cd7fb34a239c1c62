import fc from 'fast-check';
import { expect, test } from 'vitest';
import { camera, place, type Camera, type Place } from '#contract/site.ts';
import { treeRows } from '../../../renderer/ui/cameras/tree.ts';

const placeOf = (id: string, zh: string, en: string, parentId?: string): Place =>
  place.parse({ id, kind: 'area', name: { zh, en }, parentId });
const cameraOf = (id: string, zh: string, en: string, placeId: string): Camera =>
  camera.parse({ id, name: { zh, en }, placeId, mainUrl: 'rtsp://127.0.0.1/1' });
const PLACES = new Map(
  [
    placeOf('park', '园区', 'Park'),
    placeOf('b1', '1号楼', 'Building 1', 'park'),
    placeOf('f2', '2层', 'Floor 2', 'b1'),
    placeOf('gate', '东门', 'East gate', 'park'),
    placeOf('empty', '仓库', 'Store', 'park'),
  ].map((one) => [one.id, one]),
);
const CAMERAS = [
  cameraOf('e-01', '车道', 'Lanes', 'gate'),
  cameraOf('b-01', '走廊', 'Corridor', 'f2'),
  cameraOf('b-02', '大厅', 'Lobby', 'b1'),
  cameraOf('w-01', '西墙', 'West wall', 'park'),
];
const drawn = (word = '', closed: string[] = [], cameras = CAMERAS) =>
  treeRows(cameras, PLACES, { word, closed: new Set(closed) }).map(
    (row) => `${' '.repeat(row.depth)}${row.id}${row.kind === 'place' ? ` ${row.count}` : ''}`,
  );

test('places lie in each other in the order of the site; what has no camera is left out', () => {
  expect(drawn()).toEqual(['b1 2', ' b-02', ' f2 1', '  b-01', 'gate 1', ' e-01', 'park 1', ' w-01']);
});
test('places that hold nothing but one other are one row with it', () => {
  const [row] = treeRows([CAMERAS[1]!], PLACES, { word: '', closed: new Set() });
  expect(row).toMatchObject({ id: 'f2', depth: 0, names: [{ zh: '1号楼' }, { zh: '2层' }] });
});
test('a folded place keeps its count', () => {
  expect(drawn('', ['b1', 'park'])).toEqual(['b1 2', 'gate 1', ' e-01', 'park 1']);
});
test('found by name in either language, by id and by place; a search opens what is folded', () => {
  expect(drawn('走廊', ['b1', 'f2'])).toEqual(['f2 1', ' b-01']);
  expect(drawn('CORRIDOR')).toEqual(drawn('b-01'));
  expect(drawn('1号楼')).toEqual(['b1 2', ' b-02', ' f2 1', '  b-01']);
  expect(drawn('floor corr')).toEqual(drawn('b-01'));
  expect(drawn('nothing like it')).toEqual([]);
});
test('a camera in a place that the site does not have is shown under its id', () => {
  const rows = treeRows([cameraOf('x', '某', '', 'gone')], PLACES, { word: '', closed: new Set() });
  expect(rows[0]).toMatchObject({ kind: 'place', id: 'gone', names: [] });
});
test('whatever the places are, loops included, each camera is shown once', () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const arbitrary = fc.record({
    parents: fc.array(fc.option(fc.constantFrom(...ids), { nil: undefined }), { minLength: 5, maxLength: 5 }),
    at: fc.array(fc.constantFrom(...ids, 'unknown'), { maxLength: 12 }),
  });
  fc.assert(
    fc.property(arbitrary, ({ parents, at }) => {
      const places = new Map(ids.map((id, index) => [id, placeOf(id, id, id, parents[index])]));
      const cameras = at.map((placeId, index) => cameraOf(`cam${index}`, '机', '', placeId));
      const rows = treeRows(cameras, places, { word: '', closed: new Set() });
      const shown = rows.filter(({ kind }) => kind === 'camera').map(({ id }) => id);
      expect(shown.toSorted()).toEqual(cameras.map(({ id }) => id).toSorted());
      const placeIds = rows.filter(({ kind }) => kind === 'place').map(({ id }) => id);
      expect(new Set(placeIds).size).toBe(placeIds.length);
    }),
  );
});
