/** Steering on the demo park's dome: hands, presets, who has it, the tour it goes back to and how it hangs. */
import { expect, type Page } from '@playwright/test';
import type { Api } from '#tests/peers/console-api.ts';
import { open, signIn } from './console.ts';
import { test } from './demo-park.ts';
import { word } from './words.ts';

const DOME = 'm-01';
const panel = (page: Page) => page.locator('aside.ptz');
const who = (page: Page) => panel(page).locator('.who');
async function openDome(page: Page): Promise<void> {
  await open(page, 'video');
  await page.keyboard.press('/');
  await page.keyboard.type('M-01');
  await page.getByRole('treeitem', { name: /M-01/ }).click();
  await panel(page).locator('.ring').waitFor();
}
const panOf = async (api: Api) => (await api.ptz.open({ cameraId: DOME })).position?.pan ?? Number.NaN;
const isStill = async (api: Api) => !(await api.ptz.open({ cameraId: DOME })).moving;

test('mouse, keys and presets; a leader takes over; left alone it tours again', async ({ page, demo }) => {
  const leader = await demo.api('leader');
  await signIn(page, demo, 'guard');
  await openDome(page);
  const start = await panOf(leader);
  const ring = (await panel(page).locator('.ring').boundingBox())!;
  await page.mouse.move(ring.x + ring.width * 0.95, ring.y + ring.height / 2);
  await page.mouse.down();
  await expect.poll(() => panOf(leader)).toBeGreaterThan(start + 0.05);
  await page.mouse.up();
  await expect.poll(() => isStill(leader)).toBe(true);
  await expect(who(page)).toContainText(word('ptz.you'));
  const right = await panOf(leader);
  await page.keyboard.down('Shift');
  await page.keyboard.down('ArrowLeft');
  await expect.poll(() => panOf(leader)).toBeLessThan(right - 0.03);
  await page.keyboard.up('ArrowLeft');
  await page.keyboard.up('Shift');
  await expect.poll(() => isStill(leader)).toBe(true);

  const kept = await panOf(leader);
  await panel(page).getByRole('button', { name: word('ptz.edit') }).click(); // prettier-ignore
  await panel(page).getByLabel(word('ptz.presetName')).fill('围墙缺口');
  await panel(page).getByRole('button', { name: word('ptz.set') }).click(); // prettier-ignore
  await expect(panel(page).getByRole('button', { name: /围墙缺口/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await panel(page).locator('h2').click();
  await page.keyboard.press('Shift+Digit2');
  await expect.poll(() => panOf(leader)).not.toBeCloseTo(kept, 1);
  await expect.poll(() => isStill(leader)).toBe(true);
  await panel(page).getByRole('button', { name: /围墙缺口/ }).click(); // prettier-ignore
  await expect.poll(() => panOf(leader)).toBeCloseTo(kept, 2);

  const { presets } = await leader.ptz.open({ cameraId: DOME });
  const steps = presets.slice(0, 2).map(({ token }) => ({ presetToken: token, dwellSeconds: 3 }));
  await leader.ptz.setRest({ cameraId: DOME, rest: { mode: 'tour', steps } });
  await leader.ptz.take({ cameraId: DOME });
  const { holder } = await leader.ptz.open({ cameraId: DOME });
  await expect(who(page)).toContainText(holder!);
  await page.mouse.move(ring.x + ring.width * 0.95, ring.y + ring.height / 2);
  await page.mouse.down();
  await expect(page.locator('.n-message').filter({ hasText: holder! })).toBeVisible();
  await page.mouse.up();
  await expect(who(page)).toContainText(word('ptz.touring'), { timeout: 30_000 });
  await expect.poll(() => panOf(leader), { timeout: 20_000 }).not.toBeCloseTo(kept, 1);
});

test('calibrated by two known points, the dome keeps it with the park', async ({ page, demo }) => {
  const leader = await demo.api('leader');
  await signIn(page, demo, 'leader');
  await openDome(page);
  await panel(page).getByRole('button', { name: word('ptz.calibrate.title') }).click(); // prettier-ignore
  const map = panel(page).locator('.park-map canvas');
  await map.scrollIntoViewIfNeeded();
  await expect(map).toBeVisible();
  const box = (await map.boundingBox())!;
  for (const [at, preset] of [
    [0.55, 2],
    [0.4, 4],
  ] as const) {
    await page.keyboard.press(`Shift+Digit${preset}`);
    await expect.poll(() => isStill(leader)).toBe(true);
    await page.mouse.click(box.x + box.width * at, box.y + box.height * 0.55);
  }
  await expect(panel(page).locator('.calibrate li')).toHaveCount(2);
  await panel(page).getByRole('button', { name: word('app.save') }).click(); // prettier-ignore
  await expect(panel(page).locator('.calibrate [role=status]')).toBeVisible();
  const mountOf = async (api: Api) => (await api.site.get()).cameras.find(({ id }) => id === DOME)?.mount;
  const learned = await mountOf(leader);
  expect(learned?.clockwise).toBeDefined();
  await demo.restart();
  expect(await mountOf(await demo.api('leader'))).toEqual(learned);
});
