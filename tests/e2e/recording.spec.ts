/** What a park decides about its recordings, as people decide it: when a camera is recorded, for how long, on which disks. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open, signIn } from './console.ts';
import { expect, test } from './test.ts';
import { word } from './words.ts';

test('times, days kept and a second disk with a quota', async ({ page, park }) => {
  await signIn(page, park, 'admin');
  await open(page, 'cameras');
  await page.getByText(word('cameras.tab.known'), { exact: true }).first().click();
  const row = page.getByRole('row', { name: /cam-open/ });
  await row.getByRole('button', { name: word('cameras.known.open') }).click();
  const form = page.getByRole('complementary', { name: word('cameras.form.edit') });
  const save = form.getByRole('button', { name: word('app.save') });
  await form.locator('.n-select', { hasText: word('recording.rule.mode.off') }).click();
  await page.locator('.n-base-select-option', { hasText: word('recording.rule.mode.schedule') }).click();
  // a schedule without times would record nothing
  await expect(save).toBeDisabled();
  await form.getByRole('button', { name: word('recording.rule.addTime') }).click();
  await form.getByRole('textbox', { name: word('recording.rule.from') }).fill('25:00');
  await expect(save).toBeDisabled();
  await form.getByRole('textbox', { name: word('recording.rule.from') }).fill('20:30');
  const days90 = word('recording.rule.term', { days: 90 });
  await form.getByRole('button', { name: word('recording.rule.term', { days: 30 }), exact: true }).click();
  await form.getByRole('button', { name: `${word('recording.rule.keepAlarm')} ${days90}` }).click();
  await save.click();
  await expect(form).toBeHidden();
  const admin = await park.api('admin');
  const ruleOf = async () => (await admin.site.get()).cameras.find(({ id }) => id === 'cam-open')?.recording;
  expect(await ruleOf()).toMatchObject({
    mode: 'schedule',
    schedule: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '20:30', to: '06:00' }],
    keepDays: 30,
    keepAlarmDays: 90,
  });

  const disk = mkdtempSync(join(tmpdir(), 'guardroom-disk-'));
  try {
    await open(page, 'system');
    await page.getByRole('button', { name: word('system.tab.disks') }).click();
    const put = page.getByRole('button', { name: word('recording.disk.put') });
    const folder = page.getByRole('textbox', { name: word('recording.disk.path') });
    await folder.fill(join(disk, 'none'));
    await put.click();
    await expect(page.getByText(word('error.volume.missing', { path: join(disk, 'none') }))).toBeVisible();
    await folder.fill(disk);
    await page.getByLabel(word('recording.disk.quota')).fill('20');
    await put.click();
    const line = page.getByRole('row', { name: disk });
    await expect(line).toContainText(word('recording.volume.ok'));
    await expect(line).toContainText('20.0 GB');
    await line.getByRole('button', { name: word('recording.disk.remove') }).click();
    await page.locator('.n-popconfirm__action').getByRole('button').last().click();
    await expect(line).toBeHidden();
    expect((await admin.recording.volumes()).map(({ path }) => path)).not.toContain(disk);
  } finally {
    rmSync(disk, { recursive: true, force: true });
  }
});
