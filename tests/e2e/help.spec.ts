/** The manuals, read in the console itself: without a network, in its language, from page to page. */
import { AxeBuilder } from '@axe-core/playwright';
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
  const { violations } = await new AxeBuilder({ page }).include('[role=dialog]').analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(grave.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} ${target.join(' ')}`))).toEqual(
    [],
  );

  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
});
