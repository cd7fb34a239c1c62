/**
 * The screens that work with pictures, with everything on them that can be opened: the wall and its tools, PTZ, replay,
 * video patrols, cameras; in both languages worded, readable, within the page.
 */
import type { Page } from '@playwright/test';
import { startOnvifDevice, type OnvifDevice } from '#tests/peers/onvif-device.ts';
import { expectMoving, open, signIn, tile } from './console.ts';
import type { Park } from './park.ts';
import { read } from './reading.ts';
import { record } from './recorded.ts';
import { expect, test } from './test.ts';
import { word, type Language } from './words.ts';

let dome: OnvifDevice | undefined;
test.afterEach(async () => {
  await dome?.stop();
  dome = undefined;
});

const camera = async (park: Park, id: string, change: Record<string, unknown>) => {
  const admin = await park.api('admin');
  const was = (await admin.site.get()).cameras.find((one) => one.id === id);
  await admin.site.put({ collection: 'cameras', object: { ...was, ...change } as never });
};
/** The open camera becomes a dome with two presets. */
async function makeDome(park: Park): Promise<void> {
  dome = await startOnvifDevice({ login: { user: 'admin', password: 'dome-Secret' } });
  const onvif = { address: dome.host, port: dome.port };
  const admin = await park.api('admin');
  const was = (await admin.site.get()).cameras.find(({ id }) => id === 'cam-open')!;
  await admin.site.put({
    collection: 'cameras',
    object: { ...was, ptz: true, username: 'admin', onvif } as never,
    cameraPassword: 'dome-Secret',
  });
  const leader = await park.api('leader');
  await expect
    .poll(async () => (await leader.ptz.open({ cameraId: 'cam-open' })).reason, { timeout: 20_000 })
    .toBeNull();
  for (const name of ['P1', 'P2']) await leader.ptz.setPreset({ cameraId: 'cam-open', name });
}
/** Closes what has come up over the page. */
async function close(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
}

