/** The alarm matrix on real alarms through a real broker, real cameras and what the station recorded of them. */
import type { Page } from '@playwright/test';
import { readBarcode } from '#tests/peers/rtsp-barcode.ts';
import { graveFindings } from './axe.ts';
import { banner, expectMoving, open, pictureOf, signIn } from './console.ts';
import type { Park } from './park.ts';
import { expect, test } from './test.ts';
import { word } from './words.ts';

const matrix = (page: Page) => page.locator('.matrix');
const primary = (page: Page) => matrix(page).locator('[data-primary=true]');
const loop = (page: Page) => page.getByRole('region', { name: word('matrix.loop.title') });
const queue = (page: Page) => page.getByRole('navigation', { name: word('matrix.queue') });

/** Records around alarms; resolves when so much is kept of the time before one. */
async function arm(park: Park, cameraId: string, seconds: number): Promise<void> {
  const admin = await park.api('admin');
  const camera = (await admin.site.get()).cameras.find(({ id }) => id === cameraId)!;
  const recording = { mode: 'alarm', preSeconds: 10, postSeconds: 30 };
  await admin.site.put({ collection: 'cameras', object: { ...camera, recording } as never });
  const guard = await park.api('guard');
  const messages = await guard.recording.live({});
  for await (const message of messages) {
    const items =
      message.kind === 'snapshot' ? message.items : message.kind === 'delta' ? message.upsert : [];
    if (items.some(({ id, state }) => id === cameraId && state === 'armed')) break;
  }
  const armedAtMs = Date.now();
  await expect.poll(() => Date.now() - armedAtMs, { timeout: 30_000 }).toBeGreaterThan(seconds * 1000);
}
/** Every alarm that the matrix has shown since, in order. */
async function watchShown(page: Page): Promise<() => Promise<string[]>> {
  await matrix(page).evaluate((element) => {
    const seen: string[] = [];
    Object.assign(window, { shownAlarms: seen });
    new MutationObserver(() => seen.push(element.getAttribute('data-shown') ?? '')).observe(element, {
      attributeFilter: ['data-shown'],
    });
  });
  return () => page.evaluate(() => (window as unknown as { shownAlarms: string[] }).shownAlarms);
}
const openAlarms = async (park: Park) => (await (await park.api('guard')).alarms.list({ open: true })).items;

