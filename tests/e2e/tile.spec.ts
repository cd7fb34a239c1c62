/** What a guard does with one live tile: enlarge, look back, keep a picture, report; on a real camera in a real station. */
import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { BARCODE, readBarcode } from '#tests/peers/rtsp-barcode.ts';
import { startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';
import { expectMoving, open, signIn, tile } from './console.ts';
import type { Park } from './park.ts';
import { expect, test } from './test.ts';
import { pinch, swipe } from './touch.ts';
import { word } from './words.ts';

const CAMERA = 'cam-open';
let cameras: RtspServer;
test.afterEach(() => cameras.stop());

/** A camera with a large and a small stream, alone on the wall. */
async function lookAt(page: Page, park: Park): Promise<Locator> {
  cameras = await startRtspServer([
    { path: '/main', width: 1280, height: 720 },
    { path: '/sub', width: 640, height: 360 },
  ]);
  const admin = await park.api('admin');
  const site = await admin.site.get();
  const camera = site.cameras.find(({ id }) => id === CAMERA)!;
  const urls = { mainUrl: cameras.url('/main'), subUrl: cameras.url('/sub') };
  await admin.site.put({ collection: 'cameras', object: { ...camera, ...urls } as never });
  await signIn(page, park, 'guard');
  await open(page, 'video');
  const shown = tile(page, CAMERA);
  await expectMoving(shown);
  return shown;
}
const sizeOf = (camera: Locator) =>
  camera.evaluate((element) => {
    const picture = element.querySelector<HTMLVideoElement | HTMLCanvasElement>('[data-layer=front]');
    return picture instanceof HTMLVideoElement ? picture.videoWidth : (picture?.width ?? 0);
  });
/** The frame number in the looked-at-again picture. */
async function replayedFrame(camera: Locator): Promise<number | undefined> {
  const cells = await camera.locator('canvas.replayed').evaluate((canvas, { cell, bits }) => {
    const picture = canvas as HTMLCanvasElement;
    if (picture.width === 0) return null;
    // The barcode has cells of so many pixels in the small stream's size too.
    const strip = new OffscreenCanvas((bits + 4) * cell, 1);
    const pen = strip.getContext('2d')!;
    pen.drawImage(picture, 0, cell / 2, strip.width, 1, 0, 0, strip.width, 1);
    const row = pen.getImageData(0, 0, strip.width, 1).data;
    return Array.from({ length: bits + 4 }, (_, at) => row[(at + 0.5) * cell * 4] ?? 0);
  }, BARCODE);
  return cells === null ? undefined : readBarcode(cells);
}
const aim = (camera: Locator) => camera.click({ position: { x: 40, y: 120 } });

/**
 * The names that the console gives to what it hands to the browser. Not `suggestedFilename()`: Chromium 156 announced a
 * whole download that has a name as "download" twice in some eighty runs of this file, both late in a run of all.
 */
async function downloadNames(page: Page): Promise<() => Promise<string[]>> {
  const names = await page.evaluateHandle(() => {
    const asked: string[] = [];
    const { click } = HTMLAnchorElement.prototype;
    HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
      asked.push(this.download);
      click.call(this);
    };
    return asked;
  });
  return () => names.jsonValue();
}

test('enlarged at the pointer, from the large stream, moved, and whole again', async ({ page, park }) => {
  const camera = await lookAt(page, park);
  await page.keyboard.press('4');
  await aim(camera);
  await expectMoving(camera);
  await expect.poll(() => sizeOf(camera)).toBe(640);

  const box = (await camera.boundingBox())!;
  const at = { x: box.x + box.width * 0.75, y: box.y + box.height * 0.5 };
  await page.mouse.move(at.x, at.y);
  for (let turn = 0; turn < 5; turn += 1) await page.mouse.wheel(0, -120);
  await expect(camera).toHaveAttribute('data-zoom', /^[23]/);
  await expect(
    camera.getByRole('img', { name: word('tile.zoomed', { scale: '' }).trim().slice(0, 3) }),
  ).toBeVisible();
  // The large stream takes over in the enlarged tile.
  await expect.poll(() => sizeOf(camera), { timeout: 20_000 }).toBe(1280);

  // found and measured in one: the other stream may take its place in between
  const left = () =>
    camera.evaluate((one) => one.querySelector('[data-layer=front]')!.getBoundingClientRect().left);
  const before = await left();
  await page.mouse.down();
  await page.mouse.move(at.x + 60, at.y, { steps: 6 });
  await page.mouse.up();
  expect(await left()).toBeCloseTo(before + 60, 0);

  await page.keyboard.press('0');
  await expect(camera).not.toHaveAttribute('data-zoom');
  await expect.poll(() => sizeOf(camera), { timeout: 20_000 }).toBe(640);
  await page.keyboard.press('+');
  await expect(camera).toHaveAttribute('data-zoom', '1.50');
  await page.keyboard.press('-');
  await expect(camera).not.toHaveAttribute('data-zoom');

  // by fingers: two enlarge about the point between them and go back, one moves
  const middle = { x: box.x + box.width / 2, y: at.y };
  await pinch(page, middle, 80, 240);
  await expect(camera).toHaveAttribute('data-zoom', /^(?:2\.9|3\.0)/);
  const pinched = await left();
  await swipe(page, middle, { x: 50, y: 0 });
  await expect.poll(left).toBeCloseTo(pinched + 50, 0);
  await pinch(page, middle, 240, 40);
  await expect(camera).not.toHaveAttribute('data-zoom');
});

