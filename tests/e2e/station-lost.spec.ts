import type { Page } from '@playwright/test';
import { banner, open, signIn } from './console.ts';
import { expect, test } from './test.ts';
import { word } from './words.ts';

test.use({ parkOptions: { cameras: false } });

const stale = (page: Page) => page.getByRole('alert').filter({ hasText: word('app.stale.title') });
/** Names of the alarms in the overview's list, in its order. */
const listed = (page: Page) => page.locator('main button[aria-label]').filter({ has: page.locator('time') });
const titles = (page: Page) =>
  listed(page).evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label')).sort());
/** Two seconds, as promised, and what a busy machine adds. */
const SOON = { timeout: 3500 };

test('a killed station is said to be lost, comes back, and no alarm is missed or doubled', async ({
  page,
  park,
}) => {
  await signIn(page, park, 'guard');
  await expect(banner(page)).toContainText(word('app.nothingWaits'));
  await park.killHost();
  await expect(stale(page)).toBeVisible(SOON);
  // Not that nothing waits: nobody knows.
  await expect(banner(page)).toContainText(word('error.link.down'));
  await park.startHost();
  await expect(banner(page)).toContainText(word('app.nothingWaits'), { timeout: 15_000 });

  await park.event('fence-1', 'intrusion.fence');
  await expect(banner(page)).toContainText('北围界 01');
  await expect.poll(() => titles(page)).toHaveLength(1);

  await park.killHost();
  await expect(stale(page)).toBeVisible(SOON);
  // What was known stays on the screen.
  await expect(banner(page)).toContainText('北围界 01');
  // Nobody listens; the broker keeps these for the station. One comes twice, as devices repeat what was not answered.
  await park.event('smoke-1', 'fire.smoke', { eventId: 'said-twice' });
  await park.event('smoke-1', 'fire.smoke', { eventId: 'said-twice' });
  await park.event('meter-1', 'power.overload');

  await park.startHost();
  await expect(stale(page)).toBeHidden({ timeout: 15_000 });
  await expect(banner(page)).toContainText('1号楼烟感 01');
  await expect.poll(() => titles(page)).toHaveLength(3);
  expect((await titles(page)).map((title) => title?.split(' ').slice(0, 2).join(' '))).toEqual([
    '1号楼烟感 01',
    '北围界 01',
    '电表 1',
  ]);
  const { items } = await (await park.api('guard')).alarms.list({ open: true });
  const counts = items
    .filter((alarm) => alarm.deviceId !== 'station')
    .map(({ deviceId, count }) => `${deviceId} ${count}`);
  expect(counts.sort()).toEqual(['fence-1 1', 'meter-1 1', 'smoke-1 1']);
});

test('a station that hangs is said to be lost too, and its alarms come when it goes on', async ({
  page,
  park,
}) => {
  await signIn(page, park, 'guard');
  await expect(banner(page)).toContainText(word('app.nothingWaits'));
  await open(page, 'alarms');
  park.signalHost('SIGSTOP');
  await park.event('fence-1', 'intrusion.fence');
  await expect(stale(page)).toBeVisible(SOON);
  park.signalHost('SIGCONT');
  await expect(stale(page)).toBeHidden({ timeout: 15_000 });
  await expect(banner(page)).toContainText('北围界 01');
});
