/** A stored password stays with the hosts that it was stored for, whichever way a camera is written. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { openPlain } from '#native/sqlite/open.ts';
import { startTestStation, type TestStation } from '#tests/fixtures/station.ts';

let dataDir: string;
let park: TestStation;
let admin: Awaited<ReturnType<TestStation['client']>>;
async function start(): Promise<void> {
  park = await startTestStation({ dataDir });
  admin = await park.client('admin');
}
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'guardroom-moved-'));
  await start();
  await admin.site.put({ collection: 'cameras', object: own(), cameraPassword: 'p&w' });
});
afterEach(async () => {
  await park.end();
  rmSync(dataDir, { recursive: true, force: true });
});

const GOOD = '127.0.0.1';
const EVIL = '127.0.0.66';
const own = (more: object = {}) => ({
  ...{ id: 'gate', name: { zh: '东门', en: 'Gate' }, placeId: 'park', username: 'admin' },
  ...{ mainUrl: `rtsp://${GOOD}:9/main`, subUrl: `rtsp://${GOOD}:9/sub` },
  onvif: { address: GOOD, port: 9 },
  ...more,
});
const moved = own({ mainUrl: `rtsp://${EVIL}:9/main` });
const camera = async (id = 'gate') => (await admin.site.get()).cameras.find((one) => one.id === id);
/** Straight from the file: what is stored, sealed. */
function rows<T>(sql: string): T[] {
  const db = openPlain(join(dataDir, 'guardroom.sqlite'));
  try {
    return db.prepare(sql).all() as T[];
  } finally {
    db.close();
  }
}
const secrets = () =>
  Object.fromEntries(
    rows<{ camera_id: string; sealed: string }>('SELECT * FROM camera_secret').map((one) => [
      one.camera_id,
      one.sealed,
    ]),
  );
const refused = { code: 'INVALID', data: { reason: 'input', params: { issues: [{ path: 'password', code: 'password_elsewhere', params: { id: 'gate', host: EVIL } }] } } }; // prettier-ignore
/** Nothing of the camera or of its password has changed while `run` was refused. */
async function refuses(run: () => Promise<unknown>): Promise<void> {
  const before = [await camera(), secrets()];
  await expect(run()).rejects.toMatchObject(refused);
  expect([await camera(), secrets()]).toEqual(before);
}
const put = (object: object, more: object = {}) =>
  admin.site.put({ collection: 'cameras', object: object as never, ...more });
const csv = (text: string) => Buffer.from(`id,name,place,main,sub,username,password\n${text}`).toString('base64'); // prettier-ignore
const list = (text: string, apply = false) => admin.cameras.importFile({ name: 'a.csv', content: csv(text), apply }); // prettier-ignore

