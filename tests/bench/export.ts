/** How fast recordings leave the station as evidence, against ffmpeg copying the same range. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, openSync, readSync, closeSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { leader, openEvidencePark } from '#tests/fixtures/evidence-park.ts';
import { encodeClip, fileOf, recordingsOf } from '#tests/fixtures/recordings.ts';
import type { RecordedChunk } from '#station/recorded.ts';
import type { BenchRow } from './report.ts';

/** An hour of a main stream of about 4 Mbit/s. */
const CLIP_SECONDS = 30;
const CLIPS = 120;
const START = Date.UTC(2026, 10, 22, 3);

/** The recording as it lies on a disk: one file of fragments, read part by part as the recorder's reader does. */
function recordedFile(folder: string) {
  const clip = encodeClip({ seconds: CLIP_SECONDS, rate: 25, size: '1280x720', quality: 12 });
  const parts: (Omit<RecordedChunk, 'data'> & { offset: number; bytes: number })[] = [];
  const file = path.join(folder, 'recorded.mp4');
  const handle = openSync(file, 'w');
  let offset = clip.track.init.length;
  writeSync(handle, clip.track.init);
  for (let index = 0; index < CLIPS; index += 1) {
    const shift = index * CLIP_SECONDS * 90_000;
    for (const chunk of fileOf(clip, 'f', START + index * CLIP_SECONDS * 1000)) {
      const { data, ...facts } = chunk;
      // fragments carry their times; the clip is repeated with later ones
      for (let at = 32; at < data.length;) {
        const moof = data.readUInt32BE(at);
        data.writeBigUInt64BE(data.readBigUInt64BE(at + 60) + BigInt(shift), at + 60);
        at += moof + data.readUInt32BE(at + moof);
      }
      writeSync(handle, data);
      parts.push({
        ...{ ...facts, ticks: facts.ticks + shift, endTicks: facts.endTicks + shift },
        ...{ offset, bytes: data.length },
      });
      offset += data.length;
      for (let at = 32; at < data.length;) {
        const moof = data.readUInt32BE(at);
        data.writeBigUInt64BE(data.readBigUInt64BE(at + 60) - BigInt(shift), at + 60);
        at += moof + data.readUInt32BE(at + moof);
      }
    }
  }
  closeSync(handle);
  return { file, parts, bytes: offset };
}

const megabytesPerSecond = (bytes: number, ms: number): number => bytes / 1e6 / (ms / 1000);
async function timed(run: () => unknown): Promise<number> {
  const begun = performance.now();
  await run();
  return performance.now() - begun;
}
const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const p95 = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? 0;
/** How late a timer of 5 ms comes while something runs: what an alarm would wait. */
async function lateness(run: () => Promise<unknown>): Promise<number[]> {
  const values: number[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    values.push(Math.max(0, performance.now() - last - 5));
    last = performance.now();
  }, 5);
  await run();
  clearInterval(timer);
  return values;
}

export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'guardroom-export-'));
  try {
    const { file, parts, bytes } = recordedFile(folder);
    const whole = { fromMs: START, toMs: START + 3_600_000, epoch: 0, stream: 'main' as const };
    const recordings = recordingsOf({}, { ranges: [whole] });
    recordings.readParts = async function* () {
      const { open } = await import('node:fs/promises');
      const handle = await open(file, 'r');
      try {
        for (const { offset, bytes: length, ...facts } of parts) {
          const data = Buffer.allocUnsafe(length);
          await handle.read(data, 0, length, offset);
          yield { ...facts, data };
        }
      } finally {
        await handle.close();
      }
    };
    const ours: number[] = [];
    const copies: number[] = [];
    const hashed: number[] = [];
    const late: number[] = [];
    const idle = await lateness(() => new Promise((done) => setTimeout(done, 2_000)));
    for (let round = 0; round < 3; round += 1) {
      const out = path.join(folder, 'copy.mp4');
      const copy = ['-v', 'error', '-i', file, '-c', 'copy', '-y', out];
      const copyMs = await timed(() => execFileSync('ffmpeg', copy));
      copies.push(copyMs);
      // proof needs a hash of the result, which ffmpeg's copy does not have
      hashed.push(copyMs + (await timed(() => hashOf(out))));
      const park = openEvidencePark({ recordings });
      const during = await lateness(async () => {
        ours.push(
          await timed(async () => {
            const { id } = park.service.start(leader, {
              ...{ cameraIds: ['CAM-1'], fromMs: START, toMs: START + 3_600_000, reason: 'bench' },
              ...{
                burnTime: false,
                withBlocked: false,
                withSound: true,
                streams: 'all' as const,
                secondPerson: false,
              },
            });
            await park.reaches(id, 'done');
          }),
        );
      });
      late.push(...during);
      await park.close();
      rmSync(out, { force: true });
    }
    const row = (name: string, ms: number[], floorName: string, floor: number[]): BenchRow => ({
      ...{ name, unit: 'MB/s', value: megabytesPerSecond(bytes, median(ms)) },
      ...{ floorName, floor: megabytesPerSecond(bytes, median(floor)) },
    });
    return [
      row(
        `export, ${Math.round(bytes / 1e6)} MB of video, hashed and signed`,
        ours,
        'ffmpeg -c copy',
        copies,
      ),
      { ...row('the same', ours, 'ffmpeg -c copy and sha256', hashed), target: { min: 0.8, of: 'ratio' } },
      {
        ...{ name: 'lateness of a 5 ms timer of the station meanwhile, p95', unit: 'ms', value: p95(late) },
        ...{ floorName: 'doing nothing', floor: p95(idle), target: { max: 50 } },
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function hashOf(file: string): string {
  const hash = createHash('sha256');
  const handle = openSync(file, 'r');
  const block = Buffer.allocUnsafe(1 << 20);
  for (let got = readSync(handle, block); got > 0; got = readSync(handle, block))
    hash.update(block.subarray(0, got));
  closeSync(handle);
  return hash.digest('hex');
}
