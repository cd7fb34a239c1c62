import { open } from 'node:fs/promises';
import { boxHead, fragmentFacts } from './boxes.ts';
import { diskError, RecordingError } from './errors.ts';
import { MAX_HEAD_BYTES, readHead, type FileFacts } from './file-facts.ts';
import { isSound, readSound, type SoundSample } from './sound-fragment.ts';
import { soundOf } from './sound-init.ts';
import type { FileSound } from './sound-types.ts';
import { TICKS_PER_SECOND, type Part } from './types.ts';

/** A recording that is read. */
export interface RecordingReader {
  readonly facts: FileFacts;
  readonly init: Buffer;
  /** Undefined: it was recorded without. */
  readonly sound: FileSound | undefined;
  /** @throws RecordingError bad_file if the file ends before */
  read(offset: number, bytes: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** @throws RecordingError bad_file | disk_* */
export async function openRecording(file: string): Promise<RecordingReader> {
  let handle;
  try {
    handle = await open(file, 'r');
    const head = Buffer.alloc(4096);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    const { init, facts } = await headOf(head.subarray(0, bytesRead), handle);
    return {
      facts,
      init,
      sound: soundOf(init),
      async read(offset, bytes) {
        const data = Buffer.allocUnsafe(bytes);
        const got = await handle!.read(data, 0, bytes, offset).catch((error: unknown) => {
          throw diskError(error);
        });
        if (got.bytesRead < bytes)
          throw new RecordingError('bad_file', `ends at ${offset + got.bytesRead}, not ${offset + bytes}`);
        return data;
      },
      close: () => handle!.close(),
    };
  } catch (error) {
    await handle?.close().catch(() => undefined);
    throw diskError(error);
  }
}

async function headOf(first: Buffer, handle: Awaited<ReturnType<typeof open>>) {
  try {
    return readHead(first);
  } catch {
    // Longer than usual: parameter sets may be large.
    const more = Buffer.alloc(MAX_HEAD_BYTES);
    const { bytesRead } = await handle.read(more, 0, more.length, 0);
    return readHead(more.subarray(0, bytesRead));
  }
}

export interface FrameOfFile {
  /** moof + mdat. */
  data: Buffer;
  key: boolean;
  ticks: number;
  /** When it was recorded, UTC milliseconds: between the times of its part by its media time. */
  wallMs: number;
}

/** Wall time of a media time within a part. */
export function wallAt(
  part: Pick<Part, 'wallMs' | 'endWallMs' | 'ticks' | 'endTicks'>,
  ticks: number,
): number {
  const span = part.endTicks - part.ticks;
  const share = span > 0 ? Math.min(1, Math.max(0, (ticks - part.ticks) / span)) : 0;
  return Math.round(part.wallMs + (part.endWallMs - part.wallMs) * share);
}

/**
 * The frames in the bytes of a part, or of a part from one of its key frames on. The frames share the bytes.
 * @throws RecordingError bad_file
 */
export function framesOf(data: Buffer, part: Part): FrameOfFile[] {
  const frames: FrameOfFile[] = [];
  for (let at = 0; at < data.length;) {
    const head = boxHead(data, at);
    if (!head || at + head.bytes > data.length)
      throw new RecordingError('bad_file', `no box at ${at} of a part`);
    if (head.type !== 'moof') {
      at += head.bytes;
      continue;
    }
    const moof = data.subarray(at + 8, at + head.bytes);
    const mdat = boxHead(data, at + head.bytes);
    const end = at + head.bytes + (mdat?.bytes ?? 0);
    if (isSound(moof)) {
      at = end;
      continue;
    }
    const facts = fragmentFacts(moof);
    if (!facts || mdat?.type !== 'mdat' || end > data.length)
      throw new RecordingError('bad_file', `no frame at ${at} of a part`);
    const { key, ticks } = facts;
    frames.push({ data: data.subarray(at, end), key, ticks, wallMs: wallAt(part, ticks) });
    at = end;
  }
  return frames;
}

/** A packet of recorded sound. */
export interface SoundOfFile {
  data: Buffer;
  ticks: number;
  /** When it begins and ends: a packet of it may last half a second. */
  wallMs: number;
  endMs: number;
}

/**
 * The sound in the bytes of a part, as far as it can be read: it never costs the pictures.
 * @param data up to the end of the part
 */
export function soundsOf(data: Buffer, part: Part, sound: FileSound): SoundOfFile[] {
  const found: SoundOfFile[] = [];
  for (let at = 0; at < data.length;) {
    const head = boxHead(data, at);
    if (!head || at + head.bytes > data.length) return found;
    if (head.type === 'moof' && isSound(data.subarray(at + 8, at + head.bytes)))
      for (const sample of readSound(data.subarray(at)) ?? []) {
        found.push({ data: sample.data, ...timesOf(sample, part, sound) });
      }
    at += head.bytes;
  }
  return found;
}

/**
 * Takes the sound of a part out where any of it is hidden: its boxes become free space, so that all else stays in place.
 * @param data the part's bytes, or those from one of its key frames on; changed in place
 */
export function silence(
  data: Buffer,
  part: Part,
  sound: FileSound,
  isHidden: (fromMs: number, toMs: number) => boolean,
): void {
  for (let at = 0; at < data.length;) {
    const head = boxHead(data, at);
    if (!head || at + head.bytes > data.length) return;
    const next = at + head.bytes;
    if (head.type === 'moof' && isSound(data.subarray(at + 8, next))) {
      const samples = readSound(data.subarray(at));
      const times = samples?.map((sample) => timesOf(sample, part, sound));
      // What cannot be told is not shown either.
      if (!times || times.some(({ wallMs, endMs }) => isHidden(wallMs, endMs))) {
        free(data, at, head.bytes);
        const media = boxHead(data, next);
        if (media?.type === 'mdat') free(data, next, Math.min(media.bytes, data.length - next));
      }
    }
    at = next;
  }
}

function free(data: Buffer, at: number, bytes: number): void {
  data.write('free', at + 4, 'latin1');
  data.fill(0, at + 8, at + bytes);
}

function timesOf({ at, samples }: SoundSample, part: Part, { sampleRate }: FileSound) {
  const ticksAt = (sample: number) => Math.round((sample * TICKS_PER_SECOND) / sampleRate);
  const ticks = ticksAt(at);
  return { ticks, wallMs: wallOfSound(part, ticks), endMs: wallOfSound(part, ticksAt(at + samples)) };
}

/** As `wallAt`, but sound may reach a little over the part that it came in. */
function wallOfSound(part: Part, ticks: number): number {
  const span = part.endTicks - part.ticks;
  const pace = span > 0 ? (part.endWallMs - part.wallMs) / span : 1_000 / TICKS_PER_SECOND;
  return Math.round(part.wallMs + (ticks - part.ticks) * pace);
}
