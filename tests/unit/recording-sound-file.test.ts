import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mp4Writer } from '#native/mp4/writer.ts';
import { framesOf, openRecording, soundsOf } from '#native/recording/file-reader.ts';
import { createRecordingFile } from '#native/recording/file-writer.ts';
import { decodeG711 } from '#native/recording/g711.ts';
import { partBuilder } from '#native/recording/part-builder.ts';
import { scanFile } from '#native/recording/scan.ts';
import { withSoundOf } from '#native/recording/sound-fragment.ts';
import { soundPacker } from '#native/recording/sound-packer.ts';
import type { Part, PendingPart } from '#native/recording/types.ts';
import { g711Track } from '#native/ffmpeg/aac-config.ts';
import { madeFrames, madeTrack } from '#tests/fixtures/recorded-frames.ts';

const START = 1_700_000_000_000;
const SECONDS = 5;
const RATE = 8_000;
/** Every sample another one than its neighbours: a shift by one is seen. */
const law = Buffer.from(Array.from({ length: SECONDS * RATE }, (_, at) => (at * 37 + (at >> 8)) & 0xff));
const pcm = Buffer.from(decodeG711('pcma', law).buffer);

let folder: string;
let file: string;
const written: Part[] = [];
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sound-file-'));
  file = path.join(folder, 'one.mp4');
  const track = { ...madeTrack(), audio: g711Track('pcma') };
  const facts = {
    ...{ id: 'one', cameraId: 'CAM', stream: 'main' as const, codec: track.codec },
    ...{ width: 640, height: 360, startMs: START, epoch: 1, cause: 'continuous' },
  };
  const to = await createRecordingFile(folder, file, track, facts);
  const builder = partBuilder();
  const packer = soundPacker(track.audio);
  const parts: PendingPart[] = [];
  const keep = (part: PendingPart | undefined) => {
    if (!part) return;
    const sound = packer.take();
    parts.push(sound ? withSoundOf(part, sound) : part);
  };
  let heard = 0;
  for (const frame of madeFrames({ startMs: START, seconds: SECONDS })) {
    keep(builder.add(frame));
    // Packets of 20 ms, a little behind the picture.
    for (; heard + 160 <= ((frame.ticks + 6_000) * RATE) / 90_000; heard += 160)
      packer.add({
        data: law.subarray(heard, heard + 160),
        receivedAtMs: 0,
        ticks: Math.round((heard * 90_000) / RATE),
      });
  }
  keep(builder.flush());
  for (const part of parts) written.push(await to.append(part));
  await to.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const heardIn = (name: string): Buffer =>
  execFileSync(
    'ffmpeg',
    ['-v', 'error', '-i', path.join(folder, name), '-map', '0:a:0', '-f', 's16le', 'pipe:1'],
    { maxBuffer: 16 * 1024 * 1024, stdio: 'pipe' },
  );

it('a file found without an index has the parts that were written, sound and all', async () => {
  const found = await scanFile(file);
  expect(found.goodBytes).toBe(found.fileBytes);
  expect(found.parts.map(({ offset, bytes, frames }) => [offset, bytes, frames])).toEqual(
    written.map(({ offset, bytes, frames }) => [offset, bytes, frames]),
  );
});

it('a part that was cut off in its sound is left out, those before it stay', async () => {
  const whole = readFileSync(file);
  const cut = path.join(folder, 'cut.mp4');
  writeFileSync(cut, whole.subarray(0, whole.length - 10));
  const found = await scanFile(cut);
  // The pictures of the last part are whole: they stay, its sound does not.
  expect(found.parts.length).toBe(written.length);
  expect(found.goodBytes).toBeLessThan(found.fileBytes);
});

it('pictures and sound are read apart, each with its time', async () => {
  const reader = await openRecording(file);
  expect(reader.sound).toMatchObject({ codec: 'flac', sampleRate: RATE, channels: 1 });
  let frames = 0;
  let last = -Infinity;
  for (const part of written) {
    const data = await reader.read(part.offset, part.bytes);
    frames += framesOf(data, part).length;
    for (const { wallMs, ticks } of soundsOf(data, part, reader.sound!)) {
      expect(ticks).toBeGreaterThan(last);
      expect(Math.abs(wallMs - START - ticks / 90)).toBeLessThan(2);
      last = ticks;
    }
  }
  await reader.close();
  expect(frames).toBe(SECONDS * 15);
});

it('ffmpeg hears the very samples in it', () => {
  const heard = heardIn('one.mp4');
  expect(heard.length).toBeGreaterThan(pcm.length * 0.98);
  expect(heard.equals(pcm.subarray(0, heard.length))).toBe(true);
});

it('an export has them too, from its first picture on, or not at all', async () => {
  const whole = readFileSync(file);
  const reader = await openRecording(file);
  await reader.close();
  async function exported(name: string, from: number, withSound: boolean): Promise<void> {
    const pieces: Buffer[] = [];
    const writer = mp4Writer(reader.init, START, async (bytes) => void pieces.push(Buffer.from(bytes)), {
      withSound,
    });
    const first = written[from]!;
    for (const part of written.slice(from))
      await writer.append(whole.subarray(part.offset, part.offset + part.bytes), -first.ticks);
    await writer.finish();
    writeFileSync(path.join(folder, name), Buffer.concat(pieces));
  }
  await exported('all.mp4', 0, true);
  expect(heardIn('all.mp4').equals(heardIn('one.mp4'))).toBe(true);
  await exported('later.mp4', 2, true);
  const later = heardIn('later.mp4');
  const at = pcm.indexOf(later.subarray(0, 400));
  const firstS = written[2]!.ticks / 90_000;
  // Blocks are not cut: it begins with the first one after the first picture.
  expect(at / 2 / RATE).toBeGreaterThanOrEqual(firstS - 0.001);
  expect(at / 2 / RATE).toBeLessThan(firstS + 1);
  expect(pcm.subarray(at, at + later.length).equals(later)).toBe(true);
  await exported('silent.mp4', 0, false);
  expect(() => heardIn('silent.mp4')).toThrow(/matches no streams/);
});

it('a second of sound costs little beside itself', () => {
  const sound = written.reduce((sum, { bytes }) => sum + bytes, 0);
  const pictures = SECONDS * 15 * (400 + 116);
  // Samples that follow no rule cannot be coded shorter; the rest is the container.
  expect(sound - pictures).toBeLessThan(pcm.length * 1.02 + written.length * 200);
});
