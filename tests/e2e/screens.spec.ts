import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { signIn } from './console.ts';
import type { Park } from './park.ts';
import { expect, test } from './test.ts';
import { word, type Language } from './words.ts';

const SIZES = [
  { width: 1920, height: 1080 },
  { width: 1366, height: 768 },
];

/** Something to show on every screen: alarms open and closed, a run, values, a patrol, a refused message. */
async function fill(park: Park): Promise<void> {
  await park.event('fence-1', 'intrusion.fence');
  await park.event('smoke-1', 'fire.smoke');
  await park.event('meter-1', 'power.overload', { severity: 4 });
  await park.event('fence-1', 'no.such.type', { severity: 9 });
  await park.event('terminal-1', 'patrol.scan', {
    state: 'info',
    data: { checkpointId: 'cp-1', guard: 'Wang', routeId: 'night' },
  });
  await park.publish('meter-1', 'telemetry', { occurredAt: Date.now(), values: { power: 123 } });
  const guard = await park.api('guard');
  await expect.poll(async () => (await guard.alarms.list({ open: true })).items.length).toBeGreaterThan(2);
  const { items } = await guard.alarms.list({ open: true });
  const fence = items.find((alarm) => alarm.deviceId === 'fence-1')!;
  await guard.alarms.comment({ id: fence.id, text: 'seen' });
  await guard.runs.start({ planId: 'proof', alarmId: fence.id, drill: false });
}

/** Text on the page that is a key or a code instead of words: two or more names joined by dots. */
async function unworded(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const isCode = (text: string) => /^[a-z][A-Za-z]*(?:\.[a-z_][A-Za-z0-9_]*)+$/.test(text.trim());
    const found = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node instanceof Element ? node : node.parentElement;
      // What is recorded is shown as it is: topics, ids, details of the audit.
      if (element?.closest('pre, .details, .topic, .num, [data-raw]')) continue;
      const texts =
        node instanceof Element
          ? ['aria-label', 'title', 'placeholder', 'alt'].map((name) => node.getAttribute(name) ?? '')
          : [node.textContent ?? ''];
      for (const text of texts)
        for (const part of text.split(/[\s,;:：，；·()（）]+/)) if (isCode(part)) found.add(part);
    }
    return [...found];
  });
}

/** Chinese on an English page, other than what people and devices have said in it. */
async function leftChinese(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent?.trim() ?? '';
      if (/[\u3400-\u9fff]/.test(text)) found.add(text);
    }
    return [...found];
  });
}
/** Names of people are what they are; the other language's button is in that language; a message is spoken as written. */
const CHINESE_IN_ENGLISH = /^中文$|李值班员|周班长|陈指挥|王巡更|来访者|管理员|岗亭 Guardroom|请立即离开围界/;

async function check(page: Page, what: string, language: Language): Promise<void> {
  await test.step(what, async () => {
    for (const size of SIZES) {
      await page.setViewportSize(size);
      const at = `${what} at ${size.width}`;
      // The screen has come, and nothing on it is still loading.
      await expect(page.getByText(word('app.loading', {}, language), { exact: true })).toHaveCount(0);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect.soft(overflow, `${at}: scrolls sideways`).toBeLessThanOrEqual(0);
      expect.soft(await unworded(page), `${at}: words missing`).toEqual([]);
      if (language === 'en') {
        const chinese = (await leftChinese(page)).filter((text) => !CHINESE_IN_ENGLISH.test(text));
        expect.soft(chinese, `${at}: not in English`).toEqual([]);
      }
      // Each size is read once: what axe looks at hardly depends on it, and it takes its time.
      if (size !== SIZES[language === 'zh' ? 0 : 1]) continue;
      const { violations } = await new AxeBuilder({ page }).analyze();
      const grave = violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) =>
          nodes.slice(0, 4).map(({ target, any }) => `${id} ${target.join(' ')} ${any[0]?.message ?? ''}`),
        );
      expect.soft(grave, `${at}: axe`).toEqual([]);
    }
  });
}

for (const language of ['zh', 'en'] as const) {
  const rail = (page: Page) =>
    page.getByRole('navigation', { name: word('app.screens', {}, language) }).getByRole('link');

  test(`the guard's screens in ${language}: worded, readable, within the page`, async ({ page, park }) => {
    await fill(park);
    if (language === 'en') await page.addInitScript(() => localStorage.setItem('guardroom.language', 'en'));
    await page.goto(park.url);
    await expect(page.getByRole('textbox').first()).toBeVisible();
    await check(page, 'sign-in', language);
    await signIn(page, park, 'guard', { language });
    const screens = await rail(page).evaluateAll((links) => links.map((link) => link.getAttribute('href')!));
    expect(screens.length).toBeGreaterThan(5);
    for (const href of screens) {
      await page.goto(`${park.url}${href}`);
      await expect(page.getByRole('main').getByRole('heading').first()).toBeAttached();
      await check(page, href, language);
    }
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toContainText(word('app.help.acknowledge', {}, language));
    await check(page, 'help', language);
  });

  test(`the administrators' screens in ${language}: worded, readable, within the page`, async ({
    context,
    park,
  }) => {
    await fill(park);
    for (const username of ['admin', 'security', 'audit']) {
      const page = await context.newPage();
      await signIn(page, park, username, { language });
      await page.goto(`${park.url}#/system`);
      const tabs = page.getByRole('main').getByRole('navigation').getByRole('button');
      await expect(tabs.first()).toBeVisible();
      for (let at = 0; at < (await tabs.count()); at += 1) {
        await tabs.nth(at).click();
        await expect(tabs.nth(at)).toHaveAttribute('aria-current', 'page');
        await check(page, `${username} ${await tabs.nth(at).textContent()}`, language);
      }
      await page.close();
    }
  });
}
