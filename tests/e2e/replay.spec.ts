/** Replay and evidence as people use them: real cameras recorded by the real station, seen, marked, exported, verified. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { verifyBundle } from '../../resources/verify/verify.mjs';
import { graveFindings } from './axe.ts';
import { open, signIn, tile } from './console.ts';
import { record } from './recorded.ts';
import { expect, test } from './test.ts';
import { pinch, swipe } from './touch.ts';
import { word } from './words.ts';

const CAMERAS = ['cam-open', 'cam-locked'];

const shownMs = async (page: Page, camera: string): Promise<number> =>
  Number(await tile(page, camera).getAttribute('data-shown-ms'));
/** The picture that stands is enlarged by wheel and fingers, moved by both, and whole again. */
async function enlarge(page: Page, camera: Locator): Promise<void> {
  const box = (await camera.boundingBox())!;
  const at = { x: box.x + box.width * 0.5, y: box.y + box.height * 0.4 };
  const left = () => camera.locator('.picture').evaluate((one) => one.getBoundingClientRect().left);
  await page.mouse.move(at.x, at.y);
  for (let turn = 0; turn < 4; turn += 1) await page.mouse.wheel(0, -120);
  await expect(camera).toHaveAttribute('data-zoom', /^2/);
  const before = await left();
  await page.mouse.down();
  await page.mouse.move(at.x + 40, at.y, { steps: 5 });
  await page.mouse.up();
  expect(await left()).toBeCloseTo(before + 40, 0);
  await swipe(page, at, { x: -40, y: 0 });
  await expect.poll(left).toBeCloseTo(before, 0);
  await page.screenshot({ path: 'test-results/replay-zoomed.png' });
  await pinch(page, at, 200, 20);
  await expect(camera).not.toHaveAttribute('data-zoom');
  await pinch(page, at, 60, 120);
  await expect(camera).toHaveAttribute('data-zoom', /^(?:1\.9|2\.0)/);
  await page.keyboard.press('0');
  await expect(camera).not.toHaveAttribute('data-zoom');
}
const plays = (page: Page) => page.getByRole('button', { name: word('replay.play') });

