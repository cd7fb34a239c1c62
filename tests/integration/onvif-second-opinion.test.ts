/** Our test device as an independent client sees it: node-onvif 0.1, which knows nothing of our driver. */
import { createRequire } from 'node:module';
import { afterEach, expect, it } from 'vitest';
import { startOnvifDevice, type OnvifDevice } from '#tests/peers/onvif-device.ts';

interface NodeOnvifDevice {
  init(): Promise<{ Manufacturer: string; Model: string }>;
  getUdpStreamUrl(): string;
  ptzMove(of: { speed: { x: number; y: number; z: number }; timeout: number }): Promise<void>;
  ptzStop(): Promise<void>;
}
const { OnvifDevice: Peer } = createRequire(import.meta.url)('node-onvif') as {
  OnvifDevice: new (of: { xaddr: string; user: string; pass: string }) => NodeOnvifDevice;
};
const login = { user: 'admin', password: 'plain' };
let device: OnvifDevice;
afterEach(() => device.stop());

it('finds profiles, moves the head, and is refused with a wrong password', async () => {
  let now = Date.now();
  device = await startOnvifDevice({
    login,
    clockOffsetMs: 86_400_000,
    nowMs: () => now,
    streams: { main: 'rtsp://127.0.0.1:8554/main', sub: 'rtsp://127.0.0.1:8554/sub' },
  });
  const peer = new Peer({ xaddr: device.url, user: login.user, pass: login.password });
  expect(await peer.init()).toMatchObject({ Manufacturer: 'Guardroom', Model: 'TEST-1' });
  expect(peer.getUdpStreamUrl()).toContain('rtsp://127.0.0.1:8554/main');
  await peer.ptzMove({ speed: { x: -0.5, y: 0, z: 0 }, timeout: 60 });
  now += 1_000;
  await peer.ptzStop();
  expect(device.head.position().pan).toBeCloseTo(-0.5);
  await expect(new Peer({ xaddr: device.url, user: login.user, pass: 'no' }).init()).rejects.toThrow(/400/);
});
