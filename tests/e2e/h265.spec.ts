/**
 * A camera that sends H.265 to a console that cannot decode it (Chromium here): the tile and the replay show it, say that
 * the station re-encodes it and by what; what is recorded and exported is what the camera sent.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { slicesOf, unitsOf } from '#tests/peers/nal-units.ts';
import { testClip } from '#tests/peers/rtsp-clip.ts';
import { SMALL_CLIP, startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';
import { expectMoving, open, signIn, tile } from './console.ts';
import type { Park } from './park.ts';
import { expect, test } from './test.ts';
import { word } from './words.ts';

const CAMERA = 'cam-open';
const HEVC = { ...SMALL_CLIP, codec: 'h265' as const };
let cameras: RtspServer | undefined;
test.afterEach(() => cameras?.stop());

async function recordHevc(park: Park, seconds: number): Promise<{ fromMs: number; toMs: number }> {
  cameras = await startRtspServer([{ path: '/hevc', ...HEVC }]);
  const admin = await park.api('admin');
  const site = await admin.site.get();
  const camera = site.cameras.find(({ id }) => id === CAMERA)!;
  const change = { mainUrl: cameras.url('/hevc'), subUrl: undefined, recording: { mode: 'continuous' } };
  await admin.site.put({ collection: 'cameras', object: { ...camera, ...change } as never });
  const guard = await park.api('guard');
  let range: { fromMs: number; toMs: number } | undefined;
  await expect
    .poll(
      async () => {
        const toMs = Date.now() + 60_000;
        const asked = { cameraIds: [CAMERA], fromMs: toMs - 600_000, toMs };
        range = (await guard.recording.timeline(asked)).cameras[0]?.ranges.at(-1);
        return range ? range.toMs - range.fromMs : 0;
      },
      { timeout: 60_000 },
    )
    .toBeGreaterThan(seconds * 1_000);
  return range!;
}
const shownMs = async (page: Page): Promise<number> =>
  Number(await tile(page, CAMERA).getAttribute('data-shown-ms'));

test('seen live and again, recorded and exported as it came', async ({ page, park }) => {
  const range = await recordHevc(park, 12);
  await signIn(page, park, 'leader');
  await open(page, 'video');
  const live = tile(page, CAMERA);
  await expectMoving(live);
  const says = word('video.transcoded', { codec: 'H.265' });
  await expect(live.locator('.badge')).toContainText(says);
  await expect(live.locator('.badge')).toHaveAttribute('title', /libx264|h264_/);
  await page.screenshot({ path: 'test-results/h265-live.png' });

  // It opens ten seconds before the moment, and plays.
  await page.goto(`${park.url}#/replay?camera=${CAMERA}&at=${range.fromMs + 11_000}`);
  await expect.poll(() => shownMs(page)).toBeGreaterThan(range.fromMs + 3_000);
  await expect(tile(page, CAMERA)).toContainText(says);
  await page.keyboard.press('k');
  await page.screenshot({ path: 'test-results/h265-replay.png' });
  const still = await shownMs(page);
  await page.keyboard.press(',');
  await expect.poll(() => shownMs(page)).toBeLessThan(still);

  const exportId = await exportOf(park, range);
  const folder = mkdtempSync(join(tmpdir(), 'guardroom-h265-'));
  try {
    const kept = join(park.dataDir, 'data');
    const files = readdirSync(kept, { recursive: true, encoding: 'utf8' });
    const mp4 = files.find((name) => name.includes(exportId) && name.endsWith('.mp4'));
    const raw = join(folder, 'out.h265');
    const quiet = ['-v', 'error', '-i', join(kept, mp4!)];
    execFileSync('ffmpeg', [
      ...quiet,
      '-c',
      'copy',
      '-bsf:v',
      'hevc_mp4toannexb,hevc_metadata=aud=insert',
      '-f',
      'hevc',
      raw,
    ]);
    const sent = unitsOf(readFileSync(await testClip(HEVC)), 'h265').map((unit) => slicesOf(unit, 'h265'));
    const got = unitsOf(readFileSync(raw), 'h265').map((unit) => slicesOf(unit, 'h265'));
    const from = sent.findIndex((slices) => slices.equals(got[0]!));
    expect(got.length).toBeGreaterThan(60);
    const other = got.findIndex((slices, index) => !slices.equals(sent[(from + index) % sent.length]!));
    expect([from >= 0, other]).toEqual([true, -1]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Starts an export over the API and waits for it; its number. */
async function exportOf(park: Park, range: { fromMs: number; toMs: number }): Promise<string> {
  const leader = await park.api('leader');
  const part = { fromMs: range.fromMs + 1_000, toMs: range.toMs - 1_000 };
  const { id } = await leader.evidence.start({
    ...{ key: crypto.randomUUID(), cameraIds: [CAMERA], ...part, reason: 'H.265' },
  });
  const stateOf = async () => (await leader.evidence.list({})).items.find((one) => one.id === id)?.state;
  await expect.poll(stateOf, { timeout: 60_000 }).toBe('done');
  return id;
}
