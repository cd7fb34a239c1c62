import { open, type FileHandle } from 'node:fs/promises';
import { boxHead, fragmentFacts, MAX_MOOF_BYTES, PRFT_BYTES, readPrft } from './boxes.ts';
import { diskError } from './errors.ts';
import { MAX_HEAD_BYTES, readHead, type FileFacts } from './file-facts.ts';
import { isSound } from './sound-fragment.ts';
import { TICKS_PER_SECOND, type Part } from './types.ts';

const WINDOW_BYTES = 64 * 1024;

export interface ScannedFile {
  facts: FileFacts;
  parts: Part[];
  /** The file is good up to here: after it comes nothing, or what a killed process had begun. */
  goodBytes: number;
  fileBytes: number;
}

/**
 * Finds the parts of a file from the file itself, without reading its pictures.
 * @param from end of what is known already; else the whole file
 * @throws RecordingError bad_file | disk_*
 */
export async function scanFile(file: string, from?: number): Promise<ScannedFile> {
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      const head = Buffer.alloc(Math.min(size, MAX_HEAD_BYTES));
      await handle.read(head, 0, head.length, 0);
      const { facts, headBytes } = readHead(head);
      const found = await scanParts(handle, from ?? headBytes, size);
      return { facts, ...found, fileBytes: size };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw diskError(error);
  }
}

/** Looks at a file through a window, so that a box's head costs no call of its own. */
function windowOn(handle: FileHandle, size: number) {
  let start = 0;
  let held = Buffer.alloc(0);
  return async (at: number, bytes: number): Promise<Buffer | undefined> => {
    if (at + bytes > size) return undefined;
    if (at < start || at + bytes > start + held.length) {
      held = Buffer.alloc(Math.min(Math.max(WINDOW_BYTES, bytes), size - at));
      const { bytesRead } = await handle.read(held, 0, held.length, at);
      held = held.subarray(0, bytesRead);
      start = at;
      if (bytesRead < bytes) return undefined;
    }
    return held.subarray(at - start, at - start + bytes);
  };
}

async function scanParts(handle: FileHandle, from: number, size: number) {
  const look = windowOn(handle, size);
  const parts: Part[] = [];
  let part: Part | undefined;
  let at = from;
  for (;;) {
    const headBytes = await look(at, 8);
    const head = headBytes && boxHead(headBytes, 0);
    if (head?.type === 'prft' && head.bytes === PRFT_BYTES) {
      const box = await look(at, PRFT_BYTES);
      if (!box) break;
      const { wallMs, ticks } = readPrft(box);
      part = {
        offset: at,
        bytes: PRFT_BYTES,
        wallMs,
        endWallMs: wallMs,
        ticks,
        endTicks: ticks,
        frames: 0,
        keys: [],
      };
      at += PRFT_BYTES;
      continue;
    }
    const fragment: Fragment | undefined =
      head?.type === 'moof' && part ? await readFragment(look, at, head.bytes, size) : undefined;
    if (!fragment || !part) break;
    if (part.frames === 0 && !fragment.isSound) parts.push(part);
    addFragment(part, fragment, at);
    at += fragment.bytes;
  }
  setEnds(parts);
  const last = parts.at(-1);
  return { parts, goodBytes: last ? last.offset + last.bytes : from };
}

interface Fragment {
  bytes: number;
  /** It holds no picture: nothing but its bytes counts. */
  isSound: boolean;
  ticks: number;
  duration: number;
  key: boolean;
}

async function readFragment(
  look: (at: number, bytes: number) => Promise<Buffer | undefined>,
  at: number,
  moofBytes: number,
  size: number,
): Promise<Fragment | undefined> {
  if (moofBytes > MAX_MOOF_BYTES) return undefined;
  const moof = await look(at, moofBytes);
  const isOfSound = moof !== undefined && isSound(moof.subarray(8));
  const facts = isOfSound ? NO_PICTURE : moof && fragmentFacts(moof.subarray(8));
  const next = await look(at + moofBytes, 8);
  const mdat = next && boxHead(next, 0);
  if (!facts || mdat?.type !== 'mdat') return undefined;
  const bytes = moofBytes + mdat.bytes;
  return at + bytes > size ? undefined : { bytes, isSound: isOfSound, ...facts };
}
const NO_PICTURE = { ticks: 0, duration: 0, key: false };

function addFragment(part: Part, fragment: Fragment, at: number): void {
  const { bytes, ticks, duration, key } = fragment;
  part.bytes = at + bytes - part.offset;
  if (fragment.isSound) return;
  const wallMs = part.wallMs + Math.max(0, Math.round(((ticks - part.ticks) / TICKS_PER_SECOND) * 1000));
  if (key) part.keys.push({ offset: at, bytes, ticks, wallMs });
  part.frames += 1;
  part.endTicks = Math.max(part.endTicks, ticks + duration);
}

/** A part lasts until the next one; the last one as long as its media. */
function setEnds(parts: Part[]): void {
  parts.forEach((part, index) => {
    const next = parts[index + 1];
    const mediaMs = Math.round(((part.endTicks - part.ticks) / TICKS_PER_SECOND) * 1000);
    part.endWallMs = next && next.wallMs >= part.wallMs ? next.wallMs : part.wallMs + mediaMs;
    if (next) part.endTicks = Math.max(part.ticks, Math.min(part.endTicks, next.ticks));
    for (const key of part.keys) key.wallMs = Math.min(key.wallMs, part.endWallMs);
  });
}
