/** A real camera with two streams, both recorded by a station that is killed and comes back. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { readMediaHeader, type MediaNotice, type StreamKind } from '#contract/media-wire.ts';
import { openRecordingPark, type ParkCamera, type RecordingPark } from '#tests/fixtures/recording-park.ts';
import { childrenOf } from '#tests/peers/cpu-time.ts';
import { startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';

const WIDTHS = { main: 640, sub: 320 } as const;
const STREAMS = ['main', 'sub'] as const;
let cameras: RtspServer;
let dataDir: string;
let station: ChildProcess | undefined;
let park: RecordingPark | undefined;

beforeAll(async () => {
  cameras = await startRtspServer([
    { path: '/main', width: 640, height: 360 },
    { path: '/sub', width: 320, height: 180 },
  ]);
}, 120_000);
afterAll(() => cameras?.stop());
afterEach(async () => {
  station?.kill('SIGKILL');
  await park?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const camera = (): ParkCamera => ({
  ...{ id: 'cam', url: cameras.url('/main'), subUrl: cameras.url('/sub') },
  rule: {
    ...{ mode: 'continuous', stream: 'main', keepDays: 90 },
    beside: { mode: 'continuous', schedule: [], preSeconds: 0, postSeconds: 60, keepDays: 30 },
  },
});
const until = (holds: () => boolean | Promise<boolean>) =>
  expect.poll(holds, { timeout: 30_000, interval: 50 }).toBe(true);
const rangesOf = async (stream: StreamKind, fromMs: number, toMs: number) =>
  (await park!.recording.recordings.ranges('cam', fromMs, toMs)).ranges.filter(
    (one) => one.stream === stream,
  );

/** What a tile shows that asks for a stream at a time: its picture's width, what it is told, the first time that is shown. */
async function shownAt(atMs: number, stream: StreamKind) {
  const notices: MediaNotice[] = [];
  const walls: number[] = [];
  const tile = park!.recording.openReplay(
    { type: 'replay', sub: 1, jump: 1, cameraId: 'cam', atMs, speed: 1, stream },
    {
      unsentBytes: 0,
      sendNotice: (notice) => void notices.push(notice),
      sendBytes(bytes) {
        const header = readMediaHeader(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
        if (!header.init && !header.cached) walls.push(header.receivedAtMs);
      },
    },
    true,
  )!;
  await until(() => walls.length > 0);
  tile.close();
  await tile.ended;
  const track = notices.find((notice) => notice.type === 'track');
  return { width: track?.width, stream: track?.stream, atMs: walls[0]! };
}

it('is there in both streams to within a second of the kill, goes on in both, and is shown in the one that is asked for', async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'guardroom-two-'));
  const main = fileURLToPath(new URL('../peers/recording-station-main.ts', import.meta.url));
  const fromMs = Date.now();
  station = spawn(process.execPath, [main, dataDir, JSON.stringify([camera()]), 'frames'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  /** When the last frame of each stream came to it. */
  const last = { main: 0, sub: 0 };
  createInterface({ input: station.stderr! }).on('line', (line) => {
    const [, stream, atMs] = /^cam(\/sub)? (\d+)$/.exec(line) ?? [];
    if (atMs) last[stream ? 'sub' : 'main'] = Number(atMs);
  });
  await once(createInterface({ input: station.stdout! }), 'line');
  const recordedMs = Date.now();
  await until(() => Date.now() > recordedMs + 3_000);
  const pulls = childrenOf(station.pid!, 'ffmpeg');
  const ended = once(station, 'close');
  station.kill('SIGKILL');
  const killedMs = Date.now();
  await ended;
  for (const pid of pulls) process.kill(pid, 'SIGKILL');

  park = await openRecordingPark([camera()], { dataDir });
  for (const stream of STREAMS) {
    const ranges = await rangesOf(stream, fromMs, killedMs);
    expect(ranges).toHaveLength(1);
    // The end of a frame is a frame later than its arrival.
    expect(last[stream]).toBeGreaterThan(recordedMs);
    expect(last[stream] - ranges[0]!.toMs).toBeLessThanOrEqual(1_000);
    expect(await shownAt(recordedMs + 1_000, stream)).toEqual({
      ...{ width: WIDTHS[stream], stream },
      atMs: expect.closeTo(recordedMs + 1_000, -3),
    });
  }
  await until(() => park!.state('cam')!.streams.every(({ state }) => state === 'recording'));
  for (const stream of STREAMS) expect(await rangesOf(stream, killedMs, Date.now() + 10_000)).toHaveLength(1);
});