test('looked back at, stepped frame by frame, and live again with one key', async ({ page, park }) => {
  const camera = await lookAt(page, park);
  await aim(camera);
  // There is something to look back at: as much as the ring has seen.
  await page.keyboard.press('r');
  const scrub = camera.getByRole('slider', { name: word('tile.scrub') });
  await expect(scrub).toBeVisible();
  const reach = async () => Number(await scrub.getAttribute('max')) - Number(await scrub.getAttribute('min'));
  await expect.poll(reach, { timeout: 30_000 }).toBeGreaterThan(8_000);
  await expect(camera.locator('.mark')).toContainText(/−\d+ s/);

  await page.keyboard.press('k');
  await expect(camera.getByRole('button', { name: word('tile.play'), exact: true })).toBeVisible();
  await scrub.evaluate((input: HTMLInputElement) => {
    input.value = String((Number(input.min) + Number(input.max)) / 2);
    input.dispatchEvent(new Event('input'));
  });
  await expect.poll(() => replayedFrame(camera)).toBeDefined();
  const settled = async () => {
    const frame = await replayedFrame(camera);
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    return frame === (await replayedFrame(camera)) ? frame : undefined;
  };
  await expect.poll(settled).toBeDefined();
  await camera.locator('.mark').click();
  const at = (await settled())!;
  await page.keyboard.press(',');
  await expect.poll(() => replayedFrame(camera)).toBe((at + park.loopFrames - 1) % park.loopFrames);
  await page.keyboard.press('.');
  await expect.poll(() => replayedFrame(camera)).toBe(at);
  await page.keyboard.press('.');
  await expect.poll(() => replayedFrame(camera)).toBe((at + 1) % park.loopFrames);

  await page.keyboard.press('r');
  await expect(camera.locator('.mark')).toHaveCount(0);
  await expectMoving(camera);
});

test('kept as a picture: a file for the person, the same bytes on record', async ({ page, park }) => {
  const camera = await lookAt(page, park);
  await aim(camera);
  const named = await downloadNames(page);
  const download = page.waitForEvent('download');
  await page.keyboard.press('c');
  const file = await download;
  expect(await file.failure()).toBeNull();
  expect(await named()).toEqual([
    expect.stringMatching(/^北围界西_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.\d{3}\.jpg$/),
  ]);
  const bytes = readFileSync(await file.path());
  const guard = await park.api('guard');
  const search = () => guard.records.search({ kinds: ['snapshot'] });
  await expect.poll(async () => (await search()).items.length).toBe(1);
  const [record] = (await search()).items;
  expect(record).toMatchObject({
    deviceId: CAMERA,
    type: 'snapshot.kept',
    data: { shown: 'live', area: 'whole' },
  });
  const kept = await guard.pictures.get({ id: record!.data['pictureId'] as string });
  expect(Buffer.from(kept.base64, 'base64').equals(bytes)).toBe(true);

  await open(page, 'records');
  await page
    .getByRole('option')
    .filter({ hasText: word('records.type.snapshot.kept') })
    .first()
    .click();
  await expect(
    page.getByRole('complementary', { name: word('records.detail') }).getByRole('img'),
  ).toBeVisible();
});

test('reported with its picture: an event and an alarm', async ({ page, park }) => {
  const camera = await lookAt(page, park);
  await aim(camera);
  await page.keyboard.press('Shift+E');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('img', { name: word('tile.picture') })).toBeVisible();
  await dialog.getByRole('textbox', { name: word('tile.note') }).fill('有人翻越');
  await dialog.getByRole('button', { name: word('tile.report') }).click();
  await expect(dialog).toHaveCount(0);
  await open(page, 'alarms');
  await page.getByText(word('alarmType.intrusion.area')).first().click();
  await expect(page.locator('.detail').getByRole('img').last()).toBeVisible();
});