for (const language of ['zh', 'en'] as const satisfies readonly Language[]) {
  const say = (key: string, params = {}) => word(key, params, language);
  const button = (page: Page, key: string) => page.getByRole('button', { name: say(key), exact: true });

  test(`the wall, its dialogs and PTZ in ${language}`, async ({ page, park }) => {
    await makeDome(park);
    await signIn(page, park, 'leader', { language });
    await open(page, 'video', language);
    await expectMoving(tile(page, 'cam-open'));
    await tile(page, 'cam-open').click({ position: { x: 40, y: 120 } });
    const panel = page.locator('aside.ptz');
    await button(page, 'ptz.take').click();
    await expect(button(page, 'ptz.release')).toBeVisible();
    await panel.getByRole('switch').click();
    await button(page, 'ptz.edit').click();
    await page.keyboard.press('l');
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await expect(page.locator('[data-place="0"] dl')).toContainText('H.264');
    await read(page, 'wall with PTZ, details, marks', language);

    await button(page, 'ptz.tour.edit').click();
    const tour = page.getByRole('dialog', { name: say('ptz.tour.title') });
    await tour.locator('.n-select').first().click();
    await page.locator('.n-base-select-option', { hasText: say('ptz.rest.tour') }).click();
    await button(page, 'ptz.tour.all').click();
    await button(page, 'ptz.tour.addTime').click();
    await expect(page.locator('.n-base-select-menu:visible')).toHaveCount(0);
    await read(page, 'tour of presets', language);
    await close(page);
    await button(page, 'wall.turns.title').click();
    await expect(page.getByRole('dialog', { name: say('wall.turns.title') })).toBeVisible();
    await read(page, 'carousel', language);
    await close(page);

    await page.keyboard.press('Control+s');
    const naming = page.getByRole('dialog', { name: say('wall.view.saveAs') });
    await naming.getByRole('textbox').fill('Night');
    await read(page, 'save a view', language);
    await naming.getByRole('button', { name: say('wall.view.save'), exact: true }).click();
    await expect(naming).toBeHidden();
    await page.getByRole('button', { name: say('wall.view.more', { name: 'Night' }) }).click();
    await expect(page.getByText(say('wall.view.overwrite'))).toBeVisible();
    await read(page, 'menu of a view', language);
    await page.keyboard.press('Escape');

    await page.keyboard.press('y');
    await expect(page.locator('[data-layout="2+8"]')).toBeVisible();
    await read(page, 'layouts', language);
    await page.locator('[data-layout="2+8"]').click();
    await expect(page.locator('[data-place]')).toHaveCount(10);
    await read(page, 'ten places', language);
  });

  test(`what is done with one picture in ${language}`, async ({ page, park }) => {
    await signIn(page, park, 'leader', { language });
    await open(page, 'video', language);
    await page.keyboard.press('1');
    await expect(page.locator('[data-place]')).toHaveCount(1);
    const shown = tile(page, 'cam-open');
    await expectMoving(shown);
    await shown.click({ position: { x: 40, y: 120 } });
    await page.keyboard.press('Shift+C');
    await expect(page.getByRole('dialog', { name: say('tile.snapshot') })).toBeVisible();
    await read(page, 'picture to keep', language);
    await close(page);
    await page.keyboard.press('Shift+E');
    await expect(page.getByRole('dialog')).toBeVisible();
    await read(page, 'report of what is seen', language);
    await close(page);
    await page.keyboard.press('+');
    await expect(shown).toHaveAttribute('data-zoom');
    await page.keyboard.press('r');
    await expect(shown.locator('canvas.replayed')).toBeVisible();
    await read(page, 'enlarged, seen again', language);
  });

  test(`replay with its lists and dialogs in ${language}`, async ({ page, park }) => {
    await camera(park, 'cam-open', { recording: { mode: 'continuous' } });
    const leader = await park.api('leader');
    const span = async () => {
      const toMs = Date.now() + 60_000;
      const ask = { cameraIds: ['cam-open'], fromMs: toMs - 600_000, toMs };
      return (await leader.recording.timeline(ask)).cameras[0]?.ranges[0];
    };
    await park.event('fence-1', 'intrusion.fence');
    await expect.poll(async () => (await span())?.toMs, { timeout: 30_000 }).toBeGreaterThan(0);
    const { fromMs } = (await span())!;
    const range = { cameraIds: ['cam-open'], fromMs, toMs: fromMs + 1_000 };
    const { recording } = leader;
    await recording.addBookmark({ cameraIds: ['cam-open'], atMs: fromMs, text: 'Van', tags: ['gate'] });
    await recording.addLock({ ...range, reason: 'Theft', untilMs: null });
    await recording.addBlock({ ...range, reason: 'Private' });
    await signIn(page, park, 'leader', { language });
    await open(page, 'replay', language);
    await expect(page.getByRole('slider', { name: say('replay.timeline') })).toBeVisible();
    await read(page, 'replay', language);
    await page.keyboard.press('f');
    const panel = page.getByRole('complementary', { name: say('replay.panel') });
    for (const tab of ['alarms', 'bookmarks', 'locks', 'blocks']) {
      await panel.getByRole('button', { name: say(`replay.tab.${tab}`), exact: true }).click();
      await expect(panel.getByRole('listitem').first()).toBeVisible();
      await read(page, `replay, ${tab}`, language);
    }
    await page.keyboard.press('g');
    await expect(page.getByRole('dialog')).toBeVisible();
    await read(page, 'bookmark', language);
    await close(page);
    await page.keyboard.press('i');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('o');
    for (const dialog of ['replay.lock.title', 'replay.block.title', 'evidence.title']) {
      await page
        .getByRole('button', { name: say(dialog) })
        .last()
        .click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await read(page, dialog, language);
      await close(page);
    }
  });

  test(`video patrols in ${language}`, async ({ page, park }) => {
    const leader = await park.api('leader');
    await leader.tours.saveRoute({
      route: {
        name: { zh: '北侧', en: 'North' },
        groups: [{ name: 'N', cameraIds: ['cam-open', 'cam-locked'] }],
        times: ['08:00'],
        dwellSeconds: 1,
      },
    });
    await signIn(page, park, 'leader', { language });
    await open(page, 'tours', language);
    await read(page, 'patrols', language);
    await button(page, 'tours.beginNow').click();
    const confirm = page.getByRole('button', { name: new RegExp(`^${say('tours.confirm')}`) });
    await expect(confirm).toBeEnabled();
    await read(page, 'a patrol under way', language);
    await confirm.click();
    await expect(page.getByText(say('tours.state.confirmed')).first()).toBeVisible();
    await page.getByRole('textbox', { name: say('tours.skipReason') }).fill('fog');
    await button(page, 'tours.skip').click();
    await expect(page.getByText(say('tours.phase.finished')).first()).toBeVisible();
    await read(page, 'a patrol walked', language);
    await button(page, 'tours.report').click();
    await expect(button(page, 'tours.pdf').first()).toBeVisible();
    await read(page, 'report of a shift', language);
    await button(page, 'tours.newRoute').click();
    await expect(button(page, 'tours.save')).toBeVisible();
    await read(page, 'a new route', language);
  });

  test.describe('without pictures', () => {
    test.use({ parkOptions: { cameras: false } });
    test(`cameras in ${language}`, async ({ page, park }) => {
      for (const id of ['cam-1', 'cam-2'])
        await camera(park, id, {
          id,
          name: { zh: id, en: id },
          placeId: 'b1',
          mainUrl: `rtsp://127.0.0.1:9/${id}`,
        });
      await signIn(page, park, 'admin', { language });
      await open(page, 'cameras', language);
      const tab = (id: string) =>
        page
          .getByRole('main')
          .getByRole('navigation')
          .getByText(say(`cameras.tab.${id}`));
      await read(page, 'cameras: discover', language);
      await tab('import').click();
      await read(page, 'cameras: import', language);
      await tab('known').click();
      await page.getByRole('row', { name: /cam-1/ }).getByRole('checkbox').check();
      await expect(
        page.getByRole('complementary', { name: say('cameras.bulk.title', { count: 1 }) }),
      ).toBeVisible();
      await read(page, 'cameras: changed together', language);
      await button(page, 'cameras.byHand').click();
      await expect(page.getByRole('complementary', { name: say('cameras.form.add') })).toBeVisible();
      await read(page, 'cameras: by hand', language);
    });
  });
}

