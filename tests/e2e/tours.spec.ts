/** A video patrol as a guard walks it: routes, confirmations with pictures, skips, the marks, the records, the report. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Page } from '@playwright/test';
import { open, signIn } from './console.ts';
import type { Park } from './park.ts';
import { expect, test } from './test.ts';
import { word } from './words.ts';

test('a patrol is walked, seen on the replay, found in the records, and goes on paper', async ({
  page,
  park,
}) => {
  const leader = await park.api('leader');
  const cameraIds = ['cam-open', 'cam-locked'];
  const groups = [{ name: '北侧', cameraIds }];
  await leader.tours.saveRoute({
    route: { name: { zh: '验收巡看', en: 'Proof round' }, groups, times: [], dwellSeconds: 1 },
  });
  await signIn(page, park, 'guard');
  await open(page, 'tours');
  await page.getByRole('button', { name: word('tours.beginNow') }).click();
  const confirm = page.getByRole('button', { name: new RegExp(`^${word('tours.confirm')}`) });
  await expect(confirm).toBeEnabled();
  await page.keyboard.press('Enter');
  // the next one comes by itself; this one is left out, and why
  const reason = page.getByRole('textbox', { name: word('tours.skipReason') });
  await expect(page.getByText(word('tours.state.confirmed')).first()).toBeVisible();
  await reason.fill('镜头起雾');
  await page.getByRole('button', { name: word('tours.skip'), exact: true }).click();
  await expect(page.getByText(word('tours.phase.finished')).first()).toBeVisible();
  await expect(page.getByText('镜头起雾')).toBeVisible();
  await expect(page.locator('.thumb img')).toBeVisible();

  const toMs = Date.now() + 1_000;
  const marks = await leader.tours.marks({ cameraIds, fromMs: toMs - 600_000, toMs });
  expect(marks).toMatchObject([
    { cameraId: 'cam-open', kind: 'confirmed' },
    { cameraId: 'cam-locked', kind: 'skipped', reason: '镜头起雾' },
  ]);
  await open(page, 'replay');
  const line = page.getByRole('slider', { name: word('replay.timeline') });
  await expect(line.locator('.patrol')).toHaveCount(2);
  await expect(line.locator('.patrol.left')).toHaveCount(1);

  await open(page, 'records');
  await page.getByRole('textbox', { name: word('records.find') }).fill('起雾');
  await expect(page.getByRole('option').filter({ hasText: '镜头起雾' }).first()).toBeVisible();

  await open(page, 'tours');
  await page.getByRole('button', { name: word('tours.report'), exact: true }).click();
  const download = page.waitForEvent('download');
  await page
    .getByRole('button', { name: word('tours.pdf') })
    .first()
    .click();
  const paper = readFileSync(await (await download).path()).toString('latin1');
  expect(paper.slice(0, 8)).toBe('%PDF-1.4');
  const hex = [...'镜头起雾'].map((char) => char.charCodeAt(0).toString(16).padStart(4, '0')).join('');
  expect(paper).toContain(hex);
});

const button = (page: Page, key: string) => page.getByRole('button', { name: word(key), exact: true });
/** Chooses in a list that is open or opens at this field. */
async function choose(page: Page, group: number, names: readonly string[]): Promise<void> {
  await page.locator('fieldset').nth(group).locator('.n-base-selection').click();
  for (const name of names)
    await page.locator('.n-base-select-option:visible', { hasText: name }).first().click();
  await page.keyboard.press('Escape');
}
/** The station was off when a walk was due: its time, as the station keeps it over a restart, is some minutes ago. */
async function offWhenDue(park: Park, minutesAgo: number): Promise<void> {
  await park.killHost();
  const db = new DatabaseSync(join(park.dataDir, 'data', 'guardroom.sqlite'));
  db.prepare('UPDATE tour_route SET next_at_ms = ?').run(Date.now() - minutesAgo * 60_000);
  db.close();
  await park.startHost();
}
/** Sum of a column of the shifts. */
const figure = async (page: Page, key: string): Promise<number> => {
  const heads = await page.getByRole('columnheader').allTextContents();
  const cells = page.locator(`tbody tr td:nth-child(${heads.indexOf(word(`tours.figure.${key}`)) + 1})`);
  return (await cells.allTextContents()).reduce((sum, text) => sum + Number(text), 0);
};

