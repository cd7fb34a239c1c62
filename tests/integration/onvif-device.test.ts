import { afterEach, describe, expect, it } from 'vitest';
import { createOnvifClient } from '#native/onvif/client.ts';
import { getDeviceInformation } from '#native/onvif/device.ts';
import {
  getAudioOutputs,
  getProfiles,
  getSnapshot,
  getSnapshotUri,
  getStreamUri,
} from '#native/onvif/media.ts';
import { createPtz, getNodes } from '#native/onvif/ptz.ts';
import { startOnvifDevice, type DeviceOptions, type OnvifDevice } from '#tests/peers/onvif-device.ts';

const LOGIN = { user: 'guard & "co"', password: 'pä<ss>&"1' };
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
async function device(options: DeviceOptions = {}): Promise<OnvifDevice> {
  const made = await startOnvifDevice({ login: LOGIN, ...options });
  open.push({ close: () => made.stop() });
  return made;
}
function client(of: OnvifDevice, login = LOGIN) {
  const made = createOnvifClient({ url: of.url, login });
  open.unshift(made);
  return made;
}

describe('login', () => {
  it.each(['token', 'digest', 'both'] as const)('by %s, with an odd password', async (auth) => {
    const peer = await device({ auth });
    expect((await getDeviceInformation(client(peer))).manufacturer).toBe('Guardroom');
  });

  it('goes on when every HTTP nonce is good for one request', async () => {
    const peer = await device({ auth: 'digest', singleUseNonce: true });
    const used = client(peer);
    for (let time = 0; time < 3; time += 1) await getDeviceInformation(used);
    expect(peer.calls.filter(({ name }) => name === 'GetDeviceInformation')).toHaveLength(6);
  });

  it('many calls at once learn the way together', async () => {
    const used = client(await device({ auth: 'digest' }));
    const all = await Promise.all(Array.from({ length: 8 }, () => getDeviceInformation(used)));
    expect(all).toHaveLength(8);
  });

  it.each([
    ['token', 1],
    ['digest', 2],
    ['both', 2],
  ] as const)('a wrong password by %s is told after few tries', async (auth, tries) => {
    const peer = await device({ auth });
    const wrong = getDeviceInformation(client(peer, { ...LOGIN, password: 'secret-but-wrong' }));
    await expect(wrong).rejects.toMatchObject({ code: 'wrong_password' });
    await expect(wrong).rejects.not.toThrow(/secret/);
    expect(peer.refusals()).toBeLessThanOrEqual(tries);
  });

  it.each([-3 * 86_400_000, 90_000, 8 * 3_600_000])('with the clock %i ms off', async (clockOffsetMs) => {
    const used = client(await device({ clockOffsetMs }));
    await getDeviceInformation(used);
    expect(Math.abs((await used.time()).offsetMs! - clockOffsetMs)).toBeLessThan(2_000);
  });

  it.each([true, false])('follows a clock that is set while we talk (vague: %s)', async (vagueExpiry) => {
    const peer = await device({ vagueExpiry });
    const used = client(peer);
    await getDeviceInformation(used);
    peer.setClockOffset(3_600_000);
    expect((await getDeviceInformation(used)).serialNumber).toBe('SN0001');
  });

  it.each([true, false])(
    'a device that calls its local time UTC is understood (vague: %s)',
    async (vagueExpiry) => {
      const peer = await device({ dateOffsetMs: 10 * 3_600_000, vagueExpiry });
      const used = client(peer);
      await getDeviceInformation(used);
      await getProfiles(used);
      expect(peer.refusals()).toBe(1);
      expect(Math.abs((await used.time()).offsetMs!)).toBeLessThan(2_000);
    },
  );

  it('a wrong password there costs one try more, and is still one', async () => {
    const peer = await device({ dateOffsetMs: 10 * 3_600_000 });
    const wrong = getDeviceInformation(client(peer, { ...LOGIN, password: 'secret-but-wrong' }));
    await expect(wrong).rejects.toMatchObject({ code: 'wrong_password' });
    expect(peer.refusals()).toBe(2);
  });

  it('a device that hides its clock and is off is told as clock, not as password', async () => {
    const used = client(await device({ closedDate: true, clockOffsetMs: 3_600_000 }));
    await expect(getDeviceInformation(used)).rejects.toMatchObject({ code: 'clock_skew' });
  });
});

describe('media', () => {
  const streams = { main: 'rtsp://192.168.1.108:554/main?channel=1&x=2', sub: 'rtsp://127.0.0.1:8554/sub' };
  it.each([
    ['hikvision', {}],
    ['dahua', { media2: false }],
    ['uniview', { oldCapabilities: true }],
    ['axis', { auth: 'digest' }],
  ] as const)('of a device like %s', async (vendor, more) => {
    const peer = await device({ vendor, streams, ...more });
    const used = client(peer);
    const profiles = await getProfiles(used);
    expect(profiles.map(({ token, video }) => [token, video?.codec, video?.width, video?.govLength])).toEqual(
      [
        ['Profile_1', 'h264', 1280, 50],
        ['Profile_2', 'h264', 640, 50],
      ],
    );
    expect(profiles[0]!.ptz).toEqual({ configurationToken: 'PTZ0', nodeToken: 'Node0' });
    expect(await getStreamUri(used, profiles[0]!)).toBe('rtsp://127.0.0.1:554/main?channel=1&x=2');
    expect(used.otherHost).toBe('192.168.1.108');
    expect(await getAudioOutputs(used)).toEqual(['AudioOutput_1']);
  });

  it('H.265 is seen through Media 2', async () => {
    const used = client(await device({ streams, codec: 'H265' }));
    expect((await getProfiles(used))[0]!.video!.codec).toBe('h265');
  });

  it('services on a host that is not ours are reached where the device was', async () => {
    const used = client(await device({ streams, wrongHost: '192.168.1.64' }));
    expect(await getProfiles(used)).toHaveLength(2);
    expect(used.otherHost).toBe('192.168.1.64');
  });

  it('a still by HTTP digest; none where there is none', async () => {
    const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xd9]);
    const used = client(await device({ streams, jpeg }));
    const [first] = await getProfiles(used);
    const at = await getSnapshotUri(used, first!);
    expect(await getSnapshot(used, at!)).toEqual(jpeg);
    const without = client(await device({ streams }));
    expect(await getSnapshotUri(without, (await getProfiles(without))[0]!)).toBeNull();
  });
});

