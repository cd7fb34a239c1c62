import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { partsOf, type FileRow } from '#features/recording/files.store.ts';
import { scanFile } from '#native/recording/scan.ts';
import { openReadable } from '#native/sqlite/open.ts';
import { openRecordingPark, type ParkCamera } from '#tests/fixtures/recording-park.ts';
import { childrenOf } from '#tests/peers/cpu-time.ts';
import { startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';

const run = promisify(execFile);
const CAMERAS = 16;
const KILLS = 3;
let cameras: RtspServer;
let dataDir: string;
let child: ChildProcess | undefined;

beforeAll(async () => {
  cameras = await startRtspServer(Array.from({ length: CAMERAS }, (_, index) => ({ path: `/cam${index}` })));
}, 120_000);
afterAll(() => cameras?.stop());
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

const list = (): ParkCamera[] =>
  Array.from({ length: CAMERAS }, (_, index) => ({
    ...{ id: `cam${index}`, url: cameras.url(`/cam${index}`) },
    rule: { mode: 'continuous' as const },
  }));

/** Records for a while and is killed; resolves to the time of the last frame that each camera had sent it. */
async function recordAndKill(ms: number): Promise<Map<string, number>> {
  const main = fileURLToPath(new URL('../peers/recording-station-main.ts', import.meta.url));
  const station = spawn(process.execPath, [main, dataDir, JSON.stringify(list()), 'frames'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = station;
  const last = new Map<string, number>();
  createInterface({ input: station.stderr }).on('line', (line) => {
    const [id, atMs] = line.split(' ');
    if (/^cam\d+ \d+/.test(line)) last.set(id!, Number(atMs));
  });
  await once(createInterface({ input: station.stdout }), 'line');
  await delay(ms);
  const pulls = childrenOf(station.pid!, 'ffmpeg');
  const ended = once(station, 'close');
  station.kill('SIGKILL');
  await ended;
  // Orphans of a killed station end by themselves when nobody takes their pictures; the test does not wait for them.
  for (const pid of pulls) process.kill(pid, 'SIGKILL');
  return last;
}

it(`a station killed while ${CAMERAS} cameras record loses at most a second of each, and its index is right`, async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'guardroom-crash-'));
  const lasts: Map<string, number>[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) lasts.push(await recordAndKill(1_500 + kill * 970));
  // The next start, without cameras that answer.
  const park = await openRecordingPark([], { dataDir });
  const lost: number[] = [];
  for (const last of lasts) {
    expect(last.size).toBe(CAMERAS);
    for (const [id, atMs] of last) {
      const { ranges } = await park.recording.recordings.ranges(id, atMs - 60_000, atMs + 1_000);
      // The newest one that ends at or before the kill (the end of a frame is a frame later than its arrival).
      const endMs = Math.max(...ranges.filter(({ fromMs }) => fromMs <= atMs).map(({ toMs }) => toMs));
      lost.push(atMs - endMs);
    }
  }
  await park.stop();
  expect(lost).toHaveLength(CAMERAS * KILLS);
  expect(Math.max(...lost)).toBeLessThanOrEqual(1_000);

  const db = openReadable(path.join(dataDir, 'recordings.sqlite'));
  const files = db.prepare('SELECT id, path, bytes, closed FROM file').all() as FileRow[];
  expect(files.length).toBeGreaterThanOrEqual(CAMERAS * KILLS);
  for (const { id, path: name, bytes, closed } of files) {
    const file = path.join(dataDir, 'recordings', name);
    const found = await scanFile(file);
    const facts = (parts: readonly { offset: number; bytes: number; ticks: number; frames: number }[]) =>
      parts.map(({ offset, bytes: size, ticks, frames }) => [offset, size, ticks, frames]);
    expect([closed, bytes]).toEqual([1, statSync(file).size]);
    expect(facts(partsOf(db, id))).toEqual(facts(found.parts));
  }
  const problems: string[] = [];
  for (const { path: name } of files.slice(-CAMERAS)) {
    const args = ['-v', 'error', '-err_detect', 'explode', '-i', path.join(dataDir, 'recordings', name)];
    const { stderr } = await run('ffmpeg', [
      ...args,
      '-vsync',
      'passthrough',
      '-enc_time_base',
      '1:90000',
      '-f',
      'null',
      '-',
    ]);
    if (stderr) problems.push(stderr);
  }
  db.close();
  expect(problems).toEqual([]);
}, 180_000);
