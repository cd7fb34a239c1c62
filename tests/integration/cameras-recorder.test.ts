import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestStation, type TestStation } from '#tests/fixtures/station.ts';
import { startOnvifDevice, type OnvifDevice } from '#tests/peers/onvif-device.ts';
import { waitFor } from '#tests/peers/wait-for.ts';

/** A recorder of three channels and one camera with a clock of its own, on the whole station. */
const login = { user: 'admin', password: 'first-password' };
let park: TestStation;
let recorder: OnvifDevice;
let admin: Awaited<ReturnType<TestStation['client']>>;

beforeAll(async () => {
  recorder = await startOnvifDevice({
    login: { ...login },
    vendor: 'hikvision',
    clockOffsetMs: 60_000,
    channels: [1, 2, 3].map((n) => ({
      main: `rtsp://127.0.0.1:9/Streaming/Channels/${n}01`,
      sub: `rtsp://127.0.0.1:9/Streaming/Channels/${n}02`,
    })),
  });
  park = await startTestStation();
  admin = await park.client('admin');
}, 60_000);
afterAll(async () => {
  await park?.end();
  await recorder?.stop();
});

const onvif = (n: number) => ({
  address: '127.0.0.1',
  port: recorder.port,
  events: true,
  source: `VideoSource_${n}`,
});
const channel = (n: number, id = `nvr-${n}`) => ({
  camera: {
    id,
    name: { zh: `通道 ${n}`, en: `Channel ${n}` },
    placeId: 'park',
    mainUrl: `rtsp://127.0.0.1:9/Streaming/Channels/${n}01`,
    username: 'admin',
    onvif: onvif(n),
  },
  password: login.password,
});
const ids = async () => (await admin.site.get()).cameras.map(({ id }) => id);
const records = async (type: string) => {
  const { items } = await (await park.client('guard')).records.search({ kinds: ['event'] });
  return items.filter((one) => JSON.stringify(one).includes(type));
};