test('the alarm matrix with steering, loop, queue and holds in both languages', async ({ page, park }) => {
  await makeDome(park);
  await record(park, 4);
  await signIn(page, park, 'leader');
  await park.event('fence-1', 'intrusion.fence');
  for (const language of ['zh', 'en'] as const) {
    const say = (key: string, params = {}) => word(key, params, language);
    if (language === 'en') {
      await page.evaluate(() => localStorage.setItem('guardroom.language', 'en'));
      await page.reload();
    }
    await open(page, 'matrix', language);
    const matrix = page.locator('.matrix');
    const primary = matrix.locator('[data-primary=true]');
    await expectMoving(primary);
    await expect(primary).toHaveAttribute('data-camera', 'cam-open');
    await page.keyboard.press('l');
    await page.keyboard.press('Shift+L');
    await page.keyboard.press('t');
    const panel = matrix.locator('aside.ptz');
    await panel.getByRole('button', { name: say('ptz.take') }).click();
    await expect(panel.getByRole('button', { name: say('ptz.release') })).toBeVisible();
    for (const device of ['smoke-1', 'meter-1']) await park.event(device, 'fire.smoke', { severity: 1 });
    await expect(
      page.getByRole('status').filter({ hasText: say('matrix.waiting', { count: 2 }) }),
    ).toBeVisible();
    await expect(
      page.getByRole('region', { name: say('matrix.loop.title') }).locator('[data-shown-ms]'),
    ).toBeVisible();
    await read(page, 'matrix with PTZ', language);
    await page.screenshot({ path: `test-results/matrix-ptz-1366-${language}.png` });
    await page.keyboard.press('t');
    await expect(panel).toHaveCount(0);
    await read(page, 'matrix', language);
    await page.screenshot({ path: `test-results/matrix-1366-${language}.png` });
    await page.keyboard.press('l');
    await page.setViewportSize({ width: 1920, height: 1080 });
  }
});
