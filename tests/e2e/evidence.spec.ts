/** Evidence between two people, verified as its instructions say with ordinary tools; cancelled; gone on with after a crash. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Locator, Page } from '@playwright/test';
import { verifyBundle } from '../../resources/verify/verify.mjs';
import { open, signIn, tile } from './console.ts';
import { record } from './recorded.ts';
import { expect, test } from './test.ts';
import { word } from './words.ts';

const dialogOf = (page: Page) => page.getByRole('dialog', { name: word('evidence.title') });
const rowOf = (page: Page, reason: string) => dialogOf(page).locator('[data-export]', { hasText: reason });
const act = (row: Locator, key: string) => row.getByRole('button', { name: word(key), exact: true });
/** Opens the replay and chooses the stretch from half a minute ago on. */
async function chooseStretch(page: Page): Promise<void> {
  await open(page, 'replay');
  await expect(page.getByRole('slider', { name: word('replay.timeline') })).toBeVisible();
  await page.keyboard.press('i');
}
async function ask(page: Page, reason: string, options: readonly string[]): Promise<Locator> {
  if (!(await dialogOf(page).isVisible())) await page.keyboard.press('e');
  const dialog = dialogOf(page);
  await dialog.getByRole('textbox', { name: word('evidence.reason') }).fill(reason);
  for (const key of options) await dialog.getByRole('checkbox', { name: word(key), exact: true }).check();
  await dialog.getByRole('button', { name: word('evidence.start') }).click();
  await expect(rowOf(page, reason)).toBeVisible();
  return rowOf(page, reason);
}
/** Saves a bundle and hands on the folder in it. */
async function withBundle(page: Page, row: Locator, use: (folder: string) => Promise<void>): Promise<void> {
  // a browser that is driven has the picker of files and refuses it
  await page.evaluate(() => Object.defineProperty(window, 'showSaveFilePicker', { value: undefined }));
  const download = page.waitForEvent('download');
  await act(row, 'evidence.save').click();
  const file = await (await download).path();
  const out = mkdtempSync(join(tmpdir(), 'guardroom-e2e-bundle-'));
  try {
    const unzip = 'import sys,zipfile;zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])';
    execFileSync('python3', ['-c', unzip, file, out]);
    await use(join(out, readdirSync(out)[0]!));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
/** What the instructions in a bundle tell a person on this system to type. */
const commandsOf = (instructions: string): string[] =>
  instructions
    .split('\n')
    .filter((line) => /^ {4}\S/.test(line) && !line.includes('certutil'))
    .map((line) => line.trim());

test('asked for, not by oneself, refused with a reason, approved by another, verified as the instructions say', async ({
  page,
  park,
  browser,
}) => {
  await record(park, 4);
  await signIn(page, park, 'leader');
  await chooseStretch(page);
  const refused = await ask(page, '车辆剐蹭', ['evidence.secondPerson']);
  await expect(refused).toHaveAttribute('data-state', 'awaiting_approval');
  await expect(refused).toContainText(word('evidence.waitsForOther'));
  await expect(act(refused, 'evidence.approve')).toHaveCount(0);
  const approved = await ask(page, '围界翻越', ['evidence.secondPerson', 'evidence.burnTime']);

  const other = await (await browser.newContext({ viewport: { width: 1366, height: 768 } })).newPage();
  await signIn(other, park, 'commander');
  // on whatever screen: two exports wait for this person
  const chip = other.locator('header').getByRole('button', { name: '周班长' });
  await expect(chip).toContainText(word('evidence.waiting', { count: 2 }));
  await chip.click();
  await expect(rowOf(other, '围界翻越')).toContainText('北围界西');
  await expect(rowOf(other, '围界翻越')).toContainText(word('evidence.burnTime'));
  await other.screenshot({ path: 'test-results/evidence-approve.png' });
  await act(rowOf(other, '车辆剐蹭'), 'evidence.reject').click();
  await rowOf(other, '车辆剐蹭').getByRole('textbox').fill('时段不对');
  await act(rowOf(other, '车辆剐蹭'), 'evidence.reject').click();
  await expect(refused).toHaveAttribute('data-state', 'rejected');
  await expect(refused).toContainText('时段不对');
  // what is asked for is seen before it is agreed to
  await act(rowOf(other, '围界翻越'), 'evidence.look').click();
  await expect(dialogOf(other)).toBeHidden();
  await expect(tile(other, 'cam-open')).toBeVisible();

  // one's own is nobody's to approve but another's, and is taken back
  const own = await ask(other, '本人申请', ['evidence.secondPerson']);
  await expect(act(own, 'evidence.approve')).toHaveCount(0);
  const commander = await park.api('commander');
  await expect(
    commander.evidence.approve({ id: (await own.getAttribute('data-export'))! }),
  ).rejects.toMatchObject({ data: { reason: 'evidence.same_person' } });
  await act(own, 'evidence.cancel').click();
  await expect(own).toHaveAttribute('data-state', 'cancelled');

  await act(rowOf(other, '围界翻越'), 'evidence.approve').click();
  await expect(approved).toHaveAttribute('data-state', 'done', { timeout: 30_000 });
  await expect(approved).toContainText(word('evidence.approvedBy', { name: '陈指挥' }));
  await expect(chip).toHaveCount(0);
  await page.screenshot({ path: 'test-results/evidence-done.png' });
  await withBundle(page, approved, async (folder) => {
    const { fingerprint } = await commander.evidence.key();
    expect(await verifyBundle(folder, fingerprint)).toMatchObject({ ok: true, problems: [] });
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as object;
    expect(JSON.stringify(manifest)).toContain('陈指挥');
    for (const language of ['zh', 'en']) {
      const commands = commandsOf(readFileSync(join(folder, `README.${language}.txt`), 'utf8'));
      const said = commands.map((command) =>
        execFileSync('bash', ['-c', command], { cwd: folder }).toString(),
      );
      expect(commands.map((command) => command.split(' ')[0])).toEqual(['openssl', 'openssl', 'openssl', 'sha256sum', 'node']); // prettier-ignore
      expect(said[0]).toContain(fingerprint);
      for (const text of said.slice(1, 3)) expect(text).toContain('Signature Verified Successfully');
    }
  });
  await other.context().close();
});

test('under way it is followed, cancelled without a trace, and gone on with after kill -9', async ({
  page,
  park,
}) => {
  const admin = await park.api('admin');
  const mainUrl = park.cameras!.open.url('/cam-open');
  const more = ['cam-3', 'cam-4', 'cam-5', 'cam-6'];
  for (const id of more)
    await admin.site.put({
      collection: 'cameras',
      object: { id, name: { zh: id, en: id }, placeId: 'b1', mainUrl } as never,
    });
  const ids = ['cam-open', 'cam-locked', ...more];
  await page.addInitScript((cameraIds) => {
    localStorage.setItem('guardroom.replay.leader', JSON.stringify(cameraIds));
  }, ids);
  await record(park, 4);
  await signIn(page, park, 'leader');
  await chooseStretch(page);
  await expect(page.locator('figure[data-camera]')).toHaveCount(ids.length);

  const first = await ask(page, '取消的', ['evidence.burnTime']);
  await expect(first.getByRole('progressbar')).toBeVisible();
  await act(first, 'evidence.cancel').click();
  await expect(first).toHaveAttribute('data-state', 'cancelled');
  const folderOf = async (row: Locator) =>
    join(park.dataDir, 'data', 'exports', (await row.getAttribute('data-export'))!);
  expect(existsSync(await folderOf(first))).toBe(false);

  const second = await ask(page, '中断的', ['evidence.burnTime']);
  const folder = await folderOf(second);
  await expect(second.getByRole('progressbar')).toBeVisible();
  await expect.poll(() => existsSync(join(folder, 'video'))).toBe(true);
  await park.killHost();
  const db = new DatabaseSync(join(park.dataDir, 'data', 'guardroom.sqlite'));
  const { state } = db.prepare("SELECT state FROM evidence_export WHERE reason = '中断的'").get() as {
    state: string;
  };
  db.close();
  expect(state, 'killed in the middle').toBe('running');
  const stale = page.getByRole('alert').filter({ hasText: word('app.stale.title') });
  await expect(stale).toBeVisible();
  await park.startHost();
  await expect(stale).toBeHidden({ timeout: 15_000 });
  await expect(second).toHaveAttribute('data-state', 'done', { timeout: 40_000 });
  await withBundle(page, second, async (bundle) => {
    const { fingerprint } = await (await park.api('leader')).evidence.key();
    expect(await verifyBundle(bundle, fingerprint)).toMatchObject({ ok: true, problems: [] });
    const videos = readdirSync(join(bundle, 'video'));
    for (const id of ids) expect(videos.join(' ')).toContain(id);
  });
});
