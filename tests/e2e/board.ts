import { expect, type Locator, type Page } from '@playwright/test';
import { word } from './words.ts';

/** Heading of the step that comes next on the run board. */
export const nextStep = (page: Page, title: string): Locator =>
  page.getByRole('region', { name: word('emergency.next') }).getByRole('heading', { name: title });

/**
 * Does the next step by its key. The board takes no key in the moment after a step has appeared: pressed again until it
 * has an effect.
 */
export async function doStep(page: Page, title: string, key: string): Promise<void> {
  const step = nextStep(page, title);
  await expect(step).toBeVisible({ timeout: 20_000 });
  await expect(async () => {
    if (await step.isVisible()) await page.keyboard.press(key);
    await expect(step).toBeHidden({ timeout: 500 });
  }).toPass({ intervals: [300, 500, 800] });
}

/** Ends a run whose steps are all done, at its dialog too. */
export async function endRun(page: Page): Promise<void> {
  await expect(page.getByText(word('emergency.allDone'), { exact: true })).toBeVisible();
  await page
    .getByRole('button', { name: word('emergency.complete') })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog
    .getByRole('button')
    .filter({ hasText: word('emergency.end.completed') })
    .click();
  await expect(dialog).toBeHidden();
}