describe('steering', () => {
  it('moves, stops, goes to presets and home', async () => {
    let now = 1_000_000;
    const peer = await device({ nowMs: () => now });
    const made = createOnvifClient({ url: peer.url, login: LOGIN, nowMs: () => now });
    open.unshift(made);
    const ptz = createPtz(made, 'Profile_1');
    expect((await getNodes(made))[0]).toMatchObject({ relativeFov: true, home: true, maxPresets: 255 });
    await ptz.continuous({ pan: 0.5, tilt: -0.2 }, 5_000);
    now += 1_000;
    expect(await ptz.status()).toEqual({ position: { pan: 0.5, tilt: -0.2, zoom: 0 }, moving: true });
    await ptz.stop();
    now += 1_000;
    expect(await ptz.status()).toMatchObject({ position: { pan: 0.5 }, moving: false });
    const token = await ptz.setPreset('gate <1>');
    await ptz.absolute({ pan: -1, tilt: 0.4, zoom: 1 });
    now += 10_000;
    expect((await ptz.status()).position).toEqual({ pan: -1, tilt: 0.4, zoom: 1 });
    await ptz.gotoPreset(token);
    now += 10_000;
    expect((await ptz.status()).position).toEqual({ pan: 0.5, tilt: -0.2, zoom: 0 });
    await ptz.relative({ pan: 0.25 }, { fov: true });
    now += 10_000;
    expect((await ptz.status()).position.pan).toBe(0.75);
    await ptz.home();
    now += 10_000;
    expect((await ptz.status()).position).toEqual({ pan: 0, tilt: 0, zoom: 0 });
    expect(await ptz.presets()).toMatchObject([{ token, name: 'gate <1>', position: { pan: 0.5 } }]);
    await ptz.removePreset(token);
    expect(await ptz.presets()).toEqual([]);
    await expect(ptz.gotoPreset(token)).rejects.toMatchObject({
      code: 'fault',
      params: { fault: 'NoToken' },
    });
  });

  it('a head that counts in degrees is steered in degrees, and read back in our numbers', async () => {
    let now = 1_000_000;
    const peer = await device({ nowMs: () => now, ptzDegrees: true });
    const made = createOnvifClient({ url: peer.url, login: LOGIN, nowMs: () => now });
    open.unshift(made);
    const [node] = await getNodes(made);
    expect(node).toMatchObject({ absolute: { panTilt: true, zoom: true }, relativeFov: false, limits: { pan: { min: 0, max: 2 }, tilt: { min: -1 } } }); // prettier-ignore
    const ptz = createPtz(made, 'Profile_1', node!.spaces);
    const at = async () => {
      now += 10_000;
      const { pan, tilt, zoom } = (await ptz.status()).position;
      return [pan, tilt, zoom].map((one) => Number(one!.toFixed(3)));
    };
    await ptz.absolute({ pan: -0.5, tilt: -0.5, zoom: 0.25 }, { pan: 1, tilt: 1, zoom: 1 });
    expect(await at()).toEqual([-0.5, -0.5, 0.25]);
    expect(peer.head.position()).toEqual({ pan: -0.5, tilt: -0.5, zoom: 0.25 });
    // as high as it goes: 20 degrees
    await ptz.absolute({ pan: 0.25, tilt: 1 });
    expect((await at()).slice(0, 2)).toEqual([0.25, 0.222]);
    await ptz.relative({ pan: 0.5, tilt: -0.5 });
    expect((await at()).slice(0, 2)).toEqual([0.75, -0.278]);
    await ptz.continuous({ pan: -0.5, tilt: 0 }, 1_000);
    expect((await at())[0]).toBe(0.25);
    await ptz.setPreset('gate');
    expect(await ptz.presets()).toMatchObject([{ position: { pan: 0.25 } }]);
  });

  it('a timeout of the device ends a move that nobody stops', async () => {
    let now = 5_000;
    const peer = await device({ nowMs: () => now });
    const made = createOnvifClient({ url: peer.url, login: LOGIN, nowMs: () => now });
    open.unshift(made);
    await createPtz(made, 'Profile_1').continuous({ pan: 0.1 }, 2_000);
    now += 60_000;
    expect(peer.head.position().pan).toBeCloseTo(0.2);
  });

  it('a fixed camera says that it cannot', async () => {
    const used = client(await device({ ptz: false }));
    await expect(createPtz(used, 'Profile_1').home()).rejects.toMatchObject({ code: 'not_supported' });
  });
});

describe('what is no device', () => {
  it('nothing listens', async () => {
    const peer = await device();
    await peer.stop();
    await expect(getDeviceInformation(client(peer))).rejects.toMatchObject({ code: 'refused' });
  });
  it('an address with a login, or of another kind, is refused at once', () => {
    for (const url of ['http://a:b@127.0.0.1/', 'rtsp://127.0.0.1/', 'x'])
      expect(() => createOnvifClient({ url })).toThrow(expect.objectContaining({ code: 'bad_address' }));
  });
});
