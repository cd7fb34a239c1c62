import { setTimeout as pause } from 'node:timers/promises';
import { openRecordingPark, type RecordingPark } from '#tests/fixtures/recording-park.ts';
import { startRtspServer } from '#tests/peers/rtsp-server.ts';
import { startTileServer, type TilePage } from '#tests/peers/tile-page.ts';
import { percentile } from './relay-set.ts';
import type { BenchRow } from './report.ts';

const COUNT = 16;
const NAMES = Array.from({ length: COUNT }, (_, index) => `cam${index + 1}`);
/** As many cameras' sub streams are: 360p, 15 frames a second, a key frame every two seconds. */
const CLIP = { gopSeconds: 2 };
/** So much of each is recorded; BENCH_SECONDS=60 for more. */
const RECORD_MS = Number(process.env['BENCH_SECONDS'] ?? 14) * 1_000;
const SEEKS = 12;
const PLAY_MS = 5_000;
/** A frame of 15 a second. */
const FRAME_MS = 1_000 / 15;

interface SeekTimes {
  selectedMs: number;
  firstMs: number;
  exactMs: number;
}

/** Replay on the screen: from a jump to the pictures, and how far tiles are apart while they play; the console's own tiles. */
export async function run(): Promise<BenchRow[]> {
  const server = await startRtspServer(NAMES.map((name) => ({ path: `/${name}`, ...CLIP })));
  const rule = { mode: 'continuous' as const };
  const park = await openRecordingPark(NAMES.map((id) => ({ id, url: server.url(`/${id}`), rule })));
  try {
    await pause(RECORD_MS);
    // nothing records any more: what is measured is the replay alone
    park.putCameras(NAMES.map((id) => ({ id, url: server.url(`/${id}`), rule: { mode: 'off' } })));
    await park.recording.settle();
    return await replayed(park);
  } finally {
    await park.end();
    await server.stop();
  }
}

async function replayed(park: RecordingPark): Promise<BenchRow[]> {
  const nowMs = Date.now();
  const all = await Promise.all(
    NAMES.map((id) => park.recording.recordings.ranges(id, nowMs - 3_600_000, nowMs)),
  );
  const fromMs = Math.max(...all.map(({ ranges }) => ranges[0]!.fromMs)) + 500;
  const toMs = Math.min(...all.map(({ ranges }) => ranges.at(-1)!.toMs)) - 1_500;
  const host = await startTileServer(
    () => undefined,
    (_session, request, outlet) => park.recording.openReplay(request, outlet, true) ?? 'unknown_camera',
  );
  const rows: BenchRow[] = [];
  try {
    for (const count of [1, 4, COUNT]) {
      const query = `cameras=${NAMES.slice(0, count).join(',')}&at=${fromMs}`;
      const page = await host.open(query, 'replay');
      try {
        rows.push(...(await seeks(page, count, fromMs, toMs)));
        await seekOn(page, fromMs);
        const spread: number[] = await page.page.evaluate(`replayBench.spread(${PLAY_MS}, 1)`);
        rows.push({
          name: `${count} tiles at 1x, furthest apart, p95`,
          value: count === 1 ? 0 : percentile(spread, 0.95),
          unit: 'ms',
          target: { max: FRAME_MS },
        });
      } finally {
        await page.stop();
      }
    }
  } finally {
    await host.stop();
  }
  return rows.filter(({ name }) => !name.startsWith('1 tiles at 1x'));
}

const seekOn = (page: TilePage, atMs: number): Promise<SeekTimes> =>
  page.page.evaluate(`replayBench.seek(${atMs})`);

async function seeks(page: TilePage, count: number, fromMs: number, toMs: number): Promise<BenchRow[]> {
  await seekOn(page, fromMs); // connected, decoders made
  const took: SeekTimes[] = [];
  for (let turn = 0; turn < SEEKS; turn += 1)
    // anywhere between the ends, and never where the last one was
    took.push(await seekOn(page, Math.round(fromMs + (toMs - fromMs) * ((turn * 0.618) % 1))));
  const row = (what: string, of: keyof SeekTimes, part: number, max?: number): BenchRow => ({
    name: `seek, ${count} of 360p15, ${what}, ${part === 0.5 ? 'median' : 'p95'}`,
    value: percentile(
      took.map((one) => one[of]),
      part,
    ),
    unit: 'ms',
    ...(max === undefined ? {} : { target: { max } }),
  });
  return [
    row('a picture in all', 'firstMs', 0.5),
    row('a picture in all', 'firstMs', 0.95, 300),
    row('the selected one', 'selectedMs', 0.95, 300),
    row('the very picture in all', 'exactMs', 0.5),
    row('the very picture in all', 'exactMs', 0.95),
  ];
}
