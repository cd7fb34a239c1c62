/** Both streams of a camera recorded at once, as an administrator sets it up and a guard sees it. */
import type { Page } from '@playwright/test';
import { open, signIn, tile } from './console.ts';
import type { Park } from './park.ts';
import { expect, test } from './test.ts';
import { word } from './words.ts';

const SUB = word('recording.rule.stream.sub');

/** A choice of a form: by what it says now, to what it is to say. */
async function choose(
  page: Page,
  within: ReturnType<Page['locator']>,
  now: string,
  next: string,
): Promise<void> {
  await within.locator('.n-select', { hasText: now }).first().click();
  await page.locator('.n-base-select-option', { hasText: next }).click();
}

test('the sub stream always and the main stream too: set in the form, told of each, replayed by the size of the tile', async ({
  browser,
  page,
  park,
}) => {
  await setUp(await browser.newPage(), park);
  await signIn(page, park, 'leader');
  await open(page, 'video');
  const told = (['main', 'sub'] as const).map((stream) =>
    word('recording.ofStream', {
      stream: word(`recording.rule.stream.${stream}`),
      state: word('recording.state.recording'),
    }),
  );
  await expect(page.getByRole('img', { name: told.join('\n') })).toBeVisible();

  // What is replayed is there in both.
  const leader = await park.api('leader');
  const recorded = async () => {
    const toMs = Date.now();
    const { cameras } = await leader.recording.timeline({
      cameraIds: ['cam-open'],
      fromMs: toMs - 600_000,
      toMs,
    });
    const of = (stream: string) => cameras[0]!.ranges.filter((range) => range.stream === stream);
    return Math.min(
      ...['main', 'sub'].map((stream) => of(stream).reduce((sum, one) => sum + one.toMs - one.fromMs, 0)),
    );
  };
  await expect.poll(recorded, { timeout: 60_000 }).toBeGreaterThan(14_000);
  const atMs = Date.now() - 6_000;
  await page.goto(`${park.url}#/replay?camera=cam-open&at=${atMs + 3_000}`);
  const shown = tile(page, 'cam-open');
  await expect(shown).toHaveAttribute('data-shown-ms', /\d/);
  await expect(shown).toHaveAttribute('data-stream', 'main');
  await page.keyboard.press('k');
  await expect(page.getByRole('button', { name: word('replay.play') })).toBeVisible();
  await page.screenshot({ path: 'test-results/two-streams-large.png' });
  const pictureWidth = () =>
    shown
      .locator('canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => canvas.width);
  expect(await pictureWidth()).toBe(640);
  const before = Number(await shown.getAttribute('data-shown-ms'));

  // Smaller, and larger again: another stream, the same moment, and never a dark tile on the way.
  const large = page.viewportSize()!;
  for (const [size, stream, width] of [
    [{ width: 640, height: 480 }, 'sub', 320],
    [large, 'main', 640],
  ] as const) {
    const dark = await watchForDark(page);
    await page.setViewportSize(size);
    await expect(shown).toHaveAttribute('data-stream', stream);
    await expect.poll(pictureWidth).toBe(width);
    await expect
      .poll(async () => Math.abs(Number(await shown.getAttribute('data-shown-ms')) - before))
      .toBeLessThan(100);
    expect(await dark()).toEqual([]);
  }
});

/** Switches both on in the camera's form. */
async function setUp(page: Page, park: Park): Promise<void> {
  await signIn(page, park, 'admin');
  await open(page, 'cameras');

  await page.getByText(word('cameras.tab.known'), { exact: true }).first().click();
  await page
    .getByRole('row', { name: /cam-open/ })
    .getByRole('button', { name: word('cameras.known.open') })
    .click();
  const form = page.getByRole('complementary', { name: word('cameras.form.edit') });
  await choose(page, form, word('recording.rule.mode.off'), word('recording.rule.mode.continuous'));
  const both = form.getByRole('checkbox', { name: word('recording.rule.beside.also', { stream: SUB }) });
  // A camera with one stream cannot, and the form says why.
  await expect(form.getByText(word('recording.rule.beside.oneStream'))).toBeVisible();
  await expect(both).toHaveClass(/n-checkbox--disabled/);
  const sub = form.getByRole('textbox', { name: word('cameras.field.subUrl') });
  await sub.fill(park.cameras!.open.url('/cam-open-sub'));
  await both.click();
  const beside = form.getByRole('group', { name: SUB });
  await beside
    .getByRole('button', { name: word('recording.rule.term', { days: 90 }), exact: true })
    .first()
    .click();
  await beside.screenshot({ path: 'test-results/two-streams-form.png' });
  await form.getByRole('button', { name: word('app.save') }).click();
  await expect(form).toBeHidden();
  const admin = await park.api('admin');
  const camera = (await admin.site.get()).cameras.find(({ id }) => id === 'cam-open')!;
  expect(camera.recording).toMatchObject({
    ...{ mode: 'continuous', stream: 'main', keepDays: 30 },
    beside: { mode: 'continuous', keepDays: 90 },
  });
  await page.close();
}

/** Notes what a tile says in place of its picture, until it is asked. */
async function watchForDark(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    const figure = document.querySelector('[data-camera="cam-open"]')!;
    new MutationObserver(() => {
      const text = figure.querySelector('.nothing')?.textContent;
      if (text) said.push(text);
    }).observe(figure, { childList: true, subtree: true });
  });
  return () => page.evaluate(() => (window as unknown as { said: string[] }).said);
}
