import { continuity } from '#tests/peers/rtp-receiver.ts';
import { open, signIn } from './console.ts';
import { startController } from './controller.ts';
import { expect, test } from './test.ts';
import { word } from './words.ts';

test.use({ parkOptions: { cameras: false } });

test('a zone is armed and disarmed through its controller, and both are on record', async ({
  page,
  park,
}) => {
  const controller = await startController(park);
  await signIn(page, park, 'guard');
  await open(page, 'perimeter');
  const zone = page.getByRole('option').filter({ hasText: '北围界' });
  await expect(zone).toContainText(word('perimeter.condition.disarmed'));

  await page.keyboard.press('d');
  const dialog = page.getByRole('dialog', { name: word('perimeter.armSure') });
  await dialog.getByRole('button', { name: word('perimeter.arm') }).click();
  await expect(page.getByRole('status').filter({ hasText: word('receipt.rung.confirmed') })).toBeVisible();
  await expect(zone).toContainText(word('perimeter.condition.armed'));

  // Taking protection away needs a reason.
  // While a dialog fades away the keys are still its own.
  await expect(page.locator('[aria-modal=true]')).toHaveCount(0);
  await page.keyboard.press('d');
  const sure = page.getByRole('dialog', { name: word('perimeter.disarmSure') });
  const disarm = sure.getByRole('button', { name: word('perimeter.disarm') });
  await expect(disarm).toBeDisabled();
  await sure.getByRole('textbox', { name: word('perimeter.reason') }).fill('围栏检修');
  await disarm.click();
  await expect(zone).toContainText(word('perimeter.condition.disarmed'));
  expect(controller.commands).toEqual(['arm {"zoneId":"zone-north"}', 'disarm {"zoneId":"zone-north"}']);

  await open(page, 'records');
  await page.getByRole('textbox', { name: word('records.find') }).fill('李值班员');
  const rows = page.getByRole('listbox', { name: word('records.title') }).getByRole('option');
  const turned = rows.filter({ hasText: word('records.kind.perimeter') });
  await expect(turned).toHaveCount(2);
});

test('a text is spoken in a zone by hand, and is stopped', async ({ page, park }) => {
  await signIn(page, park, 'guard');
  await page.keyboard.press('b');
  await expect(page).toHaveURL(/#\/broadcast/);
  const main = page.getByRole('main');
  await main.getByRole('checkbox', { name: /北侧广播/ }).click();
  await main
    .getByRole('textbox', { name: word('broadcast.kind.speech') })
    .fill('请占用消防通道的车主立即将车辆移走，谢谢配合。'.repeat(4));
  await main.getByRole('button', { name: word('broadcast.start', { count: 1 }) }).click();
  await park.receiver.until((packets) => packets.length >= 50);
  expect(continuity(park.receiver.packets)).toEqual({ lost: 0, disorder: 0 });
  const item = main.getByRole('article');
  await expect(item).toContainText(word('receipt.rung.started'));
  await item.getByRole('button', { name: word('broadcast.stopAll') }).click();
  await park.receiver.untilQuiet();
  await main.getByRole('button', { name: word('broadcast.tab.history') }).click();
  await expect(main.getByRole('article').first()).toContainText(word('receipt.rung.stopped'));
});
