/** Sound as a guard hears it: of the tile he works with, live and recorded, decoded by a real browser from real cameras. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';
import { open, signIn, tile } from './console.ts';
import type { Park } from './park.ts';
import { expect, test } from './test.ts';
import { word } from './words.ts';

const CAMERA = 'cam-open';
let cameras: RtspServer;
test.beforeEach(async () => {
  cameras = await startRtspServer([
    { path: '/aac', sound: 'aac' },
    { path: '/alaw', sound: 'alaw' },
  ]);
});
test.afterEach(() => cameras.stop());

async function change(park: Park, what: Record<string, unknown>): Promise<void> {
  const admin = await park.api('admin');
  const site = await admin.site.get();
  const camera = site.cameras.find(({ id }) => id === CAMERA)!;
  const object = { ...camera, subUrl: undefined, username: undefined, ...what };
  await admin.site.put({ collection: 'cameras', object: object as never });
}
const sound = (camera: Locator) => camera.locator('[data-sound]');
const figure = async (camera: Locator, name: string) =>
  Number(await sound(camera).getAttribute(`data-${name}`));
/** A tone of half the full swing: 0.35. The level is that of what goes to the sound card. */
async function expectTone(page: Page, camera: Locator, rate: number): Promise<void> {
  await expect(sound(camera)).toHaveAttribute('data-sound', 'on');
  await expect.poll(() => figure(camera, 'decoded')).toBeGreaterThan(rate);
  await expect.poll(() => figure(camera, 'level')).toBeGreaterThan(0.2);
  expect(await figure(camera, 'level')).toBeLessThan(0.5);
}

// By datagrams ffmpeg pulls the pictures, and the sound beside them.
for (const transport of ['tcp', 'udp'])
  test(`silent until asked for, heard at a key, silent again (${transport})`, async ({ page, park }) => {
    await change(park, { mainUrl: cameras.url('/aac'), transport });
    await signIn(page, park, 'guard');
    await open(page, 'video');
    await page.keyboard.press('1');
    const camera = tile(page, CAMERA);
    await expect(camera).toHaveAttribute('data-live', 'true');
    await expect(sound(camera)).toHaveAttribute('data-sound', 'off');
    expect(await figure(camera, 'decoded')).toBe(0);

    await page.keyboard.press('s');
    await expectTone(page, camera, 16_000);
    await expect(camera.getByRole('button', { name: word('sound.mute') })).toHaveAttribute(
      'aria-pressed',
      'true',
    );

    await page.keyboard.press('s');
    await expect(sound(camera)).toHaveAttribute('data-sound', 'off');
    await expect(camera.getByRole('button', { name: word('sound.listen') })).toBeVisible();
  });

test('a camera whose sound is not wanted says nothing of it', async ({ page, park }) => {
  await change(park, { mainUrl: cameras.url('/aac'), sound: 'off' });
  await signIn(page, park, 'guard');
  await open(page, 'video');
  await page.keyboard.press('1');
  await expect(tile(page, CAMERA)).toHaveAttribute('data-live', 'true');
  await expect(sound(tile(page, CAMERA))).toHaveCount(0);
});

/** Waits for so much of a recording; when it begins. */
async function recorded(park: Park, forMs: number): Promise<number> {
  const guard = await park.api('guard');
  let fromMs = 0;
  await expect
    .poll(
      async () => {
        const toMs = Date.now() + 60_000;
        const asked = { cameraIds: [CAMERA], fromMs: toMs - 600_000, toMs };
        const [found] = (await guard.recording.timeline(asked)).cameras;
        fromMs = found?.ranges[0]?.fromMs ?? 0;
        return found?.ranges.reduce((sum, one) => sum + one.toMs - one.fromMs, 0) ?? 0;
      },
      { timeout: 60_000 },
    )
    .toBeGreaterThan(forMs);
  return fromMs;
}

test('recorded where that was switched on, and heard in the replay at 1x', async ({ page, park }) => {
  await change(park, { mainUrl: cameras.url('/alaw'), sound: 'record', recording: { mode: 'continuous' } });
  const fromMs = await recorded(park, 14_000);
  await signIn(page, park, 'leader');
  // Ten seconds before the moment, playing.
  await page.evaluate((hash) => (location.hash = hash), `#/replay?camera=${CAMERA}&at=${fromMs + 12_000}`);
  const camera = tile(page, CAMERA);
  await expect.poll(async () => Number(await camera.getAttribute('data-shown-ms'))).toBeGreaterThan(fromMs);
  await camera.click();
  await page.keyboard.press('s');
  await expectTone(page, camera, 8_000);
  // Paused: nothing more is decoded, and it is quiet.
  await page.keyboard.press('k');
  await expect.poll(() => figure(camera, 'level')).toBeLessThan(0.01);
});

