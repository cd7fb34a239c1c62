/** The video wall as guards use it: layouts, held and hot places, drag, turns, saved views, a window of its own. */
import type { Locator, Page } from '@playwright/test';
import { graveFindings } from './axe.ts';
import { expectMoving, open, signIn } from './console.ts';
import type { Park } from './park.ts';
import { expect, test } from './test.ts';
import { word } from './words.ts';

/** More cameras than two: the open one under other names. */
const MORE = ['cam-3', 'cam-4', 'cam-5', 'cam-6', 'cam-7', 'cam-8'];
async function addCameras(park: Park): Promise<void> {
  const admin = await park.api('admin');
  const mainUrl = park.cameras!.open.url('/cam-open');
  for (const id of MORE)
    await admin.site.put({
      collection: 'cameras',
      object: { id, name: { zh: `${id} 大厅`, en: `${id} lobby` }, placeId: 'b1-f2', mainUrl } as never,
    });
}
const place = (page: Page, at: number): Locator => page.locator(`[data-place="${at}"]`);
/** The tile in front of a place. */
const front = (page: Page, at: number): Locator => place(page, at).locator('figure.layer:not(.behind)');
/** Cameras of the first places, as they are shown. */
const shown = async (page: Page, count: number): Promise<(string | null)[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => front(page, at).getAttribute('data-camera')));
const rowOf = (page: Page, cameraId: string) => page.locator(`[data-tree-camera="${cameraId}"]`);

async function openWall(page: Page, park: Park, username = 'leader'): Promise<void> {
  await addCameras(park);
  await signIn(page, park, username);
  await open(page, 'video');
  await expect.poll(() => page.locator('[data-place]').count()).toBe(4);
}

test('layouts, held places, pages, the hot place; by keys', async ({ page, park }) => {
  await openWall(page, park);
  await page.keyboard.press('7');
  await expect(page.locator('[data-place]')).toHaveCount(6);
  const [large, small] = [(await place(page, 0).boundingBox())!, (await place(page, 1).boundingBox())!];
  expect(large.width).toBeGreaterThan(small.width * 1.9);
  await expectMoving(front(page, 0));
  await expectMoving(front(page, 5));

  await page.keyboard.press('ArrowRight');
  const held = await front(page, 1).getAttribute('data-camera');
  await page.keyboard.press('l');
  await expect(place(page, 1)).toHaveAttribute('data-held', 'true');
  const before = await shown(page, 6);
  await page.keyboard.press('PageDown');
  await expect.poll(async () => (await shown(page, 6))[0]).not.toBe(before[0]);
  await expect(front(page, 1)).toHaveAttribute('data-camera', held!);
  // nothing is put into it by hand either, and that is said
  await rowOf(page, 'cam-open').dragTo(place(page, 1));
  await expect(page.getByText(word('wall.isHeld'))).toBeVisible();
  await expect(front(page, 1)).toHaveAttribute('data-camera', held!);

  await front(page, 1).click();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('g');
  await expect(place(page, 2)).toHaveAttribute('data-hot', 'true');
  const rest = (await shown(page, 6)).toSpliced(2, 1);
  await front(page, 4).click();
  await expect(front(page, 2)).toHaveAttribute('data-camera', (await shown(page, 6))[4]!);
  await rowOf(page, 'cam-locked').click();
  await expect(front(page, 2)).toHaveAttribute('data-camera', 'cam-locked');
  expect((await shown(page, 6)).toSpliced(2, 1)).toEqual(rest);

  await page.keyboard.press('y');
  await page.locator('[data-layout="2+8"]').click();
  await expect(page.locator('[data-place]')).toHaveCount(10);
  await expect(place(page, 1)).toHaveAttribute('data-held', 'true');
  await page.keyboard.press('i');
  await expect(place(page, 1).locator('dl')).toContainText('H.264');
  await page.screenshot({ path: 'test-results/wall-2-8.png' });
  expect(await graveFindings(page)).toEqual([]);
});

