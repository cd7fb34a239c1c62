import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** How many things are on their way in or out. What blinks without end does not count. */
const underWay = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    // a fade begins with the second frame after what it fades was put in
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    const ends = ({ effect }: Animation) => Number.isFinite(effect?.getComputedTiming().endTime);
    return document.getAnimations().filter((one) => one.playState === 'running' && ends(one)).length;
  });

/**
 * Serious and critical findings of axe (names, contrast), a line each: rule, place, message. The page stands still first:
 * half faded in, words have not their contrast yet.
 * @param part a selector; the whole page without
 */
export async function graveFindings(page: Page, part?: string): Promise<string[]> {
  await expect.poll(() => underWay(page), 'still moving').toBe(0);
  const axe = new AxeBuilder({ page });
  const { violations } = await (part ? axe.include(part) : axe).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 4).map(({ target, any }) => `${id} ${target.join(' ')} ${any[0]?.message ?? ''}`),
    );
}
