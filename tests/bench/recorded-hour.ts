import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createRecordingFile, type RecordingFile } from '#native/recording/file-writer.ts';
import { partBuilder } from '#native/recording/part-builder.ts';
import { openRecordingPark, type RecordingPark } from '#tests/fixtures/recording-park.ts';
import { encodeClip, type Clip } from '#tests/fixtures/recordings.ts';

/** An hour of a main stream: 12 files of five minutes, as the recorder makes them. */
const CLIP_SECONDS = 30;
const CLIPS_PER_FILE = 10;
const FILES = 12;
const FILE_MS = CLIPS_PER_FILE * CLIP_SECONDS * 1_000;
export const HOUR_MS = FILES * FILE_MS;

/** The stream's folder: any UUID. */
const FOLDER = randomUUID();

/**
 * A station that finds an hour of a camera on its disk when it starts, and takes it into its index.
 * @param whole gets the same hour in one file, for others to read
 */
export async function recordedHour(
  cameraId: string,
  whole: string,
): Promise<{ park: RecordingPark; fromMs: number }> {
  const empty = await openRecordingPark([]);
  await empty.stop();
  const { dataDir } = empty;
  const clip = encodeClip({ seconds: CLIP_SECONDS, rate: 25, size: '1280x720', quality: 12 });
  const fromMs = Date.now() - 2 * HOUR_MS;
  for (let index = 0; index < FILES; index += 1) {
    const { file, headBytes } = await record(path.join(dataDir, 'recordings'), cameraId, clip, fromMs, index);
    const all = readFileSync(file);
    appendFileSync(whole, index === 0 ? all : all.subarray(headBytes));
  }
  const rule = { mode: 'off' as const };
  const park = await openRecordingPark([{ id: cameraId, url: 'rtsp://127.0.0.1:9/none', rule }], { dataDir });
  return { park, fromMs };
}

async function record(root: string, cameraId: string, clip: Clip, hourMs: number, index: number) {
  const id = randomUUID();
  const startMs = hourMs + index * FILE_MS;
  const { codec, width, height } = clip.track;
  const about = { ...{ codec, width, height, startMs }, epoch: 0, cause: 'continuous' };
  const place = path.join(root, FOLDER, new Date(startMs).toISOString().slice(0, 10), `${id}.mp4`);
  const facts = { id, cameraId, stream: 'main' as const, ...about };
  const file = await createRecordingFile(root, place, clip.track, facts);
  const headBytes = file.bytes;
  await append(file, clip, hourMs, index * CLIPS_PER_FILE);
  await file.sync();
  await file.close();
  return { file: place, headBytes };
}

/** The clip again and again, each time later. */
async function append(file: RecordingFile, clip: Clip, hourMs: number, first: number): Promise<void> {
  const builder = partBuilder();
  for (let round = first; round < first + CLIPS_PER_FILE; round += 1)
    for (const { key, data, ticks } of clip.frames) {
      const later = ticks + round * CLIP_SECONDS * 90_000;
      const part = builder.add({
        key,
        data: laterFragment(data, later),
        ticks: later,
        receivedAtMs: hourMs + later / 90,
      });
      if (part) await file.append(part);
    }
  const last = builder.flush();
  if (last) await file.append(last);
}

/** Fragments carry their times: the decoding time lies 60 bytes into the moof that our muxer writes. */
function laterFragment(data: Buffer, ticks: number): Buffer {
  const copy = Buffer.from(data);
  copy.writeBigUInt64BE(BigInt(ticks), 60);
  return copy;
}
