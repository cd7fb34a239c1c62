import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestStation, type TestStation } from '#tests/fixtures/station.ts';
import { startOnvifDevice, type OnvifDevice } from '#tests/peers/onvif-device.ts';
import { startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';
import { waitFor } from '#tests/peers/wait-for.ts';

const login = { user: 'admin', password: 'admin' };
let park: TestStation;
let rtsp: RtspServer;
let device: OnvifDevice;
let admin: Awaited<ReturnType<TestStation['client']>>;

beforeAll(async () => {
  rtsp = await startRtspServer(
    // times as even as a camera's: those at which a busy machine hands pictures out are not
    [
      { path: '/main', sendFps: 15 },
      { path: '/sub', width: 320, height: 180 },
      { path: '/h265', codec: 'h265' },
    ],
    login,
  );
  device = await startOnvifDevice({
    login,
    clockOffsetMs: -90_000,
    streams: { main: rtsp.url('/main'), sub: rtsp.url('/sub') },
  });
  park = await startTestStation();
  admin = await park.client('admin');
}, 120_000);
afterAll(async () => {
  await park?.end();
  await Promise.all([device?.stop(), rtsp?.stop()]);
});

describe('cameras are brought in', () => {
  it('found at an address, asked, and added with its streams', async () => {
    const { devices, askedAddresses } = await admin.cameras.discover({
      multicast: false,
      addresses: '127.0.0.1',
      ports: [device.port],
    });
    expect(askedAddresses).toBe(1);
    // the small site's camera listens on this host too
    expect(devices).toMatchObject([{ host: '127.0.0.1', port: device.port, knownCameraIds: ['cam-n07'] }]);
    const at = { host: '127.0.0.1', port: device.port, username: 'admin' };
    expect(await admin.cameras.probe({ ...at, password: 'no' })).toMatchObject({
      reason: 'wrong_password',
      device: null,
    });
    const answer = await admin.cameras.probe({ ...at, password: 'admin' });
    expect(answer.reason).toBeNull();
    expect(answer.device).toMatchObject({ manufacturer: 'Guardroom', events: true, audioOutputs: 1 });
    expect(answer.device!.warnings.map(({ code }) => code)).toEqual(['clock_off', 'default_password']);
    const [channel] = answer.device!.channels;
    expect(channel).toMatchObject({ ptz: true, ptzProfile: 'Profile_1', main: { url: rtsp.url('/main'), keySeconds: 2 }, sub: { url: rtsp.url('/sub') } }); // prettier-ignore
    await admin.site.put({
      collection: 'cameras',
      object: {
        id: 'cam-gate',
        name: { zh: '东门', en: 'Gate' },
        placeId: 'park',
        mainUrl: channel!.main.url,
        subUrl: channel!.sub!.url,
        username: 'admin',
        ptz: true,
        onvif: { address: '127.0.0.1', port: device.port, events: true },
      },
      cameraPassword: 'admin',
    });
    expect(JSON.stringify(await admin.site.get())).not.toContain('password');
  });

  it('its events become the park’s', async () => {
    await waitFor('a subscription', () => device.pullPoints.count() === 1);
    const guard = await park.client('guard');
    const tampered = async () => {
      const live = await guard.alarms.live();
      const first = (await live.next()).value as {
        items: { type: string; deviceId: string; active: boolean }[];
      };
      await live.return?.();
      return first.items.find((one) => one.type === 'video.tamper' && one.deviceId === 'cam-gate');
    };
    const tamper = (on: boolean) => ({ topic: 'tns1:VideoSource/GlobalSceneChange/ImagingService', source: { Source: 'V' }, data: { State: String(on) } }); // prettier-ignore
    device.emit(tamper(true));
    await waitFor('the alarm', async () => (await tampered())?.active === true);
    device.emit(tamper(false));
    await waitFor('its end', async () => (await tampered())?.active === false);
  });

  it('its analytics too: a line crossed is at rest at once, a field until the last has left it', async () => {
    const guard = await park.client('guard');
    const alarmOf = async (type: string) => {
      const live = await guard.alarms.live();
      const first = (await live.next()).value as {
        items: { type: string; deviceId: string; active: boolean; cameraIds: string[]; data: object }[];
      };
      await live.return?.();
      return first.items.find((one) => one.type === type && one.deviceId === 'cam-gate');
    };
    const source = { VideoSourceConfigurationToken: 'V', Rule: '东侧围栏' };
    device.emit({ topic: 'tns1:RuleEngine/LineDetector/Crossed', source, data: { ObjectId: '7', ClassTypes: 'Human' } }); // prettier-ignore
    await waitFor('the crossing', async () => (await alarmOf('intrusion.line')) !== undefined);
    expect(await alarmOf('intrusion.line')).toMatchObject({
      active: false,
      cameraIds: expect.arrayContaining(['cam-gate']) as string[],
      data: { rule: '东侧围栏', object: 'person' },
    });
    const inside = (on: boolean, id: string) =>
      device.emit({ topic: 'tns1:RuleEngine/FieldDetector/ObjectsInside', source: { ...source, Rule: '罐区' }, key: { ObjectId: id }, data: { IsInside: String(on) } }); // prettier-ignore
    inside(true, '1');
    inside(true, '2');
    await waitFor('the intrusion', async () => (await alarmOf('intrusion.area'))?.active === true);
    inside(false, '1');
    inside(false, '2');
    await waitFor('its end', async () => (await alarmOf('intrusion.area'))?.active === false);
  });

  it('what it has raised ends when it is silent at another address of the same device, and with its events', async () => {
    const guard = await park.client('guard');
    const isActive = async () => {
      const live = await guard.alarms.live();
      const first = (await live.next()).value as {
        items: { type: string; deviceId: string; active: boolean }[];
      };
      await live.return?.();
      return first.items.find((one) => one.type === 'intrusion.loitering' && one.deviceId === 'cam-gate')
        ?.active;
    };
    const loiters = () =>
      device.emit({ topic: 'tns1:RuleEngine/LoiteringDetector/ObjectIsLoitering', source: { VideoSourceConfigurationToken: 'V', Rule: 'A' }, data: { State: 'true' } }); // prettier-ignore
    const put = async (onvif: object) => {
      const camera = (await admin.site.get()).cameras.find(({ id }) => id === 'cam-gate')!;
      await admin.site.put({
        collection: 'cameras',
        object: { ...camera, onvif: { ...camera.onvif, ...onvif } },
        // the stored one is not for another host
        ...('address' in onvif ? { cameraPassword: login.password } : {}),
      });
    };
    const subscribed = async (change: () => unknown) => {
      const before = device.pullPoints.created();
      await change();
      await waitFor('a new subscription, and no other', () => device.pullPoints.created() > before && device.pullPoints.count() === 1); // prettier-ignore
    };
    // a second subscription of the first stream, so that its number is greater than the next one's first
    await subscribed(() => device.pullPoints.forget());
    loiters();
    await waitFor('the alarm', async () => (await isActive()) === true);
    await put({ address: 'localhost' });
    await waitFor('its end', async () => (await isActive()) === false);
    await subscribed(() => put({ address: '127.0.0.1' }));
    loiters();
    await waitFor('the alarm again', async () => (await isActive()) === true);
    await put({ events: false });
    await waitFor('its end again', async () => (await isActive()) === false);
    await subscribed(() => put({ events: true }));
  }, 60_000);

  it('a topic that nobody knows is seen by the administrator', async () => {
    const heard = async () => {
      const live = await admin.cameras.events();
      const first = (await live.next()).value as { items: { id: string }[] };
      await live.return?.();
      return first.items.find(({ id }) => id === 'cam-gate');
    };
    device.emit({ topic: 'tns1:VideoAnalytics/tnsnew:Teleport', source: {}, data: { State: 'true' } });
    const expected = { state: 'listening', unknown: [{ topic: 'VideoAnalytics/Teleport', count: 1 }] };
    await waitFor('the topic', async () => JSON.stringify(await heard()).includes('Teleport'));
    expect(await heard()).toMatchObject(expected);
    const guard = await park.client('guard');
    await expect(guard.cameras.events()).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('a test shows picture, figures and warnings, with the stored login', async () => {
    const result = await admin.cameras.test({
      cameraId: 'cam-gate',
      stream: 'main',
      tryDefaults: true,
      template: 'dahua',
    });
    expect(result.reason).toBeNull();
    expect(Buffer.from(result.picture!, 'base64').subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
    expect(result.facts).toMatchObject({ codec: 'h264', width: 640, height: 360, audio: [], keySeconds: 1 });
    expect(result.facts!.framesPerSecond).toBeCloseTo(15, 1);
    expect(result.facts!.kilobitsPerSecond).toBeGreaterThan(10);
    expect(result.warnings.map(({ code }) => code)).toEqual(['clock_off', 'default_password']);
  }, 60_000);

  it('H.265 is shown here, with a warning', async () => {
    const result = await admin.cameras.test({ url: rtsp.url('/h265'), username: 'admin', password: 'admin' });
    expect(result).toMatchObject({
      reason: null,
      facts: { codec: 'h265' },
      warnings: [{ code: 'h265' }, { code: 'default_password' }],
    });
    expect(result.picture).not.toBeNull();
  }, 60_000);

  it.each([
    ['wrong_password', { path: '/main', username: 'admin', password: 'no' }],
    ['not_found', { path: '/none', username: 'admin', password: 'admin' }],
  ])('says why not: %s', async (reason, { path, ...of }) => {
    expect(await admin.cameras.test({ url: rtsp.url(path), ...of })).toMatchObject({
      reason,
      picture: null,
      facts: null,
    });
  });

  it('a stored login goes to no other address', async () => {
    await expect(
      admin.cameras.test({ cameraId: 'cam-gate', url: 'rtsp://127.0.0.1:9/steal' }),
    ).rejects.toMatchObject({ data: { reason: 'cameras.other_address' } });
  });

  it('a list is checked first, then added as a whole', async () => {
    const list = (place: string) =>
      Buffer.from(`id,name,place,main,user,password\nc1,一,park,${rtsp.url('/h265')},admin,admin\nc2,二,${place},${rtsp.url('/sub')},,`).toString('base64'); // prettier-ignore
    const bad = await admin.cameras.importFile({ name: 'a.csv', content: list('nowhere'), apply: true });
    expect(bad).toMatchObject({ added: 0, rows: [{ row: 2, problems: [] }, { row: 3, problems: [{ column: 'place', code: 'unknown_place' }] }] }); // prettier-ignore
    expect((await admin.site.get()).cameras.map(({ id }) => id)).not.toContain('c1');
    const dry = await admin.cameras.importFile({ name: 'a.csv', content: list('b3') });
    expect(dry).toMatchObject({ added: 0, problems: [] });
    const done = await admin.cameras.importFile({ name: 'a.csv', content: list('b3'), apply: true });
    expect(done.added).toBe(2);
    expect((await admin.cameras.test({ cameraId: 'c1' })).reason).toBeNull();
    const { items } = await (await park.client('audit')).system.audit({ limit: 50 });
    expect(items.filter((one) => one.action === 'site.add').map((one) => one.target)).toEqual(
      expect.arrayContaining(['cameras/c1', 'cameras/c2', 'cameras/cam-gate']),
    );
    expect(items.map(({ action }) => action)).toContain('camera.discover');
    expect(JSON.stringify(items)).not.toContain('"admin"}');
  }, 60_000);

  it('a range outside of local networks is refused, and so is everybody else', async () => {
    await expect(admin.cameras.discover({ multicast: false, addresses: '8.8.8.0/24' })).rejects.toMatchObject(
      {
        data: { reason: 'cameras.address.not_local' },
      },
    );
    const guard = await park.client('guard');
    await expect(guard.cameras.templates()).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});