test('a route is made and changed by hand; what is left out or late raises an alarm and is reported', async ({
  page,
  park,
}) => {
  const admin = await park.api('admin');
  const mainUrl = park.cameras!.open.url('/cam-open');
  const hall = { id: 'cam-hall', name: { zh: '大厅', en: 'Lobby' }, placeId: 'b1-f2', mainUrl };
  await admin.site.put({ collection: 'cameras', object: hall as never });
  await signIn(page, park, 'leader');
  await open(page, 'tours');

  await button(page, 'tours.newRoute').click();
  const field = (key: string) => page.getByLabel(word(key), { exact: true });
  const problem = page.locator('form').getByRole('status');
  await expect(problem).toContainText(word('tours.nameZh'));
  await expect(button(page, 'tours.save')).toBeDisabled();
  await field('tours.nameZh').fill('夜间重点');
  await field('tours.nameEn').fill('Night points');
  await page.locator('fieldset').first().getByLabel(word('tours.groupName')).fill('北侧');
  await choose(page, 0, ['北围界西', '北围界东']);
  // as it is typed, key by key
  await field('tours.times').pressSequentially('22:00 3:30');
  await expect(problem).toContainText(word('tours.wrongTimes'));
  await field('tours.times').press('Control+a');
  await field('tours.times').pressSequentially('22:00 03:30');
  await field('tours.guard').fill('李值班员');
  await field('tours.dwellSeconds').fill('2');
  await field('tours.confirmSeconds').fill('10');
  await field('tours.graceMinutes').fill('1');
  await button(page, 'tours.save').click();
  const list = page.getByRole('complementary', { name: word('tours.list') });
  await expect(list).toContainText('夜间重点');

  // changed: another group, a shorter look
  await list.getByRole('button', { name: /夜间重点/ }).click();
  await expect(field('tours.times')).toHaveValue('22:00 03:30');
  await button(page, 'tours.addGroup').click();
  await choose(page, 1, ['大厅']);
  await field('tours.dwellSeconds').fill('1');
  await button(page, 'tours.save').click();
  await expect(button(page, 'tours.save')).toBeHidden();

  await button(page, 'tours.beginNow').click();
  const confirm = page.getByRole('button', { name: new RegExp(`^${word('tours.confirm')}`) });
  await confirm.click();
  const walk = page.getByRole('main');
  await expect(walk.getByText(word('tours.state.confirmed'))).toHaveCount(1);
  // the tile's tools are there, but for a report that would be none of the patrol's
  const tile = walk.locator('figure').first();
  await tile.hover();
  await expect(tile.getByRole('button', { name: word('tile.zoomIn') })).toBeVisible();
  await expect(tile.getByRole('button', { name: word('tile.report') })).toHaveCount(0);
  // the second one: something is seen, and it is left out
  await page.getByRole('textbox', { name: word('tours.note') }).fill('围栏有缺口');
  await page.getByRole('button', { name: `${word('tours.reportEvent')} E` }).click();
  await expect(walk.getByText('围栏有缺口')).toBeVisible();
  await page.getByRole('textbox', { name: word('tours.skipReason') }).fill('镜头被遮');
  await button(page, 'tours.skip').click();
  // while the third one waits for nobody, a picture that was kept is looked at
  await page
    .getByRole('button', { name: word('tours.picture') })
    .first()
    .click();
  const dialog = page.getByRole('dialog', { name: /北围界西/ });
  await expect(dialog.getByRole('img')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(walk.getByText(word('tours.phase.finished')).first()).toBeVisible({ timeout: 20_000 });
  await expect(walk.getByText(word('tours.state.unconfirmed'))).toBeVisible();

  await offWhenDue(park, 2);
  await expect(page.locator('header').getByRole('button', { name: /夜间重点/ })).toContainText(
    word('tours.late'),
    { timeout: 30_000 },
  );
  const after = await park.api('leader');
  const alarms = async () =>
    (await after.alarms.list({ open: true })).items.map(({ type }) => type).toSorted();
  await expect.poll(alarms).toEqual(['intrusion.area', 'tour.late', 'tour.missed']);
  await open(page, 'alarms');
  for (const type of ['tour.late', 'tour.missed'])
    await expect(page.getByText(word(`alarmType.${type}`)).first()).toBeVisible();

  await open(page, 'tours');
  await button(page, 'tours.begin').click();
  await expect(confirm).toBeEnabled();
  await button(page, 'tours.report').click();
  await expect(button(page, 'tours.csv').first()).toBeVisible();
  for (const [key, count] of Object.entries({
    runs: 2,
    late: 1,
    missed: 0,
    confirmed: 1,
    skipped: 1,
    unconfirmed: 1,
    reports: 1,
  }))
    expect(await figure(page, key), key).toBe(count);
  const lines: string[] = [];
  for (const csv of await button(page, 'tours.csv').all()) {
    const download = page.waitForEvent('download');
    await csv.click();
    lines.push(...readFileSync(await (await download).path(), 'utf8').split('\r\n'));
  }
  expect(lines[0]!.charCodeAt(0), 'the mark by which spreadsheets know UTF-8').toBe(0xfeff);
  const linesOf = (name: string) => lines.filter((line) => line.includes(`,${name},`)).join('\n');
  expect(linesOf('北围界东')).toContain('镜头被遮');
  expect(linesOf('北围界东')).toContain('围栏有缺口');
  expect(linesOf('大厅')).toContain(word('tours.state.unconfirmed'));
});
