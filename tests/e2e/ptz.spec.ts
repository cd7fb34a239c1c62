/** Steering on the demo park's dome: hands, presets, who has it, the tour it goes back to and how it hangs. */
import { expect, type Page } from '@playwright/test';
import type { Api } from '#tests/peers/console-api.ts';
import { open, signIn } from './console.ts';
import { test } from './demo-park.ts';
import { word, type Language } from './words.ts';

const DOME = 'm-01';
const panel = (page: Page) => page.locator('aside.ptz');
const who = (page: Page) => panel(page).locator('.who');
async function openDome(page: Page, language: Language = 'zh'): Promise<void> {
  await open(page, 'video', language);
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

test('two at one dome: a stick, zoom and home; kept, taken over, refused; a tour made by hand', async ({
  page,
  demo,
  browser,
}) => {
  // the browser's own interface of a stick: what is behind it is hardware
  await page.addInitScript(() => {
    const pad = {
      connected: true,
      axes: [0, 0, 0, 0],
      buttons: [0, 1, 2, 3].map(() => ({ pressed: false })),
    };
    Object.assign(window, { pad });
    navigator.getGamepads = () => [pad as never];
  });
  const stick = (axes: number[], button?: number) =>
    page.evaluate(
      ([axes, button]) => {
        const { pad } = window as unknown as { pad: { axes: number[]; buttons: { pressed: boolean }[] } };
        pad.axes = axes;
        pad.buttons.forEach((one, at) => (one.pressed = at === button));
      },
      [axes, button] as const,
    );
  const say = (key: string) => word(key, {}, 'en');
  const act = (key: string) => panel(page).getByRole('button', { name: say(key), exact: true });
  const api = await demo.api('leader');
  const zoom = async () => (await api.ptz.open({ cameraId: DOME })).position?.zoom ?? Number.NaN;
  await signIn(page, demo, 'guard', { language: 'en' });
  await openDome(page, 'en');
  await expect.poll(() => isStill(api)).toBe(true);
  const start = await panOf(api);
  await stick([1, 0, 0, 0]);
  await expect.poll(() => panOf(api)).toBeGreaterThan(start + 0.05);
  await stick([0.1, 0, 0, 0]);
  await expect.poll(() => isStill(api)).toBe(true);
  await expect(who(page)).toContainText(say('ptz.you'));
  const steered = await panOf(api);
  await stick([0, 0, 0, 0], 1);
  await expect.poll(() => panOf(api)).not.toBeCloseTo(steered, 1);
  await stick([0, 0, 0, 0]);
  await expect.poll(() => isStill(api)).toBe(true);

  const near = (await act('ptz.near').boundingBox())!;
  await page.mouse.move(near.x + 10, near.y + 10);
  await page.mouse.down();
  await expect.poll(zoom).toBeGreaterThan(0.05);
  await page.mouse.up();
  await expect.poll(() => isStill(api)).toBe(true);
  await act('ptz.home').click();
  await expect.poll(zoom).toBe(0);
  await act('ptz.keep').click();
  await expect(act('ptz.unkeep')).toBeVisible();
  await page.screenshot({ path: 'test-results/ptz-kept-en.png' });

  const context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
  const other = await context.newPage();
  await signIn(other, demo, 'leader');
  await openDome(other);
  const { holder } = await api.ptz.open({ cameraId: DOME });
  await expect(who(other)).toContainText(word('ptz.heldKept', { name: holder!, seconds: '' }).slice(0, -4));
  await panel(other)
    .getByRole('button', { name: word('ptz.take') })
    .click();
  await expect(who(other)).toContainText(word('ptz.you'));
  const leader = (await api.ptz.open({ cameraId: DOME })).holder!;
  await expect(who(page)).toContainText(leader);
  await act('ptz.take').click();
  await expect(page.locator('.n-message').filter({ hasText: leader })).toBeVisible();

  await panel(other)
    .getByRole('button', { name: word('ptz.tour.edit'), exact: true })
    .click();
  const tour = other.getByRole('dialog', { name: word('ptz.tour.title') });
  await tour.locator('.n-base-selection').first().click();
  await other.locator('.n-base-select-option', { hasText: word('ptz.rest.tour') }).click();
  await tour.getByRole('button', { name: word('ptz.tour.all') }).click();
  const steps = tour.locator('ol li');
  const count = await steps.count();
  const first = (await steps.first().locator('.n-base-selection').textContent())!;
  await steps.first().getByLabel(word('ptz.tour.dwell')).fill('3');
  await steps
    .first()
    .getByRole('button', { name: word('ptz.tour.down') })
    .click();
  await expect(steps.nth(1).locator('.n-base-selection')).toHaveText(first);
  await steps
    .last()
    .getByRole('button', { name: word('ptz.remove') })
    .click();
  await tour.getByRole('button', { name: word('ptz.tour.addTime') }).click();
  await tour.getByLabel(word('ptz.tour.from')).fill('00:00');
  await tour.getByLabel(word('ptz.tour.to')).fill('24:00');
  await other.screenshot({ path: 'test-results/ptz-tour-zh.png' });
  await tour.getByRole('button', { name: word('app.save') }).click();
  await expect(tour).toBeHidden();
  await expect(panel(other)).toContainText(`${word('ptz.tour.of', { count: count - 1 })} · 00:00–24:00`);
  const { rest } = await api.ptz.open({ cameraId: DOME });
  expect(rest.steps[1]).toMatchObject({ dwellSeconds: 3 });
  const before = await panOf(api);
  await panel(other)
    .getByRole('button', { name: word('ptz.release') })
    .click();
  await expect(who(page)).toContainText(say('ptz.touring'));
  await expect.poll(() => panOf(api), { timeout: 20_000 }).not.toBeCloseTo(before, 1);
  await context.close();
});

test('calibrated by two known points, the dome keeps it with the park', async ({ page, demo }) => {
  const leader = await demo.api('leader');
  await signIn(page, demo, 'leader');
  await openDome(page);
  await panel(page).getByRole('button', { name: word('ptz.calibrate.title') }).click(); // prettier-ignore
  const map = panel(page).locator('.park-map canvas');
  await map.scrollIntoViewIfNeeded();
  await expect(map).toBeVisible();
  const turning = panel(page).getByText(word('ptz.calibrate.moving'));
  const box = (await map.boundingBox())!;
  for (const [at, preset] of [
    [0.55, 2],
    [0.4, 4],
  ] as const) {
    await page.keyboard.press(`Shift+Digit${preset}`);
    // a click while it turns would mean nothing
    await expect(turning).toBeVisible();
    await expect(turning).toBeHidden();
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
