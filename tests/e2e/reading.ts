/** What every screen has to be in both languages: worded, readable, within the page. */
import { expect, test, type Page } from '@playwright/test';
import { graveFindings } from './axe.ts';
import { misplaced } from './layout.ts';
import { word, type Language } from './words.ts';

const SIZES = [
  { width: 1920, height: 1080 },
  { width: 1366, height: 768 },
];

const gently = expect.configure({ soft: true });

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

/**
 * Reads the page as it is at both sizes of window: no sideways scrolling, nothing cut off or covered, no key instead of words, no Chinese on an English
 * page, no serious or critical finding of axe (names, contrast). Soft: one run names every fault.
 * @param what names the screen or part in what is reported
 */
export async function read(page: Page, what: string, language: Language): Promise<void> {
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
      // a window that has just become smaller is arranged in steps
      await gently.poll(() => misplaced(page), `${at}: cut off or covered`).toEqual([]);
      expect.soft(await unworded(page), `${at}: words missing`).toEqual([]);
      if (language === 'en') {
        const chinese = (await leftChinese(page)).filter((text) => !CHINESE_IN_ENGLISH.test(text));
        expect.soft(chinese, `${at}: not in English`).toEqual([]);
      }
      // Each size is read once: what axe looks at hardly depends on it, and it takes its time.
      if (size !== SIZES[language === 'zh' ? 0 : 1]) continue;
      expect.soft(await graveFindings(page), `${at}: axe`).toEqual([]);
    }
  });
}
