/**
 * Takes the README's pictures of the real console on the demo park: `npm run pictures`. Run it after a
 * change of what people see, look at the result, and commit it.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright';
import { startWebHost } from '../peers/web-host.ts';

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const folder = root('resources/docs/pictures');

/** Waits until the pictures of cameras on the screen move, at most 30 s: a picture of a black tile is not true. */
const camerasLive = async (page: Page, count: number) => {
  await page.waitForFunction(
    (wanted) => document.querySelectorAll('[data-camera][data-live=true]').length >= wanted,
    count,
    { timeout: 30_000 },
  );
};
const take = async (page: Page, name: string) => {
  await page.mouse.move(960, 4);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  console.log(`pictures: ${name}`);
};
const open = async (page: Page, path: string) => {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, path);
};

const data = mkdtempSync(join(tmpdir(), 'guardroom-pictures-'));
mkdirSync(folder, { recursive: true });
const host = await startWebHost(data, ['--site', root('resources/demo/site.yaml')]);
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, locale: 'zh-CN' });
  await page.goto(host.url);
  await page.locator('input').first().fill('leader');
  await page.locator('input[type=password]').fill('demo-leader');
  await page.keyboard.press('Enter');
  await page.locator('canvas').first().waitFor();
  await open(page, '#/system?tab=demo');
  await page.locator('[data-scenario=tailgating] button').click();
  await page.locator('[data-scenario=gas-leak] button').click();
  await page.locator('[data-scenario=intrusion] button').click();
  await open(page, '#/');
  // the intrusion's cameras come up by themselves
  await page.locator('section.hot').waitFor({ timeout: 60_000 });
  await camerasLive(page, 3);
  await page.waitForTimeout(12_000);
  await take(page, 'overview');
  await open(page, '#/alarms');
  await page.waitForTimeout(2_500);
  await take(page, 'alarms');
  await open(page, '#/video');
  await page.getByRole('heading', { name: '视频' }).waitFor();
  await camerasLive(page, 1);
  await page.keyboard.press('3');
  await camerasLive(page, 9);
  await page.waitForTimeout(2_000);
  await take(page, 'video');
  await page.keyboard.press('p');
  await page.waitForTimeout(1_500);
  await page.getByRole('button', { name: '启动真实执行' }).click();
  await page.locator('[role=dialog] button[data-first], [role=dialog] [data-first] button').first().click();
  await page.waitForTimeout(4_000);
  await take(page, 'emergency');
  await open(page, '#/broadcast');
  await page.waitForTimeout(2_500);
  await take(page, 'broadcast');
  await open(page, '#/records');
  await page.waitForTimeout(3_000);
  await take(page, 'records');
} finally {
  await browser.close();
  host.child.kill('SIGTERM');
  await host.ended;
  rmSync(data, { recursive: true, force: true });
}
