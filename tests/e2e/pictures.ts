/**
 * Takes the pictures of README and manuals from the real console on the demo park: `npm run pictures`. Run it
 * after a change of what people see, look at the result, and commit it. `npm run pictures -- matrix replay`: only those.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright';
import { openApi } from '../peers/console-api.ts';
import { startWebHost } from '../peers/web-host.ts';
import { word } from './words.ts';

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const folder = root('resources/docs/pictures');

/** Waits until the pictures of cameras on the screen move, at most 30 s: a picture of a black tile is not true. */
const camerasLive = async (page: Page, count: number) => {
  await page.waitForFunction(
    (least) => document.querySelectorAll('[data-camera][data-live=true]').length >= least,
    count,
    { timeout: 30_000 },
  );
};
/** JPEG: camera pictures as PNG take four times the room. */
const take = async (page: Page, name: string) => {
  await page.mouse.move(960, 4);
  await page.screenshot({ path: join(folder, `${name}.jpg`), type: 'jpeg', quality: 84 });
  console.log(`pictures: ${name}`);
};
const open = async (page: Page, path: string) => {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, path);
};
/** Names of the pictures that are wanted; none: all. */
const wanted = process.argv.slice(2);
/** One page's picture; what goes wrong with it is said, and the others are taken all the same. */
const attempt = async (name: string, work: () => Promise<void>) => {
  if (wanted.length > 0 && !wanted.includes(name)) return;
  try {
    await work();
  } catch (error) {
    process.exitCode = 1;
    console.error(`pictures: ${name} failed: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const GATES = ['e-01', 'e-02', 'k-01', 'h-01', 's-01', 'c-01', 'p-01', 'g-01'];
const RECORDED = ['n-07', 'n-06', 'n-08', 'm-01', 'e-01', 'e-02'];
/** So that replay and matrix have something to show: recording without end, and one shared view. */
async function furnish(url: string): Promise<void> {
  const system = await openApi(url, { username: 'system', password: 'demo-system' });
  const { cameras } = await system.api.site.get();
  for (const camera of cameras.filter(({ id }) => RECORDED.includes(id)))
    await system.api.site.put({
      collection: 'cameras',
      object: { ...camera, recording: { mode: 'continuous' } } as never,
    });
  system.close();
  const leader = await openApi(url, { username: 'leader', password: 'demo-leader' });
  const view = {
    ...{ name: '门岗与车场', layout: '1+7', hot: 0 },
    places: GATES.map((cameraId, at) => ({ cameraId, held: at === 1 })),
  };
  await leader.api.views.share({ view });
  leader.close();
}

const data = mkdtempSync(join(tmpdir(), 'guardroom-pictures-'));
mkdirSync(folder, { recursive: true });
const host = await startWebHost(data, ['--site', root('resources/demo/site.yaml')]);
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
});
try {
  await furnish(host.url);
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, locale: 'zh-CN' });
  await page.goto(host.url);
  await page.locator('input').first().fill('leader');
  await page.locator('input[type=password]').fill('demo-leader');
  await page.keyboard.press('Enter');
  const map = page.locator('.park-map canvas').first();
  await map.waitFor();
  await attempt('look-here', async () => {
    await page.waitForTimeout(3_000);
    await page.keyboard.press('l');
    await page.getByText(word('look.hint')).first().waitFor();
    const box = (await map.boundingBox())!;
    await page.mouse.click(box.x + box.width * 0.812, box.y + box.height * 0.465);
    const strip = page.getByRole('region', { name: word('look.title') });
    await strip.getByText(word('look.outcome.turned')).first().waitFor({ timeout: 30_000 });
    await camerasLive(page, 1);
    await page.waitForTimeout(5_000);
    await take(page, 'look-here');
  });
  await page.keyboard.press('Escape');
  await open(page, '#/system?tab=demo');
  await page.locator('[data-scenario=tailgating] button').click();
  await page.locator('[data-scenario=gas-leak] button').click();
  await page.locator('[data-scenario=intrusion] button').click();
  await open(page, '#/');
  // the intrusion's cameras come up by themselves
  await page.locator('section.hot').waitFor({ timeout: 60_000 });
  await attempt('overview', async () => {
    await camerasLive(page, 3);
    await page.waitForTimeout(12_000);
    await take(page, 'overview');
  });
  await attempt('matrix', async () => {
    await open(page, '#/matrix');
    await page.locator('.matrix [data-primary=true]').waitFor();
    await camerasLive(page, 3);
    await page.locator('.matrix figure[data-shown-ms]').first().waitFor({ timeout: 30_000 });
    await page.waitForTimeout(9_000);
    await take(page, 'matrix');
  });
  await attempt('alarms', async () => {
    await open(page, '#/alarms');
    await camerasLive(page, 2);
    await page.waitForTimeout(8_000);
    await take(page, 'alarms');
  });
  await attempt('video', async () => {
    await open(page, '#/video');
    await page.getByRole('heading', { name: '视频' }).waitFor();
    await page.keyboard.press('Alt+1');
    await page.waitForFunction(() => document.querySelectorAll('[data-place]').length === 8);
    await camerasLive(page, 8);
    await page.waitForTimeout(3_000);
    await take(page, 'video');
  });
  await attempt('replay', async () => {
    await open(page, `#/replay?camera=n-07&at=${Date.now() - 30_000}`);
    for (const id of ['n-06', 'm-01', 'e-01']) {
      const row = page.locator(`[data-tree-camera="${id}"]`);
      if ((await row.getAttribute('aria-checked')) !== 'true') await row.click();
    }
    await page.waitForTimeout(3_000);
    await page.keyboard.press('k');
    await page.waitForTimeout(3_000);
    await take(page, 'replay');
  });
  await attempt('emergency', async () => {
    await open(page, '#/alarms');
    await page.keyboard.press('p');
    await page.waitForTimeout(1_500);
    await page.getByRole('button', { name: '启动真实执行' }).click();
    await page.locator('[role=dialog] button[data-first], [role=dialog] [data-first] button').first().click();
    await page.waitForTimeout(4_000);
    await take(page, 'emergency');
  });
} finally {
  await browser.close();
  host.child.kill('SIGTERM');
  await host.ended;
  rmSync(data, { recursive: true, force: true });
}
