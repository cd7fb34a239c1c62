import { setTimeout as pause } from 'node:timers/promises';
import { findFfmpeg, type FfmpegBinary } from '#native/ffmpeg/binary.ts';
import type { PullKind } from '#native/ffmpeg/pull-switch.ts';
import { letHeapGrow } from '#native/process/heap.ts';
import { recordViewer } from '#tests/peers/media-viewer.ts';
import { barcodeAgeMs } from '#tests/peers/rtsp-barcode.ts';
import { SMALL_CLIP, startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';
import { startTileServer } from '#tests/peers/tile-page.ts';
import { cpuPercent, floorCpu, percentile, relaysOf, SETTLE_MS } from './relay-set.ts';
import type { BenchRow } from './report.ts';

const STREAMS = 16;
const NAMES = Array.from({ length: STREAMS }, (_, index) => `cam${index + 1}`);
const KINDS: readonly PullKind[] = ['ffmpeg', 'direct'];
const SCREEN_WINDOW_MS = 12_000;

/** Live video: what a relay costs, how old the picture on the screen is, how long the first one takes. */
export async function run(): Promise<BenchRow[]> {
  // As a station does: this process is the relay.
  letHeapGrow();
  const ffmpeg = await findFfmpeg();
  const cameras = await startRtspServer(NAMES.map((name) => ({ path: `/${name}` })));
  try {
    return [
      ...(await relayCost(cameras, ffmpeg)),
      ...(await onScreen(cameras, ffmpeg)),
      ...(await firstPicture(cameras, ffmpeg, 'ffmpeg')),
      ...(await firstPicture(cameras, ffmpeg, 'direct')),
    ];
  } finally {
    await cameras.stop();
  }
}

async function relayCost(cameras: RtspServer, ffmpeg: FfmpegBinary): Promise<BenchRow[]> {
  const floor: number[] = [];
  const relay: Record<PullKind, number[]> = { ffmpeg: [], direct: [] };
  // Turn and turn about: what else the machine does hits all.
  for (let round = 0; round < 2; round += 1) {
    floor.push(await floorCpu(cameras, ffmpeg, NAMES));
    for (const kind of KINDS) relay[kind].push(await relayCpu(cameras, ffmpeg, kind));
  }
  const perStream = (values: number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length / STREAMS;
  return KINDS.map((kind) => ({
    name: `relay per stream, ${STREAMS} x 360p15, ${kind}, all processes`,
    value: perStream(relay[kind]),
    unit: '% CPU',
    floorName: 'ffmpeg -c copy -f null',
    floor: perStream(floor),
    target: { max: 1.25, of: 'ratio' },
  }));
}

async function relayCpu(cameras: RtspServer, ffmpeg: FfmpegBinary, kind: PullKind): Promise<number> {
  const set = relaysOf(cameras, ffmpeg, kind);
  try {
    const looking = NAMES.map((name) => set.open(name).join({ state() {}, track() {}, frame() {} }));
    await pause(SETTLE_MS);
    const percent = await cpuPercent(true);
    for (const leave of looking) leave();
    return percent;
  } finally {
    await set.stop();
  }
}

async function onScreen(cameras: RtspServer, ffmpeg: FfmpegBinary): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const scenes = KINDS.flatMap((kind) => [
    { name: `working tile, ${kind}`, tiles: 1, decoder: 'webcodecs', kind, max: kind === 'direct' ? 30 : 90 },
    { name: `one tile, ${kind}`, tiles: 1, decoder: 'mse', kind, max: 150 },
    { name: `wall of 9, ${kind}`, tiles: 9, decoder: 'mse', kind, max: 150 },
    { name: `wall of 16, ${kind}`, tiles: 16, decoder: 'mse', kind, max: 150 },
  ]);
  for (const { name, tiles, decoder, kind, max } of scenes) {
    const set = relaysOf(cameras, ffmpeg, kind);
    const server = await startTileServer(set.open);
    try {
      const page = await server.open(`cameras=${NAMES.slice(0, tiles).join(',')}&decoder=${decoder}`);
      await pause(SETTLE_MS);
      const before = (await page.sightings()).length;
      await pause(SCREEN_WINDOW_MS);
      const seen = (await page.sightings()).slice(before);
      await page.stop();
      const loop = SMALL_CLIP.fps * SMALL_CLIP.seconds;
      const ages = seen.map(({ frame, atMs }) =>
        barcodeAgeMs(frame, atMs, cameras.epochMs, SMALL_CLIP.fps, loop),
      );
      const expected = (SCREEN_WINDOW_MS / 1000) * SMALL_CLIP.fps * tiles;
      rows.push(
        {
          name: `camera to screen, ${name}, median`,
          value: percentile(ages, 0.5),
          unit: 'ms',
          target: { max },
        },
        { name: `camera to screen, ${name}, p95`, value: percentile(ages, 0.95), unit: 'ms' },
        { name: `frames shown, ${name}`, value: (100 * seen.length) / expected, unit: '%' },
      );
    } finally {
      await server.stop();
      await set.stop();
    }
  }
  return rows;
}

async function firstPicture(cameras: RtspServer, ffmpeg: FfmpegBinary, kind: PullKind): Promise<BenchRow[]> {
  const set = relaysOf(cameras, ffmpeg, kind);
  const server = await startTileServer(set.open);
  try {
    const page = await server.open('');
    const running = recordViewer(set.open('cam1'));
    await running.until(() => running.frames.length > 20, 'a running camera');
    await page.openTile('cam1'); // connects the socket, loads the decoder
    const warm: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      // At any point of the group of pictures.
      await pause(137);
      warm.push(await page.openTile('cam1'));
    }
    running.leave();
    const cold: number[] = [];
    for (const name of NAMES.slice(1, 13)) cold.push(await page.openTile(name));
    await page.stop();
    return [
      {
        name: `first picture, running camera, ${kind}, median`,
        value: percentile(warm, 0.5),
        unit: 'ms',
        target: { max: 150 },
      },
      { name: `first picture, running camera, ${kind}, p95`, value: percentile(warm, 0.95), unit: 'ms' },
      {
        name: `first picture, cold (key frame each 1 s), ${kind}, median`,
        value: percentile(cold, 0.5),
        unit: 'ms',
        target: { max: 2_000 },
      },
    ];
  } finally {
    await server.stop();
    await set.stop();
  }
}