/** What goes to the loudspeaker, by the rate of its source: effective values of the moment. */
async function watchLoudspeaker(page: Page): Promise<(isOf: 'camera' | 'alarm') => Promise<number>> {
  await page.addInitScript(() => {
    const outs: AnalyserNode[] = [];
    const connect = AudioNode.prototype.connect as (this: AudioNode, to: AudioNode) => AudioNode;
    AudioNode.prototype.connect = function (this: AudioNode, to: AudioNode) {
      if (to instanceof AudioDestinationNode) {
        const meter = new AnalyserNode(this.context, { fftSize: 2_048 });
        outs.push(meter);
        connect.call(this, meter);
      }
      return connect.call(this, to);
    } as typeof AudioNode.prototype.connect;
    Object.assign(window, { outs });
  });
  return (isOf) =>
    page.evaluate(
      ([isCamera, cameraRate]) => {
        const { outs } = window as unknown as { outs: AnalyserNode[] };
        const own = outs.filter(({ context }) => (context.sampleRate === cameraRate) === isCamera);
        const levels = own.map((meter) => {
          const samples = new Float32Array(meter.fftSize);
          meter.getFloatTimeDomainData(samples);
          return Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
        });
        return Math.max(0, ...levels);
      },
      [isOf === 'camera', 16_000] as const,
    );
}

test('an alarm is not talked over: the camera steps back while its tone sounds, and comes back', async ({
  page,
  park,
}) => {
  await change(park, { mainUrl: cameras.url('/aac') });
  const level = await watchLoudspeaker(page);
  await signIn(page, park, 'guard');
  await open(page, 'video');
  await page.keyboard.press('1');
  const camera = tile(page, CAMERA);
  await expect(camera).toHaveAttribute('data-live', 'true');
  await page.keyboard.press('s');
  await expectTone(page, camera, 16_000);
  const loud = await level('camera');
  expect(loud).toBeGreaterThan(0.02);
  const soon = { intervals: [50] };

  await park.event('fence-1', 'intrusion.fence');
  await expect.poll(() => level('alarm'), soon).toBeGreaterThan(0.01);
  // Still there, and no more.
  const isSoft = async () => {
    const share = (await level('camera')) / loud;
    return share > 0.01 && share < 0.15;
  };
  await expect.poll(isSoft, soon).toBe(true);
  // It is decoded all the while: nothing has to begin anew.
  await expect.poll(() => figure(camera, 'level'), soon).toBeGreaterThan(0.2);
  await expect.poll(() => level('camera'), soon).toBeGreaterThan(loud * 0.7);
});

/** The videos of a bundle that is saved as people do it. */
async function videosOf(page: Page, row: Locator, out: string): Promise<string[]> {
  const download = page.waitForEvent('download');
  await row.getByRole('button', { name: word('evidence.save') }).click();
  const unzip = 'import sys,zipfile;zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])';
  execFileSync('python3', ['-c', unzip, await (await download).path(), out]);
  const names = readdirSync(out, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.mp4')).map((name) => join(out, name));
}
/** What another player makes of the sound of a file; empty: it has none. */
function heardIn(file: string): Int16Array {
  const probe = [
    '-v',
    'error',
    '-select_streams',
    'a',
    '-show_entries',
    'stream=codec_name',
    '-of',
    'csv=p=0',
  ];
  if (execFileSync('ffprobe', [...probe, file]).length === 0) return new Int16Array();
  const decode = [
    '-v',
    'error',
    '-xerror',
    '-i',
    file,
    '-map',
    '0:a:0',
    '-ar',
    '8000',
    '-f',
    's16le',
    'pipe:1',
  ];
  const out = execFileSync('ffmpeg', decode, { maxBuffer: 64 * 1024 * 1024 });
  return new Int16Array(out.buffer.slice(out.byteOffset, out.byteOffset + out.length));
}

test('exported through the form, with its sound or without', async ({ page, park }) => {
  const how = { sound: 'record', recording: { mode: 'continuous' }, transport: 'udp' };
  await change(park, { mainUrl: cameras.url('/aac'), ...how });
  const fromMs = await recorded(park, 12_000);
  await signIn(page, park, 'leader');
  await page.evaluate(() => Object.defineProperty(window, 'showSaveFilePicker', { value: undefined }));
  await page.evaluate((hash) => (location.hash = hash), `#/replay?camera=${CAMERA}&at=${fromMs + 12_000}`);
  const camera = tile(page, CAMERA);
  await expect.poll(async () => Number(await camera.getAttribute('data-shown-ms'))).toBeGreaterThan(fromMs);
  for (const key of ['k', 'i', 'e']) await page.keyboard.press(key);
  const dialog = page.getByRole('dialog', { name: word('evidence.title') });
  const withSound = dialog.getByRole('checkbox', { name: word('evidence.withSound') });
  await expect(withSound).toBeChecked();
  const out = mkdtempSync(join(tmpdir(), 'guardroom-e2e-sound-'));
  try {
    for (const [count, isHeard] of [true, false].entries()) {
      if (!isHeard) await withSound.click();
      await dialog.getByRole('textbox', { name: word('evidence.reason') }).fill('核对现场声音');
      await dialog.getByRole('button', { name: word('evidence.start') }).click();
      await expect(dialog.locator('[data-export][data-state="done"]')).toHaveCount(count + 1);
      const videos = await videosOf(page, dialog.locator('[data-export]').first(), join(out, String(count)));
      expect(videos.length).toBeGreaterThan(0);
      const samples = heardIn(videos[0]!);
      expect(samples.length > 8_000).toBe(isHeard);
      if (!isHeard) continue;
      // The camera's tone: 440 cycles a second.
      const rises = samples.filter((one, at) => at > 0 && samples[at - 1]! < 0 && one >= 0).length;
      expect(Math.abs((rises * 8_000) / samples.length - 440)).toBeLessThan(10);
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});