test('two cameras on one clock: play, pause, step, marks', async ({ page, park }) => {
  await record(park, 14);
  await signIn(page, park, 'leader');
  await open(page, 'replay');
  // half a minute back nothing was recorded yet, and the tiles say so
  await expect(tile(page, 'cam-open')).toContainText(word('recording.reason.not_yet'));

  const line = page.getByRole('slider', { name: word('replay.timeline') });
  const back = Date.now() - 12_000;
  const { x, y, width } = (await line.boundingBox())!;
  const from = Number(await line.getAttribute('aria-valuemin'));
  const to = Number(await line.getAttribute('aria-valuemax'));
  // as near as a pixel of an hour allows: then zoomed in
  for (let turn = 0; turn < 12; turn += 1) {
    await page.mouse.move(x + width * ((back - from) / (to - from)), y + 13);
    await page.mouse.wheel(0, -300);
  }
  await page.mouse.click(x + width * ((back - from) / (to - from)), y + 13);
  for (const camera of CAMERAS) await expect.poll(() => shownMs(page, camera)).toBeLessThan(back + 4_000);

  const before = await shownMs(page, 'cam-open');
  await page.keyboard.press('k');
  await expect.poll(() => shownMs(page, 'cam-open')).toBeGreaterThan(before + 1_500);
  // one clock: at each moment of the screen the pictures are less than a frame (1/15 s) apart, plus one of theirs
  const drift = await page.evaluate(async (cameras) => {
    const values: number[] = [];
    for (let turn = 0; turn < 60; turn += 1) {
      await new Promise((next) => requestAnimationFrame(next));
      const [a = 0, b = 0] = cameras.map((id) =>
        Number(document.querySelector(`[data-camera="${id}"]`)?.getAttribute('data-shown-ms')),
      );
      values.push(Math.abs(a - b));
    }
    return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
  }, CAMERAS);
  test.info().annotations.push({ type: 'drift ms, median', description: drift.toFixed(1) });
  expect(drift).toBeLessThan(1000 / 15);

  await page.keyboard.press('k');
  await expect(plays(page)).toBeVisible();
  await enlarge(page, tile(page, 'cam-open'));
  await page.getByRole('button', { name: `${word('replay.frame')} ›` }).click();
  const still = await shownMs(page, 'cam-open');
  await page.keyboard.press('.');
  await expect.poll(() => shownMs(page, 'cam-open')).toBeGreaterThan(still);
  const next = await shownMs(page, 'cam-open');
  expect(next - still).toBeLessThan(150);
  await page.keyboard.press(',');
  await expect.poll(() => shownMs(page, 'cam-open')).toBeLessThan(next);

  await page.keyboard.press('g');
  const dialog = page.getByRole('dialog', { name: word('replay.bookmark.title') });
  await dialog.getByRole('textbox', { name: word('replay.bookmark.text') }).fill('白色面包车');
  await dialog.getByRole('button', { name: word('replay.bookmark.save') }).click();
  await expect(dialog).toBeHidden();
  await expect(line.locator('.bookmark').first()).toBeVisible();
  await page.screenshot({ path: 'test-results/replay-marked.png' });

  // backwards: both tiles, together, and forwards again
  const turned = await shownMs(page, 'cam-open');
  await page.keyboard.press('r');
  await expect.poll(() => shownMs(page, 'cam-open')).toBeLessThan(turned - 600);
  await expect.poll(() => shownMs(page, 'cam-locked')).toBeLessThan(turned - 600);
  const turnedBack = await shownMs(page, 'cam-open');
  await page.keyboard.press('r');
  await expect.poll(() => shownMs(page, 'cam-open')).toBeGreaterThan(turnedBack + 600);
  await page.keyboard.press('k');

  // the bookmark is found by its words, changed, leads to its moment, and goes
  await page.keyboard.press('f');
  const panel = page.getByRole('complementary', { name: word('replay.panel') });
  await panel.getByRole('button', { name: word('replay.tab.bookmarks') }).click();
  await panel.getByRole('textbox', { name: word('replay.bookmark.find') }).fill('面包');
  const mark = panel.locator('[data-bookmark]');
  await expect(mark).toHaveCount(1);
  await mark.getByRole('button', { name: word('replay.bookmark.editIt') }).click();
  const edit = page.getByRole('dialog', { name: word('replay.bookmark.edit') });
  await edit.getByRole('textbox', { name: word('replay.bookmark.text') }).fill('白色面包车，无牌');
  await edit.getByRole('button', { name: word('replay.bookmark.change') }).click();
  await expect(mark).toContainText('无牌');
  const { items } = await (await park.api('leader')).recording.findBookmarks({ text: '无牌' });
  const { atMs } = items[0]!;
  await mark.locator('.jump').click();
  await expect.poll(async () => Math.abs((await shownMs(page, 'cam-open')) - atMs)).toBeLessThan(100);

  // what is blocked is not seen by a guard, and is lifted with a reason
  const fence = await park.api('leader');
  const span = { fromMs: Math.round(atMs - 1_000), toMs: Math.round(atMs + 1_000) };
  await fence.recording.addBlock({ cameraIds: ['cam-locked'], ...span, reason: '来宾' });
  await panel.getByRole('button', { name: word('replay.tab.blocks') }).click();
  const block = panel.locator('[data-block]');
  await expect(block).toContainText('来宾');
  await block.getByRole('button', { name: word('replay.block.lift') }).click();
  await page.getByRole('textbox', { name: word('replay.block.liftReason') }).fill('来宾已离开');
  await page
    .getByRole('button', { name: word('replay.block.lift') })
    .last()
    .click();
  await expect(block).toHaveCount(0);
  expect(await fence.recording.blocks()).toEqual([]);
  expect(await graveFindings(page)).toEqual([]);
});

test('an alarm opens ten seconds before it; its stretch becomes a bundle that verifies', async ({
  page,
  park,
}) => {
  await record(park, 14);
  await park.event('fence-1', 'intrusion.fence');
  const leader = await park.api('leader');
  await expect.poll(async () => (await leader.alarms.list({})).items.length).toBeGreaterThan(0);
  const alarm = (await leader.alarms.list({})).items[0]!;
  await signIn(page, park, 'leader');
  await page.goto(`${park.url}#/replay?alarm=${alarm.id}`);
  await expect.poll(() => shownMs(page, 'cam-open')).toBeGreaterThan(alarm.firstOccurredAtMs - 11_000);
  await page.keyboard.press('k');
  await page.keyboard.press('i');
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog', { name: word('evidence.title') });
  await dialog.getByRole('textbox', { name: word('evidence.reason') }).fill('围界翻越');
  await dialog.getByRole('button', { name: word('evidence.start') }).click();
  const row = dialog.locator('[data-export]').first();
  await expect(row).toHaveAttribute('data-state', 'done');
  await page.screenshot({ path: 'test-results/replay-export.png' });
  await page.evaluate(() => Object.defineProperty(window, 'showSaveFilePicker', { value: undefined }));
  const download = page.waitForEvent('download');
  await row.getByRole('button', { name: word('evidence.save') }).click();
  const out = mkdtempSync(join(tmpdir(), 'guardroom-e2e-bundle-'));
  try {
    const file = await (await download).path();
    execFileSync('python3', [
      '-c',
      'import sys,zipfile;zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])',
      file,
      out,
    ]);
    const { fingerprint } = await leader.evidence.key();
    const found = await verifyBundle(join(out, readdirSync(out)[0]!), fingerprint);
    expect(found).toMatchObject({ ok: true, problems: [] });
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});
