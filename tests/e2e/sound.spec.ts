/** Sound as a guard hears it: of the tile he works with, live and recorded, decoded by a real browser from real cameras. */
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

test('silent until asked for, heard at a key, silent again', async ({ page, park }) => {
  await change(park, { mainUrl: cameras.url('/aac') });
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

test('recorded where that was switched on, and heard in the replay at 1x', async ({ page, park }) => {
  await change(park, { mainUrl: cameras.url('/alaw'), sound: 'record', recording: { mode: 'continuous' } });
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
    .toBeGreaterThan(14_000);
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
