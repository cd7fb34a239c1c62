/** Steering in the alarm matrix: a camera that somebody steers is not taken from the screen. */
import { startOnvifDevice } from '#tests/peers/onvif-device.ts';
import { banner, open, signIn } from './console.ts';
import { expect, test } from './test.ts';
import { word } from './words.ts';

const CAMERA = 'cam-open';

test('the primary camera is steered beside its picture, and no higher alarm takes it meanwhile', async ({
  page,
  park,
}) => {
  const device = await startOnvifDevice({});
  park.onStop(() => device.stop());
  const admin = await park.api('admin');
  const camera = (await admin.site.get()).cameras.find(({ id }) => id === CAMERA)!;
  const onvif = { address: device.host, port: device.port };
  await admin.site.put({ collection: 'cameras', object: { ...camera, ptz: true, onvif } as never });

  await signIn(page, park, 'guard');
  await park.event('fence-1', 'intrusion.fence');
  await expect(banner(page)).toContainText('北围界 01');
  await open(page, 'matrix');
  const matrix = page.locator('.matrix');
  await expect(matrix.locator('[data-primary=true]')).toHaveAttribute('data-camera', CAMERA);
  await page.keyboard.press('t');
  const panel = matrix.locator('aside.ptz');
  const ring = (await panel.locator('.ring').boundingBox())!;
  await page.mouse.move(ring.x + ring.width * 0.95, ring.y + ring.height / 2);
  await page.mouse.down();
  await expect.poll(() => device.head.position().pan).toBeGreaterThan(0.05);
  await page.mouse.up();
  await expect(panel.locator('.who')).toContainText(word('ptz.you'));

  // from here on no hand is seen in this window: control is all that says somebody works
  const guard = await park.api('guard');
  await guard.ptz.keep({ cameraId: CAMERA, keep: true });
  const restsSinceMs = Date.now();
  const shown = (await matrix.getAttribute('data-shown'))!;
  await park.event('smoke-1', 'fire.smoke', { severity: 1 });
  await expect(page.getByRole('status').filter({ hasText: word('matrix.waiting', { count: 1 }) })).toBeVisible(); // prettier-ignore
  await expect.poll(() => Date.now() - restsSinceMs, { timeout: 40_000 }).toBeGreaterThan(20_000);
  await expect(matrix).toHaveAttribute('data-shown', shown);
  await guard.ptz.release({ cameraId: CAMERA });
  await expect(matrix).not.toHaveAttribute('data-shown', shown);
});