test('the tree finds by name and place; drag from it, tile to tile, and the same by keys', async ({
  page,
  park,
}) => {
  await openWall(page, park);
  await page.keyboard.press('/');
  await page.keyboard.type('2层 cam-7');
  await expect(page.locator('[data-tree-camera]')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(front(page, 0)).toHaveAttribute('data-camera', 'cam-7');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');

  // from another screen: a camera is put where one is picked, and one that is there is selected
  await page.evaluate(() => (location.hash = '#/video?camera=cam-6'));
  await expect(front(page, 0)).toHaveAttribute('data-camera', 'cam-6');
  await expect(page).toHaveURL(/#\/video$/);

  await rowOf(page, 'cam-8').dragTo(place(page, 2));
  await expect(front(page, 2)).toHaveAttribute('data-camera', 'cam-8');
  const before = await shown(page, 4);
  await place(page, 2).dragTo(place(page, 1));
  await expect.poll(() => shown(page, 4)).toEqual([before[0], before[2], before[1], before[3]]);
  await page.keyboard.press('Control+ArrowLeft');
  await expect.poll(() => shown(page, 4)).toEqual([before[2], before[0], before[1], before[3]]);
  await page.keyboard.press('Delete');
  await expect(place(page, 0).getByRole('button')).toContainText(word('video.emptyPlace'));
});

test('places take turns without a dark moment, and wait while the guard works', async ({ page, park }) => {
  await openWall(page, park);
  await expectMoving(front(page, 0));
  await page.getByRole('button', { name: word('wall.turns.title'), exact: true }).click();
  const dialog = page.getByRole('dialog', { name: word('wall.turns.title') });
  await dialog.getByText(word('wall.turns.place', { number: 1 })).click();
  const first = (await front(page, 0).getAttribute('data-camera'))!;
  for (const id of [first, 'cam-5']) await dialog.locator(`[data-tree-camera="${id}"]`).click();
  await dialog.getByRole('textbox', { name: word('wall.turns.dwell') }).fill('4');
  await dialog.getByRole('button', { name: word('wall.turns.start') }).click();
  await expect(dialog).toBeHidden();
  await page.mouse.move(5, 5);

  // each picture of the screen until it has turned twice: what is in front has a picture
  const seen = await page.evaluate(async () => {
    const order: string[] = [];
    let dark = 0;
    while (order.length < 3) {
      await new Promise((next) => requestAnimationFrame(next));
      const tile = document.querySelector<HTMLElement>('[data-place="0"] figure.layer:not(.behind)');
      if (tile?.dataset['live'] !== 'true') dark += 1;
      if (tile && order.at(-1) !== tile.dataset['camera']) order.push(tile.dataset['camera']!);
    }
    return { order, dark };
  });
  expect(seen).toEqual({ order: [first, 'cam-5', first], dark: 0 });

  await place(page, 0).hover();
  await expect(page.getByRole('button', { name: word('wall.turns.waiting') })).toBeVisible();
  await page.mouse.move(5, 5);
  await page.keyboard.press('k');
  await expect(page.getByRole('button', { name: word('wall.turns.paused') })).toBeVisible();
});

test('views: saved, opened by key, after a reload, shared, in a window of its own, a camera gone, deleted', async ({
  page,
  park,
  context,
}) => {
  await openWall(page, park);
  await page.keyboard.press('Y');
  await page.locator('[data-layout="1+2"]').click();
  await expect(page.locator('[data-place]')).toHaveCount(3);
  await page.keyboard.press('l');
  await page.keyboard.press('Control+s');
  const naming = page.getByRole('dialog', { name: word('wall.view.saveAs') });
  await naming.getByRole('textbox').fill('夜间围界');
  await naming.getByText(word('wall.view.forAll')).click();
  await naming.getByRole('button', { name: word('wall.view.save'), exact: true }).click();
  await expect(naming).toBeHidden();
  const saved = await shown(page, 3);

  await page.keyboard.press('3');
  await expect(page.locator('[data-place]')).toHaveCount(9);
  await expect(page.getByText(word('wall.view.changed')).first()).toBeVisible();
  await page.reload();
  await expect(page.locator('[data-place]')).toHaveCount(9);
  await page.keyboard.press('Alt+1');
  await expect(page.locator('[data-place]')).toHaveCount(3);
  await expect.poll(() => shown(page, 3)).toEqual(saved);
  await expect(place(page, 0)).toHaveAttribute('data-held', 'true');

  const popup = page.waitForEvent('popup');
  await page.keyboard.press('w');
  const wall = await popup;
  await expect(wall.locator('[data-place]')).toHaveCount(3);
  await expect(wall.getByRole('navigation', { name: word('app.screens') })).toHaveCount(0);
  // the very view: its cameras in their places, the large one large and held, and all of them play
  await expect.poll(() => shown(wall, 3)).toEqual(saved);
  const sizes = await Promise.all([0, 1, 2].map(async (at) => (await place(wall, at).boundingBox())!));
  expect(sizes[0]!.height).toBeGreaterThan(sizes[1]!.height * 1.9);
  expect(sizes[1]!.width).toBeCloseTo(sizes[2]!.width, 0);
  expect(await wall.locator('[data-held="true"]').evaluateAll((all) => all.map((one) => one.dataset.place))).toEqual(['0']); // prettier-ignore
  for (const at of [0, 1, 2]) await expectMoving(front(wall, at));
  expect(await shown(wall, 3)).toEqual(saved);
  await wall.screenshot({ path: 'test-results/wall-bare.png' });
  await wall.close();

  const guard = await context.browser()!.newPage();
  await signIn(guard, park, 'guard');
  await open(guard, 'video');
  await guard
    .getByRole('button', { name: /夜间围界/ })
    .first()
    .click();
  await expect(guard.locator('[data-place]')).toHaveCount(3);
  // a guard may open what is shared, not change it
  await guard.getByRole('button', { name: word('wall.view.more', { name: '夜间围界' }) }).click();
  await expect(
    guard.locator('.n-dropdown-option-body--disabled', { hasText: word('wall.view.remove') }),
  ).toBeVisible();
  await guard.close();

  const gone = saved[2]!;
  await (await park.api('admin')).site.remove({ collection: 'cameras', id: gone });
  await expect(place(page, 2)).toContainText(word('wall.gone', { id: gone }));
  await expect(page.getByText(word('wall.view.gone', { count: 1 }))).toBeVisible();

  await page.getByRole('button', { name: word('wall.view.more', { name: '夜间围界' }) }).click();
  await page.getByText(word('wall.view.remove'), { exact: true }).click();
  const asked = page.getByRole('dialog', { name: word('wall.view.removeTitle', { name: '夜间围界' }) });
  await asked.getByRole('button', { name: word('wall.view.remove'), exact: true }).click();
  await expect(page.locator('[data-view]')).toHaveCount(0);
  // the pictures stay: only the name is gone
  await expect(page.locator('[data-place]')).toHaveCount(3);
});
