/** How fast recordings leave the station as evidence, against ffmpeg copying the same range. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { leader, openEvidencePark } from '#tests/fixtures/evidence-park.ts';
import { HOUR_MS, recordedHour } from './recorded-hour.ts';
import type { BenchRow } from './report.ts';

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
  const whole = path.join(folder, 'whole.mp4');
  const { park: recorder, fromMs } = await recordedHour('CAM-1', whole);
  try {
    const { recordings } = recorder.recording;
    const range = { fromMs, toMs: fromMs + HOUR_MS };
    const bytes = statSync(whole).size;
    const ours: number[] = [];
    const copies: number[] = [];
    const hashed: number[] = [];
    const late: number[] = [];
    const idle = await lateness(() => new Promise((done) => setTimeout(done, 2_000)));
    for (let round = 0; round < 3; round += 1) {
      const out = path.join(folder, 'copy.mp4');
      const copy = ['-v', 'error', '-i', whole, '-c', 'copy', '-y', out];
      const copyMs = await timed(() => execFileSync('ffmpeg', copy));
      copies.push(copyMs);
      // proof needs a hash of the result, which ffmpeg's copy does not have
      hashed.push(copyMs + (await timed(() => hashOf(out))));
      const park = openEvidencePark({ recordings });
      const during = await lateness(async () => {
        ours.push(
          await timed(async () => {
            const { id } = park.service.start(leader, {
              ...{ cameraIds: ['CAM-1'], ...range, reason: 'bench' },
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
      {
        ...row(
          `export, ${Math.round(bytes / 1e6)} MB of video, hashed and signed`,
          ours,
          'ffmpeg -c copy',
          copies,
        ),
        target: { min: 0.8, of: 'ratio' },
      },
      { ...row('the same', ours, 'ffmpeg -c copy and sha256', hashed), target: { min: 1, of: 'ratio' } },
      {
        ...{ name: 'lateness of a 5 ms timer of the station meanwhile, p95', unit: 'ms', value: p95(late) },
        ...{ floorName: 'doing nothing', floor: p95(idle), target: { max: 50 } },
      },
    ];
  } finally {
    await recorder.end();
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
