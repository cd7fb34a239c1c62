import type { Page } from '@playwright/test';

/**
 * What a person cannot read or press because of where it is: text cut off without an ellipsis, a control that is cut off by
 * an edge that nothing scrolls, a control or text under something else. With a dialog open only what is in it is looked at.
 */
export async function misplaced(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    /** Pixels that shadows, borders and the shape of letters may stand out. */
    const SLACK = 2;
    const CONTROLS = 'button, a[href], input, textarea, [role=button], [role=checkbox], [role=switch]';
    /** Lie over each other as what they are: moments on a line, signs on a map, what only a reader hears. */
    const LEFT_OUT = '[role=slider] *, .maplibregl-map *, .n-message-container *, [data-raw] *, svg *';
    const found = new Set<string>();
    const nameOf = (element: Element) => {
      const words = element.getAttribute('aria-label') ?? element.textContent ?? '';
      return `${element.tagName.toLowerCase()}.${element.classList[0] ?? ''} "${words.trim().slice(0, 40)}"`;
    };
    const isSeen = (element: Element) =>
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
      element.getBoundingClientRect().width > 1;

    /** The part of an element that is let through to the screen, and whether the rest can be scrolled to. */
    function letThrough(element: Element) {
      let [left, top, right, bottom] = [0, 0, innerWidth, innerHeight];
      let [scrollsX, scrollsY] = [false, false];
      let isFree = getComputedStyle(element).position === 'absolute';
      if (getComputedStyle(element).position === 'fixed')
        return { left, top, right, bottom, scrollsX, scrollsY };
      for (let one = element.parentElement; one; one = one.parentElement) {
        const style = getComputedStyle(one);
        // what is placed absolutely is cut off by what it is placed in only
        if (isFree && style.position === 'static') continue;
        isFree = style.position === 'absolute';
        const box = one.getBoundingClientRect();
        if (style.overflowX !== 'visible')
          [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
        if (style.overflowY !== 'visible')
          [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
        scrollsX ||= /auto|scroll/.test(style.overflowX) && one.scrollWidth > one.clientWidth;
        scrollsY ||= /auto|scroll/.test(style.overflowY) && one.scrollHeight > one.clientHeight;
        if (style.position === 'fixed') break;
      }
      return { left, top, right, bottom, scrollsX, scrollsY };
    }
    const hitAt = (x: number, y: number) => document.elementFromPoint(x, y);
    /** What comes up over the page for a moment, for what one has pressed. */
    const PASSING = '.n-popover, .n-dropdown-menu, .n-base-select-menu';
    const isOf = (hit: Element | null, element: Element) =>
      hit === null ||
      hit.closest(PASSING) !== null ||
      hit.contains(element) ||
      element.contains(hit) ||
      hit.closest('label')?.contains(element) === true;

    function look(element: Element, box: DOMRect, what: string): void {
      const part = letThrough(element);
      const outX = Math.max(part.left - box.left, box.right - part.right);
      const outY = Math.max(part.top - box.top, box.bottom - part.bottom);
      if (outX > SLACK && !part.scrollsX)
        found.add(`${what} cut off by ${Math.round(outX)} px across: ${nameOf(element)}`);
      if (outY > SLACK && !part.scrollsY)
        found.add(`${what} cut off by ${Math.round(outY)} px down: ${nameOf(element)}`);
      const x = (Math.max(box.left, part.left) + Math.min(box.right, part.right)) / 2;
      const y = (Math.max(box.top, part.top) + Math.min(box.bottom, part.bottom)) / 2;
      const isThere =
        box.left < part.right && box.right > part.left && box.top < part.bottom && box.bottom > part.top;
      if (!isThere || getComputedStyle(element).pointerEvents === 'none') return;
      const hit = hitAt(x, y);
      if (!isOf(hit, element)) found.add(`${what} covered by ${nameOf(hit!)}: ${nameOf(element)}`);
    }

    const root = [...document.querySelectorAll('[aria-modal=true]')].at(-1) ?? document.body;
    for (const element of root.querySelectorAll(CONTROLS)) {
      if (element.matches(LEFT_OUT) || !isSeen(element)) continue;
      look(element, element.getBoundingClientRect(), 'control');
    }
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!element || node.textContent?.trim() === '' || element.matches(LEFT_OUT) || !isSeen(element))
        continue;
      const style = getComputedStyle(element);
      // shortened on purpose, or as tall as its letters need whatever its line is
      if (style.textOverflow === 'ellipsis' || element.closest('.ellipsis, textarea, pre')) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) continue;
      const line = element.getBoundingClientRect();
      const y = Math.max(box.top, line.top);
      look(element, new DOMRect(box.left, y, box.width, Math.min(box.bottom, line.bottom) - y), 'text');
    }
    return [...found];
  });
}
