/** The manuals, read in the console itself: without a network, in its language, from page to page. */
import { graveFindings } from './axe.ts';
import { signIn } from './console.ts';
import { expect, test } from './test.ts';
import { word } from './words.ts';

test('the help shows keys and manuals, and a link of a page opens the other page', async ({ page, park }) => {
  await signIn(page, park, 'guard');
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: word('app.help.title') });
  await expect(help.getByText(word('app.help.acknowledge'))).toBeVisible();

  await help.getByRole('button', { name: word('app.help.page.operator') }).click();
  await expect(help.getByRole('heading', { name: '值班手册' })).toBeVisible();
  await expect(help.getByRole('heading', { name: '全部快捷键' })).toBeAttached();

  await help.getByRole('button', { name: word('app.help.page.design') }).click();
  await help.locator('article').getByRole('button', { name: 'design-video.md' }).click();
  await expect(help.getByRole('heading', { name: 'Design: video' })).toBeVisible();
  await page.screenshot({ path: 'test-results/help.png' });
  expect(await graveFindings(page, '[role=dialog]')).toEqual([]);

  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
});

for (const [language, cameras] of [
  ['zh', '摄像机接入'],
  ['en', 'Cameras'],
] as const)
  test(`the administrators' manual in ${language} leads on in its language`, async ({ page, park }) => {
    await signIn(page, park, 'admin', { language });
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: word('app.help.title', {}, language) });
    await help.getByRole('button', { name: word('app.help.page.administrators', {}, language) }).click();
    const manual = help.locator('[data-help-page=administrators]');
    await page.screenshot({ path: `test-results/help-administrators-${language}.png` });
    // the table of all settings, worded as the settings' own screen has them
    const row = manual.getByRole('row').filter({ hasText: word('system.setting.video.pull', {}, language) });
    await expect(row).toContainText(word('system.choice.video.pull.direct', {}, language));
    await row.scrollIntoViewIfNeeded();
    await page.screenshot({ path: `test-results/help-settings-${language}.png` });
    await row.getByRole('button').click();
    await expect(help.locator('[data-level="1"]')).toHaveText(cameras);
    await page.screenshot({ path: `test-results/help-cameras-${language}.png` });
  });
