/** A device that writes its login into its stream addresses: pulled with it, and it is nowhere to be read. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPlain } from '#native/sqlite/open.ts';
import { startTestStation, type TestStation } from '#tests/fixtures/station.ts';
import { startOnvifDevice, type OnvifDevice } from '#tests/peers/onvif-device.ts';
import { startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';

const SECRET = 'Hq7Zk2Wv';
const OTHER = 'Jm4Xr9Tb';
const PATH = (secret: string) => `/user=admin_password=${secret}_channel=1_stream=0.sdp`;
let park: TestStation;
let rtsp: RtspServer;
let device: OnvifDevice;
let admin: Awaited<ReturnType<TestStation['client']>>;

beforeAll(async () => {
  rtsp = await startRtspServer([{ path: PATH(SECRET) }]);
  device = await startOnvifDevice({ streams: { main: rtsp.url(PATH(SECRET)) } });
  park = await startTestStation();
  admin = await park.client('admin');
}, 120_000);
afterAll(async () => {
  await park?.end();
  await Promise.all([device?.stop(), rtsp?.stop()]);
});
const camera = (mainUrl: string, id = 'xm-1') => ({ id, name: { zh: '后门', en: 'Back door' }, placeId: 'park', mainUrl }); // prettier-ignore
const stored = async (id = 'xm-1') => (await admin.site.get()).cameras.find((one) => one.id === id)!.mainUrl;
/** Every file of the station's data folder that holds the text. */
const filesWith = (text: string, folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile() && readFileSync(file).includes(text));

describe('a login in the address', () => {
  it('is sealed in what the device is said to have, works in a test and when it is stored', async () => {
    const answer = await admin.cameras.probe({ host: '127.0.0.1', port: device.port });
    const { url } = answer.device!.channels[0]!.main;
    expect(url).toMatch(/\/user=admin_password=sealed~[\w-]+~_channel=1_stream=0\.sdp$/);
    expect((await admin.cameras.test({ url })).reason).toBeNull();
    await admin.site.put({ collection: 'cameras', object: camera(url) });
    expect((await admin.cameras.test({ cameraId: 'xm-1' })).reason).toBeNull();
  }, 60_000);

  it('typed in, listed or added with others it is sealed too', async () => {
    await admin.site.put({ collection: 'cameras', object: camera(rtsp.url(PATH(OTHER)), 'xm-2') });
    expect(await stored('xm-2')).toContain('_password=sealed~');
    const list = Buffer.from(`id,name,place,main\nxm-3,三,park,rtsp://127.0.0.1:9/live?user=a&pwd=${OTHER}`).toString('base64'); // prettier-ignore
    const read = await admin.cameras.importFile({ name: 'a.csv', content: list, apply: true });
    expect(read.rows[0]!.address).toBe('rtsp://127.0.0.1:9/live?user=a&pwd=•••');
    await admin.cameras.addMany({ cameras: [{ camera: { ...camera(`rtsp://127.0.0.1:9/0/a:${OTHER}/main`, 'xm-4') } as never }] }); // prettier-ignore
    expect(await stored('xm-3')).toContain('pwd=sealed~');
    expect(await stored('xm-4')).toContain('/0/a:sealed~');
  });

  it('is not in the record of a test that tries logins', async () => {
    await admin.cameras.test({ url: `rtsp://127.0.0.1:9?user=a&pwd=${OTHER}`, tryDefaults: true, template: 'dahua' }); // prettier-ignore
    const { items } = await (await park.client('audit')).system.audit({ limit: 100 });
    expect(items.find(({ action }) => action === 'camera.try_logins')?.target).toBe('127.0.0.1:9');
  });

  it('is to be read nowhere: not in what consoles get, the export, the audit, nor on disk', async () => {
    const { yaml } = await admin.site.exportFile();
    const { items } = await (await park.client('audit')).system.audit({ limit: 100 });
    for (const secret of [SECRET, OTHER]) {
      expect(yaml + JSON.stringify([await admin.site.get(), items])).not.toContain(secret);
      expect(filesWith(secret, park.dataDir)).toEqual([]);
    }
    expect(filesWith('xm-1', park.dataDir)).not.toEqual([]);
  });

  it('goes to no other host: neither by an edit nor by a test', async () => {
    const stolen = (await stored()).replace('127.0.0.1', '127.0.0.66');
    await expect(admin.cameras.test({ url: stolen })).rejects.toMatchObject({ data: { reason: 'cameras.login_elsewhere' } }); // prettier-ignore
    await expect(admin.site.put({ collection: 'cameras', object: camera(stolen) })).rejects.toMatchObject({
      data: { params: { issues: [{ path: 'mainUrl', code: 'login_elsewhere' }] } },
    });
    // in front of the host stands what looks like the right one
    const hidden = (await stored()).replace('rtsp://127.0.0.1', 'RTSP://127.0.0.1:x@127.0.0.66');
    await expect(admin.cameras.test({ url: hidden })).rejects.toMatchObject({ code: 'INVALID' });
    await expect(admin.site.put({ collection: 'cameras', object: camera(hidden) })).rejects.toMatchObject({
      data: { params: { issues: [{ path: 'mainUrl', code: 'login_in_address' }] } },
    });
    const list = Buffer.from(`id,name,place,main\nxm-9,九,park,${stolen}`).toString('base64');
    const { rows } = await admin.cameras.importFile({ name: 'a.csv', content: list });
    expect(rows[0]!.problems).toEqual([{ column: 'main', code: 'login_elsewhere', params: {} }]);
  });

  it('in front of the host it is refused, and not repeated', async () => {
    const at = `rtsp://admin:${OTHER}@127.0.0.1:9/1`;
    await expect(admin.site.put({ collection: 'cameras', object: camera(at, 'xm-5') })).rejects.toMatchObject(
      {
        data: { params: { issues: [{ path: 'mainUrl', code: 'login_in_address' }] } },
      },
    );
    const list = Buffer.from(`id,name,place,main\nxm-5,五,park,${at}`).toString('base64');
    const read = await admin.cameras.importFile({ name: 'a.csv', content: list });
    expect(read.rows[0]!.problems).toMatchObject([{ code: 'login_in_address' }]);
    expect(JSON.stringify(read)).not.toContain(OTHER);
  });
});