describe('a recorder is brought in', () => {
  it('shows every channel, its services, and that its password is not a usual one', async () => {
    const { device, reason } = await admin.cameras.probe({
      host: '127.0.0.1',
      port: recorder.port,
      username: login.user,
      password: login.password,
    });
    expect(reason).toBeNull();
    expect(device!.channels.map(({ source, main }) => [source, main.url])).toEqual([
      ['VideoSource_1', 'rtsp://127.0.0.1:9/Streaming/Channels/101'],
      ['VideoSource_2', 'rtsp://127.0.0.1:9/Streaming/Channels/201'],
      ['VideoSource_3', 'rtsp://127.0.0.1:9/Streaming/Channels/301'],
    ]);
    expect(device).toMatchObject({ audioOutputs: 1, moreChannels: 0, certificate: null });
    expect(device!.services).toEqual(expect.arrayContaining(['media', 'media2', 'ptz', 'events']));
    expect(device!.warnings.map(({ code }) => code)).toEqual(['clock_off']);
  });

  it('all channels at once or none', async () => {
    const before = await ids();
    await expect(
      admin.cameras.addMany({ cameras: [channel(1), { ...channel(2), camera: { ...channel(2).camera, placeId: 'nowhere' } }] }), // prettier-ignore
    ).rejects.toMatchObject({ data: { reason: 'site.problem' } });
    expect(await ids()).toEqual(before);
    const added = await admin.cameras.addMany({ cameras: [channel(1), channel(2)] });
    expect(added.count).toBe(2);
    expect(await ids()).toEqual([...before, 'nvr-1', 'nvr-2']);
    await expect(admin.cameras.addMany({ cameras: [channel(2)] })).rejects.toMatchObject({
      data: { reason: 'cameras.id_taken' },
    });
  });

  it('one subscription; each channel’s events are its camera’s, and those of a channel that is not here are nobody’s', async () => {
    await waitFor('the subscription', () => recorder.pullPoints.count() === 1);
    const motion = (source: Record<string, string>) =>
      recorder.emit({ topic: 'tns1:VideoSource/MotionAlarm', source, data: { State: 'true' } });
    motion({ Source: 'VideoSource_3' });
    motion({ VideoSourceConfigurationToken: 'VSC_VideoSource_2' });
    await waitFor('its record', async () => (await records('video.motion')).length > 0);
    motion({ Source: 'VideoSource_1' });
    await waitFor('both records', async () => (await records('video.motion')).length > 1);
    const found = JSON.stringify(await records('video.motion'));
    expect(found).toContain('nvr-2');
    expect(found).toContain('nvr-1');
    expect((await records('video.motion')).length).toBe(2);
    expect(recorder.pullPoints.created()).toBe(1);
  });

  it('its clock is measured once for all channels and counted in the foot bar', async () => {
    const live = await admin.cameras.clocks();
    const first = (await live.next()).value as { items: { id: string; offsetMs: number; isOff: boolean }[] };
    await live.return?.();
    const mine = first.items.filter(({ id }) => id.startsWith('nvr-'));
    expect(mine).toMatchObject([{ id: 'nvr-1', isOff: true }, { id: 'nvr-2', isOff: true }]); // prettier-ignore
    expect(Math.abs(mine[0]!.offsetMs - 60_000)).toBeLessThan(2_000);
    const health = await admin.system.health();
    const lines = (await health.next()).value as { items: { id: string; params: object }[] };
    await health.return?.();
    expect(lines.items.find(({ id }) => id === 'cameras')).toMatchObject({
      level: 'warn',
      code: 'clock_off',
      params: { count: 2, total: 2 },
    });
  });

  it('many are changed as one and put back as one, with their passwords', async () => {
    const { batchId, count } = await admin.cameras.changeMany({
      cameraIds: ['nvr-1', 'nvr-2'],
      change: { transport: 'udp', pull: 'ffmpeg', password: 'wrong-now', recording: { mode: 'continuous' } },
    });
    expect(count).toBe(2);
    const now = async () => (await admin.site.get()).cameras.filter(({ id }) => id.startsWith('nvr-'));
    for (const one of await now())
      expect(one).toMatchObject({ transport: 'udp', pull: 'ffmpeg', recording: { mode: 'continuous', keepDays: 30 } }); // prettier-ignore
    await admin.cameras.undo({ batchId: batchId! });
    for (const one of await now()) expect(one).toMatchObject({ transport: 'tcp', pull: 'auto' });
    expect((await now()).every((one) => one.recording === undefined)).toBe(true);
    await expect(admin.cameras.undo({ batchId: batchId! })).rejects.toMatchObject({
      data: { reason: 'cameras.undone' },
    });
    const [latest] = await admin.cameras.batches();
    expect(latest).toMatchObject({ kind: 'change', cameraIds: ['nvr-1', 'nvr-2'] });
    expect(latest!.undoneAtMs).not.toBeNull();
  });

  it('a change that somebody has built on cannot be put back', async () => {
    const { batchId } = await admin.cameras.changeMany({
      cameraIds: ['nvr-1', 'nvr-2'],
      change: { pull: 'direct' },
    });
    const [one] = (await admin.site.get()).cameras.filter(({ id }) => id === 'nvr-2');
    await admin.site.put({ collection: 'cameras', object: { ...one!, transport: 'udp' } });
    await expect(admin.cameras.undo({ batchId: batchId! })).rejects.toMatchObject({
      data: { reason: 'cameras.changed_since', params: { id: 'nvr-2' } },
    });
  });

  it('another password is set on the device and for all its channels; a weak one changes nothing', async () => {
    const made = recorder.pullPoints.created();
    const weak = await admin.cameras.changePassword({ cameraId: 'nvr-1', password: 'short' });
    expect(weak).toMatchObject({ reason: 'password_refused', cameraIds: [] });
    const done = await admin.cameras.changePassword({ cameraId: 'nvr-1', password: 'second & <password>' });
    expect(done).toMatchObject({ reason: null, cameraIds: ['nvr-1', 'nvr-2'] });
    const probed = (password: string) =>
      admin.cameras.probe({ host: '127.0.0.1', port: recorder.port, username: 'admin', password });
    expect((await probed('second & <password>')).reason).toBeNull();
    expect((await probed(login.password)).reason).toBe('wrong_password');
    // the subscription is made anew with the new login
    await waitFor('the new subscription', () => recorder.pullPoints.created() > made);
    const again = await admin.cameras.changePassword({ cameraId: 'nvr-2', password: 'third-password' });
    expect(again.reason).toBeNull();
    const { items } = await (await park.client('audit')).system.audit({ limit: 100 });
    expect(items.map(({ action }) => action)).toContain('camera.password');
    expect(JSON.stringify(items)).not.toMatch(/second|third-password/);
  });

  it('a password that is set on the device goes to no camera that reaches another host too', async () => {
    const lure = { ...channel(3, 'lure').camera, mainUrl: 'rtsp://127.0.0.66:9/x' };
    await admin.site.put({ collection: 'cameras', object: lure });
    await admin.site.put({ collection: 'cameras', object: channel(3, 'nvr-3').camera });
    // led away while the device is being asked
    const answer = admin.cameras.changePassword({ cameraId: 'nvr-1', password: 'fourth-password' });
    const third = { ...channel(3, 'nvr-3').camera, subUrl: lure.mainUrl };
    await admin.site.put({ collection: 'cameras', object: third });
    expect(await answer).toMatchObject({ reason: null, cameraIds: ['nvr-1', 'nvr-2'] });
    const { items } = await (await park.client('audit')).system.audit({ limit: 20 });
    expect(items.find(({ action }) => action === 'camera.password')?.params).toEqual({
      cameras: ['nvr-1', 'nvr-2', 'nvr-3'],
    });
    const stored = async (cameraId: string) => (await admin.cameras.hasPassword({ cameraId })).stored;
    expect([await stored('lure'), await stored('nvr-3'), await stored('nvr-2')]).toEqual([false, false, true]); // prettier-ignore
    for (const id of ['lure', 'nvr-3']) await admin.site.remove({ collection: 'cameras', id });
  });

  it('a camera that is removed while the device is being asked does not come back', async () => {
    await admin.site.put({ collection: 'cameras', object: channel(3, 'nvr-3').camera });
    const answer = admin.cameras.changePassword({ cameraId: 'nvr-1', password: 'fifth-password' });
    await admin.site.remove({ collection: 'cameras', id: 'nvr-3' });
    expect(await answer).toMatchObject({ reason: null, cameraIds: ['nvr-1', 'nvr-2'] });
    expect(await ids()).not.toContain('nvr-3');
  });

  it('a list that names a stream twice is not taken', async () => {
    const list = 'name,place,main\n一,park,rtsp://127.0.0.1:9/Streaming/Channels/101\n二,park,rtsp://h/x\n三,park,rtsp://H:554/x/'; // prettier-ignore
    const answer = await admin.cameras.importFile({
      name: 'a.csv',
      content: Buffer.from(list).toString('base64'),
      apply: true,
    });
    expect(answer.added).toBe(0);
    expect(answer.rows.flatMap(({ row, problems }) => problems.map(({ code, params }) => [row, code, params]))).toEqual([
      [2, 'same_stream', { id: 'nvr-1' }],
      [4, 'same_stream_row', { row: 3 }],
    ]); // prettier-ignore
  });

  it('a list that was written can be taken back', async () => {
    const before = await ids();
    const list = 'name,place,main,user,password\n一,park,rtsp://10.9.9.1/a,admin,secret-1\n二,park,rtsp://10.9.9.2/a,admin,secret-2'; // prettier-ignore
    const done = await admin.cameras.importFile({
      name: 'a.csv',
      content: Buffer.from(list).toString('base64'),
      apply: true,
    });
    expect(done.added).toBe(2);
    expect(await ids()).toHaveLength(before.length + 2);
    await admin.cameras.undo({ batchId: done.batchId! });
    expect(await ids()).toEqual(before);
  });
});