test('the seconds before the alarm beside its live picture, again and again', async ({ page, park }) => {
  await arm(park, 'cam-open', 8);
  await signIn(page, park, 'guard');
  await park.event('fence-1', 'intrusion.fence');
  await expect(banner(page)).toContainText('北围界 01');
  await page.keyboard.press('v');
  await expect(page).toHaveURL(/#\/matrix$/);
  await expect(primary(page)).toHaveAttribute('data-camera', 'cam-open');
  await expectMoving(primary(page));

  const { firstOccurredAtMs: alarmMs } = (await openAlarms(park))[0]!;
  const recorded = loop(page).locator('figure');
  await expect(loop(page)).toContainText(word('matrix.loop.badge'));
  const shownMs = async () => Number(await recorded.getAttribute('data-shown-ms'));
  const numbers = new Set<number>();
  const before: number[] = [];
  await expect
    .poll(
      async () => {
        const at = await shownMs();
        const picture = await pictureOf(recorded);
        const number = picture && readBarcode(picture.cells);
        if (at < alarmMs && number !== undefined) numbers.add(number);
        if (at > 0) before.push(at);
        return Math.min(...before) < alarmMs - 3_000 && numbers.size >= 5;
      },
      { message: 'frames from before the alarm', intervals: [200], timeout: 45_000 },
    )
    .toBe(true);
  expect(Math.min(...before)).toBeGreaterThan(alarmMs - 11_000);
  await expect.poll(shownMs, { timeout: 30_000 }).toBeGreaterThan(alarmMs + 1_000);
  await expect.poll(shownMs, { message: 'from the beginning again' }).toBeLessThan(alarmMs - 1_000);

  // the other camera as the primary one: nothing is recorded of it, and the loop stays with the one that is
  await page.keyboard.press('1');
  await expect(primary(page)).toHaveAttribute('data-camera', 'cam-locked');
  await expect(recorded).toHaveAttribute('data-camera', 'cam-open');
  await page.screenshot({ path: 'test-results/matrix.png' });
  expect(await graveFindings(page)).toEqual([]);
});

test('what the guard holds is not seized; let go, the highest comes, once', async ({ page, park }) => {
  await signIn(page, park, 'guard');
  await open(page, 'matrix');
  await expect(matrix(page)).toContainText(word('matrix.empty'));
  await park.event('fence-1', 'intrusion.fence');
  await expect(primary(page)).toHaveAttribute('data-camera', 'cam-open');
  const fence = (await openAlarms(park))[0]!;
  await expect(matrix(page)).toHaveAttribute('data-shown', fence.id);
  // nothing is recorded, and it is said why and what to do about it
  await expect(loop(page)).toContainText(word('recording.reason.off'));
  await expect(loop(page)).toContainText(word('matrix.loop.askAdmin'));

  await page.keyboard.press('1');
  await expect(primary(page)).toHaveAttribute('data-camera', 'cam-locked');
  await page.keyboard.press('Shift+L');
  await expect(primary(page)).toHaveAttribute('data-held', 'true');
  await page.keyboard.press('l');
  await expect(page.getByRole('button', { name: word('matrix.held') })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  const shown = await watchShown(page);
  const FIRE = ['fire.smoke', 'fire.heat', 'fire.manual', 'fire.flame'];
  const DEVICES = ['smoke-1', 'meter-1', 'terminal-1', 'fence-controller'];
  for (const device of DEVICES)
    await Promise.all(FIRE.map((type) => park.event(device, type, { severity: 1 })));
  const count = DEVICES.length * FIRE.length;
  await expect(page.getByRole('status').filter({ hasText: word('matrix.waiting', { count }) })).toBeVisible();
  await expect(queue(page).getByRole('button').first()).not.toHaveAttribute('data-alarm', fence.id);
  // longer than the guard's last key counts as work: only the hold keeps it
  await expect
    .poll(async () => Date.now() - fence.firstOccurredAtMs, { timeout: 40_000 })
    .toBeGreaterThan(26_000);
  expect(await shown()).toEqual([]);

  await page.keyboard.press('l');
  await expect(matrix(page)).not.toHaveAttribute('data-shown', fence.id, { timeout: 30_000 });
  const first = (await openAlarms(park))
    .filter(({ priority }) => priority === 1)
    .toSorted((a, b) => a.receivedAtMs - b.receivedAtMs || (a.id < b.id ? -1 : 1))[0]!;
  expect(await shown()).toEqual([first.id]);
  // the tile that is held has stayed where it was
  await expect(primary(page)).toHaveAttribute('data-camera', 'cam-locked');
  await page.keyboard.press('Enter');
  await expect
    .poll(async () => (await openAlarms(park)).find(({ id }) => id === first.id)?.acknowledged)
    .toBe(true);
  await page.keyboard.press('PageDown');
  await expect.poll(async () => (await shown()).length).toBe(2);
});

test('brings itself up only where that was chosen, only for what was chosen, and not under busy hands', async ({
  page,
  park,
}) => {
  await page.addInitScript(() => localStorage.setItem('guardroom.matrix.auto.guard', '1'));
  await signIn(page, park, 'guard');
  const touchedAtMs = Date.now();
  await park.event('smoke-1', 'fire.smoke');
  await expect(banner(page)).toContainText('1号楼烟感 01');
  // the guard has just signed in: not yet
  await expect(page).not.toHaveURL(/#\/matrix/);
  await expect(page).toHaveURL(/#\/matrix$/, { timeout: 30_000 });
  expect(Date.now() - touchedAtMs).toBeGreaterThan(14_000);
  await expectMoving(primary(page));
});

test.describe('without cameras', () => {
  test.use({ parkOptions: { cameras: false } });
  test('an alarm says what is missing; a window of its own has no rail and shows alarms', async ({
    page,
    park,
  }) => {
    await signIn(page, park, 'guard');
    await park.event('fence-1', 'intrusion.fence');
    await expect(banner(page)).toContainText('北围界 01');
    await page.keyboard.press('v');
    await expect(matrix(page)).toContainText(word('matrix.noCamera'));
    await expect(matrix(page).getByRole('heading', { name: /^北围界 01/ })).toBeVisible();
    const popup = page.waitForEvent('popup');
    await page.getByRole('button', { name: word('matrix.newWindow') }).click();
    const second = await popup;
    await expect(banner(second)).toContainText('北围界 01');
    await expect(second.getByRole('heading', { name: word('matrix.heading'), exact: true })).toBeVisible();
    await expect(second.getByRole('navigation', { name: word('app.screens') })).toHaveCount(0);
    await second.keyboard.press('F2');
    await expect(second).toHaveURL(/#\/alarms\?bare=1$/);
  });
});
