import { expect, type Locator, type Page } from '@playwright/test';
import { BARCODE, readBarcode } from '#tests/peers/rtsp-barcode.ts';
import type { Park } from './park.ts';
import { word, type Language } from './words.ts';

/** Opens the console and signs in as people do. */
export async function signIn(
  page: Page,
  park: Pick<Park, 'url'>,
  username: string,
  options: { language?: Language; password?: string } = {},
): Promise<void> {
  const { language = 'zh', password = `demo-${username}` } = options;
  if (language === 'en') await page.addInitScript(() => localStorage.setItem('guardroom.language', 'en'));
  await page.goto(park.url);
  await page.getByRole('textbox', { name: word('app.username', {}, language) }).fill(username);
  await page.getByRole('textbox', { name: word('app.password', {}, language) }).fill(password);
  await page.getByRole('button', { name: word('app.signIn', {}, language), exact: true }).click();
  await expect(page.getByRole('navigation', { name: word('app.screens', {}, language) })).toBeVisible();
}

/** The strip of the newest alarm, on every screen. */
export const banner = (page: Page, language: Language = 'zh'): Locator =>
  page.getByRole('region', { name: word('app.newestAlarm', {}, language) });

/** Opens a screen by its entry in the rail. */
export async function open(page: Page, screen: string, language: Language = 'zh'): Promise<void> {
  const rail = page.getByRole('navigation', { name: word('app.screens', {}, language) });
  await rail
    .locator(`a[href^="#/${screen === 'overview' ? '' : screen}"]`)
    .first()
    .click();
  await expect(page).toHaveURL(new RegExp(`#/${screen === 'overview' ? '(?:$|\\?)' : screen}`));
  // a key that is pressed before the screen is there is nobody's
  await expect(page.locator(`main[data-screen="${screen}"]`)).toBeAttached();
}

export const tile = (page: Page, cameraId: string): Locator =>
  page.locator(`[data-camera="${cameraId}"]`).first();

/**
 * The frame number burnt into a camera's picture, read back from what the browser decoded, and how many frames it has
 * decoded so far (null for a player on a canvas). Undefined while there is no picture.
 */
export async function pictureOf(
  camera: Locator,
): Promise<{ cells: number[]; decoded: number | null } | undefined> {
  return camera.evaluate((element, { cell, bits }) => {
    const video = element.querySelector('video');
    const picture = video ?? element.querySelector('canvas');
    if (!picture || (video ? video.videoWidth : picture.width) === 0) return undefined;
    const strip = new OffscreenCanvas((bits + 4) * cell, 1);
    const pen = strip.getContext('2d')!;
    pen.drawImage(picture, 0, cell / 2, strip.width, 1, 0, 0, strip.width, 1);
    const row = pen.getImageData(0, 0, strip.width, 1).data;
    const cells = Array.from({ length: bits + 4 }, (_, at) => row[(at + 0.5) * cell * 4] ?? 0);
    return { cells, decoded: video?.getVideoPlaybackQuality().totalVideoFrames ?? null };
  }, BARCODE);
}

/**
 * Waits until a camera's picture is moving: the number burnt into it goes on, and, where the tile plays in a video element,
 * so does the browser's count of decoded frames.
 * @returns frames that the video element has decoded; null where a canvas is painted
 */
export async function expectMoving(camera: Locator): Promise<number | null> {
  await expect(camera).toHaveAttribute('data-live', 'true', { timeout: 20_000 });
  const numbers = new Set<number>();
  const decoded = new Set<number>();
  await expect
    .poll(async () => {
      const picture = await pictureOf(camera);
      const number = picture && readBarcode(picture.cells);
      if (number !== undefined) numbers.add(number);
      if (picture?.decoded) decoded.add(picture.decoded);
      return { numbers: numbers.size >= 5, decoded: decoded.size >= 5 || picture?.decoded === null };
    })
    .toEqual({ numbers: true, decoded: true });
  return decoded.size > 0 ? Math.max(...decoded) : null;
}
