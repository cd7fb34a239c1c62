import { readFile } from 'node:fs/promises';
import { open, signIn } from './console.ts';
import { expect, test } from './test.ts';
import { word } from './words.ts';

test.use({ parkOptions: { cameras: false } });

test('records are exported as CSV with the rows that were found', async ({ page, park }) => {
  await park.event('fence-1', 'intrusion.fence');
  await park.event('smoke-1', 'fire.smoke');
  await park.event('terminal-1', 'patrol.scan', {
    state: 'info',
    data: { checkpointId: 'cp-2', guard: '王强', routeId: 'night' },
  });
  await signIn(page, park, 'leader');
  await open(page, 'records');
  const rows = page.getByRole('listbox', { name: word('records.title') }).getByRole('option');
  const find = page.getByRole('textbox', { name: word('records.find') });
  await find.fill('王强');
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText(word('records.kind.patrol'));

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: word('records.export'), exact: true }).click();
  const file = await (await download).path();
  const text = await readFile(file, 'utf8');
  expect(text.charCodeAt(0), 'spreadsheets read Chinese by the byte order mark').toBe(0xfeff);
  const lines = text.slice(1).trim().split(/\r?\n/);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain('王强');
});

test('a message that cannot be taken is listed with its reason', async ({ page, park }) => {
  await park.publish('fence-1', 'event', '{"eventId": "e-1", "deviceId": "fence-1"');
  await park.event('fence-1', 'intrusion.fence', { severity: 9 });
  await signIn(page, park, 'guard');
  await open(page, 'system');
  await page.getByRole('button', { name: word('system.tab.quarantine') }).click();
  const entries = page.locator('main').getByRole('listitem');
  await expect(entries).toHaveCount(2);
  await expect(entries.first()).toContainText('severity');
  await expect(entries.last()).toContainText(word('quarantine.not_json'));
  await entries.last().getByRole('button').click();
  await expect(entries.last()).toContainText('"deviceId": "fence-1"');
});