describe('one camera', () => {
  it.each([
    ['its main stream', { mainUrl: `rtsp://${EVIL}:9/main` }],
    ['its sub stream', { subUrl: `rtsp://${EVIL}:9/sub` }],
    ['its ONVIF address', { onvif: { address: EVIL, port: 9 } }],
  ])('led elsewhere by %s is refused', async (_, more) => {
    await refuses(() => put(own(more)));
  });
  it('goes with a password that is given, also with none', async () => {
    const before = secrets()['gate'];
    await put(moved, { cameraPassword: 'other' });
    expect(secrets()['gate']).not.toBe(before);
    expect(await admin.cameras.hasPassword({ cameraId: 'gate' })).toEqual({ stored: true });
    await put(own(), { cameraPassword: '' });
    expect(secrets()).toEqual({});
    expect(await admin.cameras.hasPassword({ cameraId: 'gate' })).toEqual({ stored: false });
    // without one it may go anywhere
    await put(moved);
  });
  it('within its hosts it keeps the password: another path, port, stream, fewer of them', async () => {
    const before = secrets();
    await put(own({ mainUrl: `rtsp://${GOOD}:8554/sub`, subUrl: `rtsp://${GOOD}:9/main` }));
    const { subUrl: _sub, onvif: _onvif, ...fewer } = own();
    await put(fewer);
    expect(secrets()).toEqual(before);
  });
  it('does not find the password again under its old number', async () => {
    await admin.site.remove({ collection: 'cameras', id: 'gate' });
    expect(secrets()).toEqual({});
    await put(moved);
    expect(await admin.cameras.hasPassword({ cameraId: 'gate' })).toEqual({ stored: false });
  });
  it('hides whether a camera that is not there has one', async () => {
    await expect(admin.cameras.hasPassword({ cameraId: 'none' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('a list', () => {
  const row = (host: string, password = '') => `gate,东门,park,rtsp://${host}:9/main,,admin,${password}`;
  it('says in its dry run that a row leads a camera elsewhere, and writes nothing', async () => {
    for (const apply of [false, true]) {
      const before = [await camera(), secrets()];
      const answer = await list(row(EVIL), apply);
      expect(answer.rows[0]!.problems).toEqual([{ column: 'password', code: 'password_elsewhere', params: { host: EVIL } }]); // prettier-ignore
      expect(answer).toMatchObject({ added: 0, batchId: null });
      expect([await camera(), secrets()]).toEqual(before);
    }
  });
  it('goes with the password in the row; within its hosts without', async () => {
    expect((await list(row(EVIL, 'x'), true)).added).toBe(1);
    const stored = secrets();
    expect((await list(row(EVIL), true)).added).toBe(1);
    expect(secrets()).toEqual(stored);
  });
  it('asks nothing of a camera without a stored password', async () => {
    await put(own(), { cameraPassword: '' });
    expect((await list(row(EVIL), true)).added).toBe(1);
  });
});

describe('taken back', () => {
  it('a move goes back to the earlier host with the password that was stored for it', async () => {
    const before = secrets();
    const { batchId } = await list(`gate,东门,park,rtsp://${EVIL}:9/main,rtsp://${EVIL}:9/sub,admin,x`, true);
    expect(secrets()).not.toEqual(before);
    await admin.cameras.undo({ batchId: batchId! });
    expect(secrets()).toEqual(before);
    expect((await camera())!.mainUrl).toBe(own().mainUrl);
  });
  it('a change of many keeps the passwords of all', async () => {
    const before = secrets();
    const { batchId } = await admin.cameras.changeMany({ cameraIds: ['gate', 'cam-n07'], change: { transport: 'udp' } }); // prettier-ignore
    expect(secrets()).toEqual(before);
    await admin.cameras.undo({ batchId: batchId! });
    expect(secrets()).toEqual(before);
  });
  it('several that were added go with their passwords, from the changes too', async () => {
    const kept = secrets();
    const one = { camera: own({ id: 'nvr-1' }) as never, password: 'y' };
    const { batchId } = await admin.cameras.addMany({ cameras: [one] });
    const held = () => rows<{ items: string }>('SELECT items FROM camera_batch')[0]!.items;
    expect(held()).toContain(secrets()['nvr-1']);
    await admin.cameras.undo({ batchId: batchId! });
    expect(secrets()).toEqual(kept);
    expect(held()).toContain('"sealed":null');
  });
  it('what can still be taken back keeps its passwords when another camera goes', async () => {
    const { batchId } = await admin.cameras.changeMany({ cameraIds: ['gate'], change: { password: 'new' } });
    await put(own({ id: 'yard' }), { cameraPassword: 'z' });
    await admin.site.remove({ collection: 'cameras', id: 'yard' });
    await admin.cameras.undo({ batchId: batchId! });
    expect(Object.keys(secrets())).toEqual(['gate']);
  });
});

describe('a site file', () => {
  type File = { cameras: { id: string; mainUrl: string; password?: string }[] };
  const edited = async (edit: (file: File) => void) => {
    const file = parse((await admin.site.exportFile()).yaml) as File;
    edit(file);
    return stringify(file);
  };
  const lead = (file: File, more: object = {}) =>
    Object.assign(
      file.cameras.find(({ id }) => id === 'gate')!,
      { mainUrl: moved.mainUrl, ...more },
    );

  it('takes no password along, and says so before', async () => {
    const yaml = await edited((file) => lead(file));
    const said = { problems: [], passwordsForgotten: [{ id: 'gate', host: EVIL }] };
    expect(await admin.site.importFile({ yaml })).toMatchObject({ ...said, applied: false });
    expect(Object.keys(secrets())).toEqual(['gate']);
    expect(await admin.site.importFile({ yaml, apply: true })).toMatchObject({ ...said, applied: true });
    expect(secrets()).toEqual({});
    const { items } = await (await park.client('audit')).system.audit({ limit: 20 });
    expect(items.find(({ action }) => action === 'site.import')?.params).toMatchObject({
      passwordsForgotten: ['gate'],
    });
  });
  it('with a password in it moves the camera and stores that one', async () => {
    const before = secrets();
    const yaml = await edited((file) => lead(file, { password: 'other' }));
    expect((await admin.site.importFile({ yaml, apply: true })).passwordsForgotten).toEqual([]);
    expect(Object.keys(secrets())).toEqual(['gate']);
    expect(secrets()).not.toEqual(before);
  });
  it('as it was exported keeps every password', async () => {
    const before = secrets();
    const yaml = await edited(() => undefined);
    expect(await admin.site.importFile({ yaml, apply: true })).toMatchObject({ applied: true, passwordsForgotten: [] }); // prettier-ignore
    expect(secrets()).toEqual(before);
  });
  it('takes the passwords of cameras that it no longer has with them', async () => {
    const without = await edited((file) => (file.cameras = file.cameras.filter(({ id }) => id !== 'gate')));
    const again = await edited((file) => lead(file));
    const said = { passwordsForgotten: [{ id: 'gate', host: null }] };
    expect(await admin.site.importFile({ yaml: without })).toMatchObject({ ...said, applied: false });
    expect(Object.keys(secrets())).toEqual(['gate']);
    expect(await admin.site.importFile({ yaml: without, apply: true })).toMatchObject(said);
    expect(secrets()).toEqual({});
    await admin.site.importFile({ yaml: again, apply: true });
    expect(await admin.cameras.hasPassword({ cameraId: 'gate' })).toEqual({ stored: false });
  });
});

it('what older versions left behind goes at the start, once and on record, and nothing else', async () => {
  const before = secrets();
  await park.end();
  const db = openPlain(join(dataDir, 'guardroom.sqlite'));
  for (const id of ['gone-1', 'gone-2'])
    db.prepare('INSERT INTO camera_secret (camera_id, sealed) VALUES (?, ?)').run(id, 'left');
  db.close();
  for (const _ of ['first', 'second']) {
    await start();
    expect(secrets()).toEqual(before);
    const { items } = await (await park.client('audit')).system.audit({ limit: 50 });
    expect(items.filter(({ action }) => action === 'site.forget').map(({ params }) => params)).toEqual([
      { cameras: ['gone-1', 'gone-2'] },
    ]);
    if (_ === 'first') await park.end();
  }
});
