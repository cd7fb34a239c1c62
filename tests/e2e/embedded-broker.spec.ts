import { banner, signIn } from './console.ts';
import { expect, test } from './test.ts';

test.use({ parkOptions: { broker: 'embedded', cameras: false } });

test('the broker that comes with the station takes alarms as well', async ({ page, park }) => {
  await signIn(page, park, 'guard');
  await park.event('smoke-1', 'fire.smoke');
  await expect(banner(page)).toContainText('1号楼烟感 01');
  await page.keyboard.press('Space');
  await expect(banner(page)).not.toContainText('1号楼烟感 01');
});