it('what an earlier version stored in clear is sealed at the next start', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'guardroom-test-'));
  try {
    const before = await startTestStation({ dataDir });
    const own = await before.client('admin');
    await own.cameras.addMany({ cameras: [{ camera: camera('rtsp://127.0.0.1:9/live?pwd=WORD', 'xm-1') as never }] }); // prettier-ignore
    await before.end();
    const db = openPlain(join(dataDir, 'guardroom.sqlite'));
    for (const [table, column] of [
      ['site_object', 'doc'],
      ['camera_batch', 'items'],
    ] as const) {
      const like = `${column} LIKE '%sealed~%'`;
      const rows = db.prepare(`SELECT id, ${column} AS text FROM ${table} WHERE ${like}`).all() as { id: string; text: string }[]; // prettier-ignore
      expect(rows).toHaveLength(1);
      const clear = rows[0]!.text.replaceAll(/sealed~[\w-]+~/g, OTHER).replaceAll('rtsp://', 'RTSP://u:p@');
      db.prepare(`UPDATE ${table} SET ${column} = ? WHERE id = ?`).run(clear, rows[0]!.id);
    }
    db.close();
    const after = await startTestStation({ dataDir });
    const again = await after.client('admin');
    const [one] = (await again.site.get()).cameras.filter(({ id }) => id === 'xm-1');
    expect(one!.mainUrl).toMatch(/^rtsp:\/\/127\.0\.0\.1:9\/live\?pwd=sealed~[\w-]+~$/i);
    expect(await again.cameras.batches()).toEqual([]);
    const { items } = await (await after.client('audit')).system.audit({ limit: 50 });
    expect(items.find(({ action }) => action === 'site.seal')?.params).toEqual({ cameras: ['xm-1'] });
    await after.end();
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
