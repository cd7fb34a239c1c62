/** Walls of many tiles in a real browser that decodes in software: age of the pictures, what is dropped, and whether hands are served. */
import { setTimeout as pause } from 'node:timers/promises';
import { findFfmpeg, type FfmpegBinary } from '#native/ffmpeg/binary.ts';
import { barcodeAgeMs } from '#tests/peers/rtsp-barcode.ts';
import { SMALL_CLIP, startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';
import { startTileServer, type TilePage } from '#tests/peers/tile-page.ts';
import { percentile, relaysOf } from './relay-set.ts';
import type { BenchRow } from './report.ts';

const WALLS = [16, 36];
const NAMES = Array.from({ length: Math.max(...WALLS) }, (_, index) => `cam${index + 1}`);
/** Tiles whose pixels are read back to know the age of what is shown. */
const WATCHED = 4;
const SETTLE_MS = 6_000;
const PRESSES = 60;
const BETWEEN_PRESSES_MS = 200;

export async function run(): Promise<BenchRow[]> {
  const ffmpeg = await findFfmpeg();
  const cameras = await startRtspServer(NAMES.map((name) => ({ path: `/${name}` })));
  try {
    const rows: BenchRow[] = [];
    for (const tiles of WALLS) rows.push(...(await wall(cameras, ffmpeg, tiles)));
    return rows;
  } finally {
    await cameras.stop();
  }
}

async function wall(cameras: RtspServer, ffmpeg: FfmpegBinary, tiles: number): Promise<BenchRow[]> {
  const set = relaysOf(cameras, ffmpeg, 'direct');
  const server = await startTileServer(set.open);
  try {
    const names = NAMES.slice(0, tiles).join(',');
    const tilePage = await server.open(`cameras=${names}&decoder=mse&watched=${WATCHED}`);
    await pause(SETTLE_MS);
    const before = { shown: (await tilePage.sightings()).length, pictures: await picturesOf(tilePage) };
    const startedMs = performance.now();
    for (let press = 0; press < PRESSES; press += 1) {
      await tilePage.page.mouse.click(40 + press * 20, 40);
      await pause(BETWEEN_PRESSES_MS);
    }
    const elapsedMs = performance.now() - startedMs;
    const seen = (await tilePage.sightings()).slice(before.shown);
    const after = await picturesOf(tilePage);
    const delays = (await tilePage.page.evaluate('inputDelays')) as number[];
    await tilePage.stop();

    const loop = SMALL_CLIP.fps * SMALL_CLIP.seconds;
    const ages = seen.map(({ frame, atMs }) =>
      barcodeAgeMs(frame, atMs, cameras.epochMs, SMALL_CLIP.fps, loop),
    );
    const total = after.total - before.pictures.total;
    const dropped = after.dropped - before.pictures.dropped;
    const sent = (elapsedMs / 1000) * SMALL_CLIP.fps * tiles;
    const what = `${tiles} tiles of 360p15`;
    return [
      {
        ...{ name: `camera to screen, ${what}, median`, value: percentile(ages, 0.5), unit: 'ms' },
        target: { max: 150 },
      },
      {
        ...{ name: `camera to screen, ${what}, p95`, value: percentile(ages, 0.95), unit: 'ms' },
        target: { max: 300 },
      },
      { name: `pictures decoded of those sent, ${what}`, value: (100 * total) / sent, unit: '%' },
      { name: `pictures dropped of those decoded, ${what}`, value: (100 * dropped) / total, unit: '%' },
      { name: `press to picture, ${what}, median`, value: percentile(delays, 0.5), unit: 'ms' },
      {
        ...{ name: `press to picture, ${what}, p95`, value: percentile(delays, 0.95), unit: 'ms' },
        target: { max: 100 },
      },
    ];
  } finally {
    await server.stop();
    await set.stop();
  }
}

const picturesOf = ({ page }: TilePage) =>
  page.evaluate('pictures()') as Promise<{ total: number; dropped: number }>;
