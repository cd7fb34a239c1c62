import type { Page } from '@playwright/test';

interface Point {
  x: number;
  y: number;
}
/** Fingers on the screen, by the browser's own touch input: down at the first places, along, and off at the last ones. */
async function fingers(page: Page, from: readonly Point[], to: readonly Point[]): Promise<void> {
  const STEPS = 8;
  const cdp = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', part: number) =>
    cdp.send('Input.dispatchTouchEvent', {
      type,
      touchPoints:
        type === 'touchEnd'
          ? []
          : from.map((at, id) => ({
              ...{ id, x: at.x + (to[id]!.x - at.x) * part, y: at.y + (to[id]!.y - at.y) * part },
            })),
    });
  await touch('touchStart', 0);
  for (let step = 1; step <= STEPS; step += 1) await touch('touchMove', step / STEPS);
  await touch('touchEnd', 1);
  await cdp.detach();
}

/** Two fingers about a point: from a gap to another one, in pixels. */
export async function pinch(page: Page, at: Point, fromGap: number, toGap: number): Promise<void> {
  const pair = (gap: number) => [-gap / 2, gap / 2].map((by) => ({ x: at.x + by, y: at.y }));
  await fingers(page, pair(fromGap), pair(toGap));
}

/** One finger from a point by so many pixels. */
export const swipe = (page: Page, at: Point, by: Point): Promise<void> =>
  fingers(page, [at], [{ x: at.x + by.x, y: at.y + by.y }]);
