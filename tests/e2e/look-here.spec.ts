/** "Look here" on the demo park: a click on the map, the cameras that see it, and the dome that really turns to it. */
import { expect, type Locator, type Page } from '@playwright/test';
import type { Api } from '#tests/peers/console-api.ts';
import { open, signIn, tile } from './console.ts';
import { test } from './demo-park.ts';
import { word } from './words.ts';

const DOME = 'm-01';
const strip = (page: Page) => page.getByRole('region', { name: word('look.title') });
const outcome = (page: Page) => strip(page).locator(`li:has([data-camera="${DOME}"]) > p`);

/** Clicks a point of the map: parts of its width and height. The whole park is in view. */
async function point(page: Page, x: number, y: number): Promise<void> {
  const box = (await page.locator('.park-map canvas').boundingBox())!;
  await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
}
/** The picture in a tile as a few grey squares; null while there is none. */
const glimpse = (camera: Locator): Promise<number[] | null> =>
  camera.evaluate((element) => {
    const picture = element.querySelector<HTMLVideoElement | HTMLCanvasElement>('.picture');
    const width = picture instanceof HTMLVideoElement ? picture.videoWidth : (picture?.width ?? 0);
    if (!picture || width === 0) return null;
    const small = document.createElement('canvas');
    [small.width, small.height] = [16, 9];
    const context = small.getContext('2d')!;
    context.drawImage(picture, 0, 0, 16, 9);
    const { data } = context.getImageData(0, 0, 16, 9);
    return Array.from(
      { length: 144 },
      (_, at) => (data[at * 4]! + data[at * 4 + 1]! + data[at * 4 + 2]!) / 3,
    );
  });
const difference = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, at) => sum + Math.abs(value - b[at]!), 0) / a.length;
/** Where the dome looks, by its own numbers, once it stands still. */
async function settled(api: Api): Promise<number> {
  let pan = Number.NaN;
  await expect
    .poll(async () => {
      const state = await api.ptz.open({ cameraId: DOME });
      pan = state.position?.pan ?? Number.NaN;
      return state.moving;
    })
    .toBe(false);
  return pan;
}

test('a click shows every camera that sees the point, and the dome turns to it', async ({ page, demo }) => {
  await signIn(page, demo, 'guard');
  await open(page, 'overview');
  const guard = await demo.api('guard');
  await expect(page.locator('.park-map canvas')).toBeVisible();
  await page.keyboard.press('l');
  await expect(page.getByText(word('look.hint')).first()).toBeVisible();

  // the car park, south-west of the crossing
  await point(page, 0.44, 0.55);
  await expect(strip(page).locator('figure').first()).toBeVisible();
  await expect(outcome(page)).toContainText(word('look.outcome.turned'));
  const west = await settled(guard);
  expect(west).toBeGreaterThan(0.1);
  await expect(tile(page, DOME)).toHaveAttribute('data-live', 'true');
  await expect.poll(() => glimpse(tile(page, DOME))).not.toBeNull();
  const before = (await glimpse(tile(page, DOME)))!;

  // the road to the east gate
  await point(page, 0.66, 0.46);
  await expect(outcome(page)).toContainText(word('look.outcome.turned'));
  expect(await settled(guard)).toBeLessThan(-0.3);
  await expect
    .poll(async () => difference(before, (await glimpse(tile(page, DOME))) ?? before))
    .toBeGreaterThan(10);

  // behind building 2 nobody outdoors looks in
  await point(page, 0.41, 0.33);
  await expect(tile(page, DOME)).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(strip(page)).toBeHidden();
});

test('a dome that a higher role holds is left alone, and the strip says who has it', async ({
  page,
  demo,
}) => {
  const leader = await demo.api('leader');
  await signIn(page, demo, 'guard');
  await open(page, 'overview');
  const home = await settled(leader);
  await leader.ptz.keep({ cameraId: DOME, keep: true });
  const { holder } = await leader.ptz.open({ cameraId: DOME });
  await page.keyboard.press('l');
  await point(page, 0.44, 0.55);
  await expect(outcome(page)).toContainText(holder!);
  expect(await settled(leader)).toBeCloseTo(home, 3);
  await leader.ptz.release({ cameraId: DOME });
  await strip(page)
    .getByRole('button', { name: word('look.turn') })
    .click();
  await expect(outcome(page)).toContainText(word('look.outcome.turned'));
  expect(Math.abs((await settled(leader)) - home)).toBeGreaterThan(0.1);
});

test('steering in the picture: a click centres, a box fills, the wheel and presets by key', async ({
  page,
  demo,
}) => {
  await signIn(page, demo, 'leader');
  await open(page, 'video');
  const leader = await demo.api('leader');
  const zoom = async () => (await leader.ptz.open({ cameraId: DOME })).position?.zoom ?? 0;
  await page.keyboard.press('/');
  await page.keyboard.type('M-01');
  await page.getByRole('treeitem', { name: /M-01/ }).click();
  await page.getByRole('heading', { level: 2, name: /M-01/ }).waitFor();
  await page.locator('aside.ptz .n-switch').click();
  const picture = tile(page, DOME).locator('.picture');
  await expect(tile(page, DOME)).toHaveAttribute('data-live', 'true');
  const box = (await picture.boundingBox())!;
  const start = await settled(leader);
  await page.mouse.click(box.x + box.width * 0.8, box.y + box.height * 0.5);
  await expect.poll(() => settled(leader)).toBeGreaterThan(start + 0.05);
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.4);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.6, { steps: 4 });
  await page.mouse.up();
  await expect.poll(zoom).toBeGreaterThan(0.4);
  await page.keyboard.press('Shift+Digit1');
  await expect.poll(zoom).toBe(0);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.wheel(0, -120);
  await expect.poll(zoom).toBeGreaterThan(0.05);
});
