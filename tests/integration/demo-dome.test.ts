/** The demo's camera that turns: the station's own ONVIF client steers it, an independent player sees the picture. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpointOf, openHead, type PtzHead } from '#features/ptz/head.ts';
import { ffmpegCandidates } from '#native/ffmpeg/binary.ts';
import type { SitePort } from '#station/ports.ts';
import { demoStation } from '#tests/fixtures/demo-station.ts';
import { waitFor } from '#tests/peers/wait-for.ts';

const ffmpeg = ffmpegCandidates()[0]?.path ?? 'ffmpeg';
const CAM = 'm-01';
const [WIDTH, HEIGHT] = [640, 360];

let station: ReturnType<typeof demoStation>;
let site: SitePort;
let head: PtzHead;
beforeAll(async () => {
  station = demoStation();
  await station.demo.openCameras();
  const camera = station.site.cameras.find(({ id }) => id === CAM)!;
  site = station.demo.camerasOf({ current: () => station.site, camera: () => camera } as unknown as SitePort);
  head = await openHead(
    endpointOf(site.camera(CAM), 'demo-camera', () => true)!,
    Date.now,
  );
});
afterAll(async () => {
  head?.close();
  await station.demo.stop();
});

/** Pulls some pictures as grey bytes. */
async function pull(frames: number): Promise<Buffer[]> {
  const url = new URL(site.camera(CAM)!.mainUrl);
  url.username = 'guardroom';
  url.password = 'demo-camera';
  const child = spawn(ffmpeg, ['-v', 'error', '-rtsp_transport', 'tcp', '-i', url.href, '-frames:v', String(frames), '-f', 'rawvideo', '-pix_fmt', 'gray', '-'], { stdio: ['ignore', 'pipe', 'inherit'] }); // prettier-ignore
  const out: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  await once(child, 'close');
  const all = Buffer.concat(out);
  const size = WIDTH * HEIGHT;
  return Array.from({ length: Math.floor(all.length / size) }, (_, i) =>
    all.subarray(i * size, (i + 1) * size),
  );
}
/** Mean difference of two pictures below the burnt-in line. */
function difference(a: Buffer, b: Buffer): number {
  let sum = 0;
  for (let i = WIDTH * 40; i < a.length; i += 1) sum += Math.abs(a[i]! - b[i]!);
  return sum / (a.length - WIDTH * 40);
}
const standsStill = () => waitFor('a standstill', async () => (await head.ptz.status()).moving === false);

describe('the demo dome', () => {
  it('is an ONVIF device that can be turned, with what its maker set', async () => {
    expect(head.node).toMatchObject({
      absolute: { panTilt: true, zoom: true },
      limits: { pan: { min: -1, max: 1 }, tilt: { min: -1, max: 1 } },
      home: true,
    });
    expect((await head.ptz.presets()).length).toBeGreaterThanOrEqual(4);
    await expect(head.ptz.gotoPreset('none')).rejects.toMatchObject({ code: 'fault' });
  });
  it('refuses a wrong password', async () => {
    const wrong = { ...endpointOf(site.camera(CAM), 'wrong', () => true)! };
    await expect(openHead(wrong, Date.now)).rejects.toMatchObject({ code: 'wrong_password' });
  });
  it('shows a live picture that follows its head, round the back too', async () => {
    const before = await pull(5);
    expect(before).toHaveLength(5);
    expect(difference(before[0]!, before[4]!)).toBeLessThan(2);
    await head.ptz.absolute({ pan: 0.9, tilt: 0, zoom: 0 });
    await standsStill();
    const turned = await pull(2);
    expect(difference(before[0]!, turned[1]!)).toBeGreaterThan(10);
    // two tenths further is past the back: the short way
    await head.ptz.relative({ pan: 0.2 });
    await standsStill();
    expect((await head.ptz.status()).position.pan).toBeCloseTo(-0.9, 2);
    await head.ptz.home();
    await standsStill();
    const home = await pull(2);
    expect(difference(before[0]!, home[1]!)).toBeLessThan(3);
  });
  it('moves until it is told to stop, or until the time given is over', async () => {
    await head.ptz.continuous({ pan: 0.2, tilt: 0 }, 60_000);
    await waitFor('a move', async () => ((await head.ptz.status()).position.pan ?? 0) > 0.02);
    expect((await head.ptz.status()).moving).toBe(true);
    await head.ptz.stop();
    expect((await head.ptz.status()).moving).toBe(false);
    await head.ptz.continuous({ zoom: 0.2 }, 100);
    await standsStill();
    const { zoom } = (await head.ptz.status()).position;
    expect(zoom).toBeGreaterThan(0);
    expect(zoom).toBeLessThan(0.05);
  });
});
