/** A back-up on another machine: the database is there, the key that its logins were sealed with is not. */
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { startTestStation, type TestStation } from '#tests/fixtures/station.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
function folder(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'guardroom-key-'));
  ends.push(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}
async function start(dataDir: string): Promise<TestStation> {
  const park = await startTestStation({ dataDir });
  ends.push(() => park.end());
  return park;
}
async function keyLine(park: TestStation) {
  const live = await (await park.client('guard')).system.health();
  const first = (await live.next()).value as { items: { id: string }[] };
  await live.return?.();
  return first.items.find(({ id }) => id === 'key');
}
const named = { zh: '门', en: 'Gate' };
const camera = {
  id: 'gate',
  name: named,
  placeId: 'park',
  username: 'admin',
  mainUrl: 'rtsp://127.0.0.1:9/1',
};
const events = { onvif: { address: '127.0.0.1', port: 9, events: true } };

test('the station starts, says whose logins it cannot read, and forgets it when they are entered again', async () => {
  const dataDir = folder();
  const before = await start(dataDir);
  const own = await before.client('admin');
  const put = { collection: 'cameras', cameraPassword: 'p&w' } as const;
  await own.site.put({ ...put, object: { ...camera, ...events } });
  await own.site.put({ collection: 'cameras', object: { ...camera, id: 'yard', mainUrl: 'rtsp://127.0.0.1:9/2?pwd=p' } }); // prettier-ignore
  await own.system.putSetting({ key: 'broker.password', value: 'secret' });
  expect(await keyLine(before)).toBeUndefined();
  await before.end();
  copyFileSync(join(dataDir, 'station.key'), join(dataDir, 'right.key'));
  writeFileSync(join(dataDir, 'station.key'), randomBytes(32).toString('base64'));

  const after = await start(dataDir);
  expect(await keyLine(after)).toMatchObject({ level: 'bad', code: 'other_key', params: { cameras: 2, settings: 1 } }); // prettier-ignore
  const again = await after.client('admin');
  expect((await again.cameras.test({ cameraId: 'gate' })).reason).not.toBeNull();
  await expect(again.cameras.test({ cameraId: 'yard' })).rejects.toMatchObject({
    data: { reason: 'cameras.login_elsewhere' },
  });
  await again.site.put({ ...put, object: { ...camera, ...events } });
  await again.site.put({ collection: 'cameras', object: { ...camera, id: 'yard', mainUrl: 'rtsp://127.0.0.1:9/2?pwd=p' } }); // prettier-ignore
  await again.system.putSetting({ key: 'broker.password', value: 'secret' });
  expect(await keyLine(after)).toMatchObject({ level: 'ok', code: 'ok' });
  await after.end();
});
test('with the right key everything is there again', async () => {
  const dataDir = folder();
  const before = await start(dataDir);
  await (
    await before.client('admin')
  ).site.put({ collection: 'cameras', cameraPassword: 'p', object: camera });
  await before.end();
  const after = await start(dataDir);
  expect(await keyLine(after)).toBeUndefined();
});
