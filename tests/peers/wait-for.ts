import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `condition` holds, looking every few ms. @throws after `limitMs` (20 s), naming what did not come. */
export async function waitFor(what: string, condition: () => unknown, limitMs = 20_000): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`waited ${limitMs} ms in vain for: ${what}`);
    await delay(5);
  }
}
