import { continuity, decodeG711, loudness } from '#tests/peers/rtp-receiver.ts';
import { doStep, endRun, nextStep } from './board.ts';
import { banner, expectMoving, open, signIn, tile } from './console.ts';
import { startController } from './controller.ts';
import { expect, test } from './test.ts';
import { word } from './words.ts';

test('from an alarm to its record, through a crash', async ({ page, park }) => {
  const controller = await startController(park);
  await signIn(page, park, 'guard');

  await test.step('an alarm that mosquitto_pub publishes appears', async () => {
    await park.event('fence-1', 'intrusion.fence');
    await expect(banner(page)).toContainText('北围界 01');
    await expect(page.getByRole('main').getByRole('button', { name: /^北围界 01/ })).toBeVisible();
  });

  await test.step('the pictures of its cameras move, also of the one with a password', async () => {
    // Below the map in a video element, in the matrix on a canvas.
    expect(await expectMoving(tile(page, 'cam-open'))).toBeGreaterThan(5);
    await page.keyboard.press('v');
    await expect(page).toHaveURL(/#\/matrix$/);
    await expectMoving(tile(page, 'cam-open'));
    await expectMoving(tile(page, 'cam-locked'));
  });

  await test.step('Space acknowledges it', async () => {
    await page.keyboard.press('Space');
    await expect(banner(page)).toContainText(word('app.nothingWaits'));
  });

  await test.step('a comment stands in its record', async () => {
    await open(page, 'alarms');
    await page.getByRole('textbox', { name: word('alarms.comment') }).fill('发现一名男子翻越');
    await page.getByRole('button', { name: word('alarms.addComment') }).click();
    await expect(page.getByRole('listitem').filter({ hasText: '发现一名男子翻越' })).toContainText(
      '李值班员',
    );
  });

  await test.step('its plan speaks over RTP and arms the fence', async () => {
    const start = word('alarms.startPlan', { plan: '验收预案' });
    await page.getByRole('button', { name: start }).click();
    await page.getByRole('button', { name: start }).last().click();
    await expect(nextStep(page, '画面里有人吗')).toBeVisible();
    expect(park.receiver.packets).toHaveLength(0);
    await doStep(page, '画面里有人吗', '1');
    // Two seconds of A-law: 50 packets of 20 ms a second.
    await park.receiver.until((packets) => packets.length >= 75);
    const packets = park.receiver.packets.slice(0, 75);
    expect(new Set(packets.map((packet) => packet.payloadType))).toEqual(new Set([8]));
    expect(continuity(packets)).toEqual({ lost: 0, disorder: 0 });
    expect(loudness(decodeG711(park.receiver.packets)), 'something is said').toBeGreaterThan(0.01);

    await expect(nextStep(page, '重新布防')).toBeVisible({ timeout: 20_000 });
    expect(controller.commands).toEqual([]);
    await doStep(page, '重新布防', 'Enter');
    await expect(nextStep(page, '现场查看')).toBeVisible();
    expect(controller.commands).toEqual(['arm {"zoneId":"zone-north"}']);
    await doStep(page, '现场查看', 'Enter');
  });

  await test.step('the run is ended and the alarm is closed as real', async () => {
    await endRun(page);
    await park.event('fence-1', 'intrusion.fence', { state: 'clear' });
    await open(page, 'alarms');
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: word('alarms.close'), exact: true }).click();
    await dialog.getByText(word('alarms.disposition.real'), { exact: true }).click();
    await dialog.getByRole('button', { name: word('alarms.close'), exact: true }).click();
    await expect(dialog).toBeHidden();
    const { items } = await (await park.api('guard')).alarms.list({});
    expect(items.find((one) => one.deviceId === 'fence-1')).toMatchObject({
      workflow: 'closed',
      disposition: 'real',
      closedBy: '李值班员',
    });
  });

  await test.step('after kill -9 the console comes back by itself, and all records are there', async () => {
    await park.killHost();
    const stale = page.getByRole('alert').filter({ hasText: word('app.stale.title') });
    await expect(stale).toBeVisible();
    await park.startHost();
    await expect(stale).toBeHidden({ timeout: 15_000 });
    await open(page, 'records');
    const rows = page.getByRole('listbox', { name: word('records.title') }).getByRole('option');
    await page.getByRole('textbox', { name: word('records.find') }).fill('围界');
    for (const kind of ['perimeter', 'alarm', 'broadcast', 'command'])
      await expect(rows.filter({ hasText: word(`records.kind.${kind}`) }).first(), kind).toBeVisible();
    await page.getByRole('textbox', { name: word('records.find') }).fill('验收预案');
    await expect(rows.filter({ hasText: word('records.kind.run') }).first()).toBeVisible();
  });

  await test.step('the audit administrator verifies that nothing was changed', async () => {
    const auditor = await page.context().newPage();
    await signIn(auditor, park, 'audit');
    await open(auditor, 'system');
    await auditor.getByRole('button', { name: word('system.tab.audit'), exact: true }).click();
    await auditor.getByRole('button', { name: word('system.audit.verify') }).click();
    await expect(auditor.getByRole('status').filter({ hasText: /\d/ }).first()).toBeVisible();
    await expect(auditor.getByRole('cell', { name: word('audit.alarm.acknowledge') }).first()).toBeVisible();
    const report = await (await park.api('audit')).system.verify();
    expect(report).toMatchObject({ ok: true, problems: [] });
    await auditor.close();
  });
});
