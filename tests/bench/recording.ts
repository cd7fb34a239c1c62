import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseClip } from '#native/rtsp/server-clip.ts';
import { startRtspServer as startCameras } from '#native/rtsp/server.ts';
import { findFfmpeg } from '#native/ffmpeg/binary.ts';
import type { ParkCamera } from '#tests/fixtures/recording-park.ts';
import { childrenOf, cpuSecondsOf } from '#tests/peers/cpu-time.ts';
import { testClip } from '#tests/peers/rtsp-clip.ts';
import { startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';
import { recordingSeeks } from './recording-seeks.ts';
import { floorCpu } from './relay-set.ts';
import type { BenchRow } from './report.ts';

const WINDOW_MS = 15_000;
/** Streams run, and what runs often is compiled: a station runs for months. */
const SETTLE_MS = 20_000;
const CURVE = [1, 4, 16, 32, 64];
/** The count that is held against ffmpegs that pull and do nothing else. */
const AGAINST_FFMPEG = 16;
/** A main stream as cameras send it: 720p, 25 frames a second, 4 Mbit/s, a key frame every two seconds. */
const MAIN = { width: 1280, height: 720, fps: 25, seconds: 20, gopSeconds: 2, bitrateKbps: 4_000 };

/** Recording: what it costs beside the relay, what it writes beside the pictures, and how long a seek takes. */
export async function run(): Promise<BenchRow[]> {
  return [...(await curve()), ...(await mainStreams()), ...(await bothStreams()), await withSound()];
}

interface Station {
  pid: number;
  /** Percent of one core over the window: the station and its ffmpegs. */
  cpuPercent(): Promise<number>;
  /** Resident memory of the station alone. */
  memoryBytes(): number;
  stop(): Promise<void>;
}

async function startStation(dataDir: string, cameras: ParkCamera[], mode = ''): Promise<Station> {
  const main = fileURLToPath(new URL('../peers/recording-station-main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, dataDir, JSON.stringify(cameras), mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface({ input: child.stdout }), 'line');
  await pause(SETTLE_MS);
  const pid = child.pid!;
  const total = (pids: number[]) => pids.reduce((sum, one) => sum + cpuSecondsOf(one), 0);
  return {
    pid,
    async cpuPercent() {
      const pids = [pid, ...childrenOf(pid, 'ffmpeg')];
      const [before, startedMs] = [total(pids), performance.now()];
      await pause(WINDOW_MS);
      return ((total(pids) - before) / (performance.now() - startedMs)) * 1e5;
    },
    memoryBytes: () =>
      1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
    async stop() {
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const camerasOf = (server: RtspServer, count: number, mode: 'continuous' | 'off'): ParkCamera[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ id: `cam${index}`, url: server.url(`/cam${index}`) },
    rule: { mode },
  }));
const mounts = (count: number, spec = {}) =>
  Array.from({ length: count }, (_, index) => ({ path: `/cam${index}`, ...spec }));

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'guardroom-bench-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function curve(): Promise<BenchRow[]> {
  const server = await startRtspServer(mounts(Math.max(...CURVE)));
  const rows: BenchRow[] = [];
  const memory: { count: number; bytes: number }[] = [];
  try {
    for (const count of CURVE) {
      const measure = (mode: 'continuous' | 'off') =>
        inFolder(async (folder) => {
          const station = await startStation(
            folder,
            camerasOf(server, count, mode),
            mode === 'off' ? 'watch' : '',
          );
          try {
            const percent = await station.cpuPercent();
            if (mode === 'continuous') memory.push({ count, bytes: station.memoryBytes() });
            return percent;
          } finally {
            await station.stop();
          }
        });
      const floor = await measure('off');
      const value = await measure('continuous');
      const what = `CPU, ${count} x 360p15 recorded, station and ffmpeg`;
      const target = count >= 16 ? { max: 1.25, of: 'ratio' as const } : undefined;
      rows.push({ name: what, value, unit: '% CPU', floorName: 'relay alone', floor, target });
      if (count === AGAINST_FFMPEG) {
        const names = mounts(count).map(({ path: at }) => at.slice(1));
        const least = await floorCpu(server, await findFfmpeg(), names);
        const name = `CPU, ${count} x 360p15 relayed and recorded`;
        const [floorName, most] = ['ffmpeg -c copy -f null', { max: 1.25, of: 'ratio' as const }];
        rows.push({ name, value, unit: '% CPU', floorName, floor: least, target: most });
      }
    }
  } finally {
    await server.stop();
  }
  const [first, last] = [memory[0]!, memory.at(-1)!];
  const each = (last.bytes - first.bytes) / (last.count - first.count);
  const name = `memory of the station for each recorded camera, of ${last.count}`;
  return [...rows, { name, value: each / 1e6, unit: 'MB', target: { max: 8 } }];
}

/** Bytes that a process has caused to be sent to the disk (Linux). */
function writtenBytes(pid: number): number {
  return Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
}
function recordedBytes(dataDir: string): number {
  const root = path.join(dataDir, 'recordings');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.mp4'))
    .reduce((sum, name) => sum + statSync(path.join(root, name)).size, 0);
}

/** Bytes that went to the disk for the bytes of the recordings. */
async function amplification(name: string, station: Station, dataDir: string): Promise<BenchRow> {
  const [beforeWritten, beforeFiles] = [writtenBytes(station.pid), recordedBytes(dataDir)];
  await pause(WINDOW_MS * 2);
  const floor = (recordedBytes(dataDir) - beforeFiles) / 1e6;
  const value = (writtenBytes(station.pid) - beforeWritten) / 1e6;
  const target = { max: 1.02, of: 'ratio' as const };
  return { name, value, unit: 'MB', floorName: 'recordings', floor, target };
}

/** As the main streams, each with A-law beside it, which is kept as FLAC. The cameras are this process. */
async function withSound(): Promise<BenchRow> {
  const count = 16;
  const clip = parseClip(await readFile(await testClip({ codec: 'h264', ...MAIN })), MAIN.fps);
  // Noise: nothing of it can be saved.
  const sound = { alaw: randomBytes(8_000 * 20) };
  const paths = Array.from({ length: count }, (_, index) => `/cam${index}`);
  const mounts = Object.fromEntries(paths.map((one) => [one, { clip, sound }]));
  const server = await startCameras({ host: '127.0.0.1', port: 0, mounts });
  try {
    return await inFolder(async (dataDir) => {
      const cameras = paths.map((one, index): ParkCamera => ({
        ...{ id: `cam${index}`, url: `rtsp://127.0.0.1:${server.port}${one}` },
        ...{ rule: { mode: 'continuous' }, sound: 'record' },
      }));
      const station = await startStation(dataDir, cameras);
      try {
        const name = `written to disk with ${count} x 720p25 and sound recorded (index and database too)`;
        return await amplification(name, station, dataDir);
      } finally {
        await station.stop();
      }
    });
  } finally {
    await server.stop();
  }
}

async function mainStreams(): Promise<BenchRow[]> {
  const count = 16;
  const server = await startRtspServer(mounts(count, MAIN));
  return inFolder(async (dataDir) => {
    const rows: BenchRow[] = [];
    const station = await startStation(dataDir, camerasOf(server, count, 'continuous'));
    try {
      const name = `written to disk with ${count} x 720p25 recorded (index and database too)`;
      rows.push(await amplification(name, station, dataDir));
      const value = await station.cpuPercent();
      const names = mounts(count).map(({ path: at }) => at.slice(1));
      const floor = await floorCpu(server, await findFfmpeg(), names);
      const [floorName, target] = ['ffmpeg -c copy -f null', { max: 1.25, of: 'ratio' as const }];
      const what = `CPU, ${count} x 720p25 relayed and recorded`;
      rows.push({ name: what, value, unit: '% CPU', floorName, floor, target });
    } finally {
      await station.stop();
      await server.stop();
    }
    return [...rows, ...(await recordingSeeks(dataDir, count))];
  });
}

/** Both streams of each camera at once, as for a month of the small one beside a week of the large one. */
async function bothStreams(): Promise<BenchRow[]> {
  const count = 16;
  const sub = (index: number) => `/sub${index}`;
  const both = [...mounts(count, MAIN), ...mounts(count).map((_, index) => ({ path: sub(index) }))];
  const server = await startRtspServer(both);
  const beside = { schedule: [], preSeconds: 0, postSeconds: 60, keepDays: 30 };
  const cameras = camerasOf(server, count, 'continuous').map((camera, index) => ({
    ...{ ...camera, subUrl: server.url(sub(index)) },
    rule: { ...camera.rule, beside: { mode: 'continuous' as const, ...beside } },
  }));
  return inFolder(async (dataDir) => {
    const station = await startStation(dataDir, cameras);
    try {
      const what = `both streams of ${count} cameras (720p25 and 360p15)`;
      const written = await amplification(`written to disk with ${what} recorded`, station, dataDir);
      const value = await station.cpuPercent();
      const names = both.map(({ path: at }) => at.slice(1));
      const floor = await floorCpu(server, await findFfmpeg(), names);
      const [floorName, target] = ['ffmpeg -c copy -f null', { max: 1.25, of: 'ratio' as const }];
      const name = `CPU, ${what} relayed and recorded`;
      return [written, { name, value, unit: '% CPU', floorName, floor, target }];
    } finally {
      await station.stop();
      await server.stop();
    }
  });
}
