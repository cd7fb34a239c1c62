/** What may be deleted, and when it has to wait. Pure: files, holds and room are given. */
import { overlaps } from './recording-spans.ts';
import type { RecordedStream } from './recording-streams.ts';
import type { Span, VolumeState } from './recording-types.ts';

export interface KeptFile extends Span {
  id: number;
  cameraId: string;
  stream: RecordedStream;
  bytes: number;
}
/** Nothing of these cameras in this span is deleted. */
export interface Hold extends Span {
  cameraIds: readonly string[];
}

export const isHeld = (
  file: Pick<KeptFile, 'cameraId' | 'fromMs' | 'toMs'>,
  holds: readonly Hold[],
): boolean => holds.some((hold) => hold.cameraIds.includes(file.cameraId) && overlaps(hold, file));

/** Files whose term is over and that nobody holds, in the order given. */
export function expired(
  files: readonly KeptFile[],
  holds: readonly Hold[],
  nowMs: number,
  keepMsOf: (file: KeptFile) => number,
): KeptFile[] {
  return files.filter((file) => file.toMs + keepMsOf(file) <= nowMs && !isHeld(file, holds));
}

/**
 * The fewest of `files` (oldest first) that give `needBytes`, without what is held. All that may go if that is not enough.
 * @param goesLast what goes only when nothing else is left: recording on is worth more, and what must stay has a lock
 */
export function oldestFor(
  files: Iterable<KeptFile>,
  holds: readonly Hold[],
  needBytes: number,
  goesLast: (file: KeptFile) => boolean = () => false,
): KeptFile[] {
  const chosen: KeptFile[] = [];
  const last: KeptFile[] = [];
  let bytes = 0;
  const choose = (file: KeptFile) => {
    chosen.push(file);
    bytes += file.bytes;
  };
  for (const file of files) {
    if (bytes >= needBytes) return chosen;
    if (isHeld(file, holds)) continue;
    if (goesLast(file)) last.push(file);
    else choose(file);
  }
  for (const file of last) {
    if (bytes >= needBytes) break;
    choose(file);
  }
  return chosen;
}

/** Fewer files than this are no mass: a new station deletes its first day without asking. */
const FEW = 50;

/**
 * Whether a deletion looks like a mistake (a clock that ran away, a site without its cameras, a disk that is not the one)
 * rather than like the passing of time: more than half of all that is there at once.
 */
export const isMassDeletion = (files: number, of: number): boolean => of >= FEW && files * 2 > of;

/**
 * As {@link isMassDeletion} for each of the two streams: of all that is there, a week of the main stream is little beside
 * three months of the sub stream.
 * @param countOf how many files there are of a stream, at least up to `upTo`
 */
export function isMassOfStream(
  files: readonly Pick<KeptFile, 'stream'>[],
  countOf: (stream: RecordedStream, upTo: number) => number,
): boolean {
  return (['main', 'sub'] as const).some((stream) => {
    const own = files.filter((file) => file.stream === stream).length;
    return own * 2 > FEW && isMassDeletion(own, countOf(stream, own * 2));
  });
}

export interface VolumeRoom {
  /** Null: the file system does not say. */
  freeBytes: number | null;
  totalBytes: number;
  usedBytes: number;
  quotaBytes: number | null;
  /** Measured over the last minutes. */
  bytesPerHour: number;
}

/** An hour of what is written is kept free, but never more than this share of a small disk. */
const HEAD_SHARE = 0.2;
/** Before anything is measured. */
const LEAST_HEAD_BYTES = 256 * 1024 * 1024;
/** Nothing is written into the last bytes: a full disk hurts more than the recording. */
const RESERVE_SHARE = 0.02;
const RESERVE_BYTES = 64 * 1024 * 1024;

const sizeOf = ({ totalBytes, quotaBytes }: VolumeRoom): number =>
  Math.min(totalBytes, quotaBytes ?? totalBytes);

/** What is to be kept free: an hour as measured. */
export function headRoomBytes(room: VolumeRoom): number {
  return Math.round(Math.min(Math.max(room.bytesPerHour, LEAST_HEAD_BYTES), sizeOf(room) * HEAD_SHARE));
}

/** At this and below nothing is written any more. */
export const reserveBytes = (room: VolumeRoom): number =>
  Math.round(Math.min(RESERVE_BYTES, sizeOf(room) * RESERVE_SHARE));

/** What may still be written: the lesser of the disk's room and the quota's. Null if the file system does not say. */
export function leftBytes({ freeBytes, quotaBytes, usedBytes }: VolumeRoom): number | null {
  if (freeBytes === null) return null;
  return quotaBytes === null ? freeBytes : Math.min(freeBytes, quotaBytes - usedBytes);
}

/** How many bytes have to go now: back to the head room. */
export function needBytes(room: VolumeRoom): number {
  const left = leftBytes(room);
  return left === null ? 0 : Math.max(0, headRoomBytes(room) - left);
}

/**
 * `low` only once deleting could not help (`stillNeeded` after it): deleting the oldest is the usual state of a full disk.
 * From `full` it comes back only with twice the reserve, so that it does not flicker.
 */
export function roomState(room: VolumeRoom, before: VolumeState): 'ok' | 'low' | 'full' | 'error' {
  const left = leftBytes(room);
  if (left === null) return 'error';
  if (left <= reserveBytes(room) * (before === 'full' ? 2 : 1)) return 'full';
  // A tenth below, because what is being written meanwhile is no shortage.
  return left < headRoomBytes(room) * 0.9 ? 'low' : 'ok';
}
