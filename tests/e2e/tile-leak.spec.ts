/** A shift of layout changes in the built console: nothing of the tiles that were stays behind. */
import type { CDPSession, Page } from '@playwright/test';
import { expectMoving, open, signIn, tile } from './console.ts';
import { expect, test } from './test.ts';

const SWITCHES = 300;
/** After so many everything that is made once (the socket, caches, compiled code) is there. */
const WARM = 100;
/** What tiles are made of in the browser. */
const KINDS = [
  'HTMLVideoElement',
  'MediaSource',
  'SourceBuffer',
  'VideoDecoder',
  'VideoFrame',
  'WebSocket',
] as const;

/** How many objects of each kind are reachable after a collection, and the bytes of the heap. */
async function left(cdp: CDPSession): Promise<Record<(typeof KINDS)[number] | 'heapBytes', number>> {
  const counts = [];
  // A collection frees what the one before has finalised.
  for (let pass = 0; pass < 4; pass += 1) await cdp.send('HeapProfiler.collectGarbage');
  for (const kind of KINDS) {
    const { result } = await cdp.send('Runtime.evaluate', { expression: `${kind}.prototype` });
    const { objects } = await cdp.send('Runtime.queryObjects', { prototypeObjectId: result.objectId! });
    const length = await cdp.send('Runtime.callFunctionOn', {
      objectId: objects.objectId!,
      functionDeclaration: 'function () { return this.length }',
      returnByValue: true,
    });
    await cdp.send('Runtime.releaseObject', { objectId: objects.objectId! });
    counts.push([kind, length.result.value as number] as const);
  }
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  return { ...Object.fromEntries(counts), heapBytes: usedSize } as never;
}
/** Between tiles of both decoders, large and small, and screens with other tiles or none. */
async function switchAbout(page: Page, times: number): Promise<void> {
  const live = page.locator('figure[data-live=true]').first();
  for (let time = 0; time < times; time += 1) {
    await page.keyboard.press(['1', '2', '4', '7', 'F1', 'F3'][time % 6]!);
    if (time % 6 !== 4) await expect(live).toBeVisible();
  }
}

test('300 changes of layout leave no element, decoder, socket or memory', async ({ page, park }) => {
  test.setTimeout(300_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/WebMediaPlayer|exceeded/i.test(message.text())) complaints.push(message.text());
  });
  await signIn(page, park, 'guard');
  await open(page, 'video');
  await expectMoving(tile(page, 'cam-open'));
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.enable');

  await switchAbout(page, WARM);
  await open(page, 'records');
  const before = await left(cdp);
  await open(page, 'video');
  await switchAbout(page, SWITCHES - WARM);
  await open(page, 'records');
  // A stream that is on its way out sends its last frames.
  await expect.poll(async () => (await left(cdp)).HTMLVideoElement).toBeLessThanOrEqual(2);
  const after = await left(cdp);
  test.info().annotations.push({ type: 'left', description: JSON.stringify({ before, after }) });
  expect(complaints).toEqual([]);
  for (const kind of ['MediaSource', 'SourceBuffer', 'VideoDecoder', 'VideoFrame'] as const)
    expect(after[kind], kind).toBeLessThanOrEqual(2);
  expect(after.WebSocket).toBeLessThanOrEqual(before.WebSocket);
  expect(after.heapBytes - before.heapBytes).toBeLessThan(6 * 1024 * 1024);

  await open(page, 'video');
  await expectMoving(tile(page, 'cam-open'));
});
