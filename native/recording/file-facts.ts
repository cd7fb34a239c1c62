import { boxHead } from './boxes.ts';
import { RecordingError } from './errors.ts';

/** Who and what a file shows, kept in it: a lost index loses nothing and misattributes nothing. */
export interface FileFacts {
  /** The file's own, also its name. */
  id: string;
  cameraId: string;
  stream: 'main' | 'sub';
  codec: string;
  width: number;
  height: number;
  /** Wall time of its beginning, UTC milliseconds. */
  startMs: number;
  epoch: number;
  cause: string;
}

const MAGIC = 'recording/1 ';
/** Longest head of a file that is believed. */
export const MAX_HEAD_BYTES = 256 * 1024;

/** A `free` box, which every player passes over, with the facts as JSON. */
export function factsBox(facts: FileFacts): Buffer {
  const content = Buffer.from(MAGIC + JSON.stringify(facts));
  const box = Buffer.alloc(8 + content.length);
  box.writeUInt32BE(box.length, 0);
  box.write('free', 4, 'latin1');
  content.copy(box, 8);
  return box;
}

/** @throws RecordingError bad_file */
export function readHead(data: Buffer): { init: Buffer; facts: FileFacts; headBytes: number } {
  const bad = (what: string) => new RecordingError('bad_file', what);
  const ftyp = boxHead(data, 0);
  if (ftyp?.type !== 'ftyp') throw bad('no ftyp');
  const moov = boxHead(data, ftyp.bytes);
  if (moov?.type !== 'moov') throw bad('no moov');
  const initBytes = ftyp.bytes + moov.bytes;
  const free = boxHead(data, initBytes);
  const headBytes = initBytes + (free?.bytes ?? 0);
  if (free?.type !== 'free' || headBytes > data.length) throw bad('no facts');
  const text = data.toString('utf8', initBytes + 8, headBytes);
  if (!text.startsWith(MAGIC)) throw bad('facts of another kind');
  return {
    init: Buffer.from(data.subarray(0, initBytes)),
    facts: parseFacts(text.slice(MAGIC.length)),
    headBytes,
  };
}

function parseFacts(text: string): FileFacts {
  let facts: Partial<FileFacts>;
  try {
    facts = JSON.parse(text) as Partial<FileFacts>;
  } catch {
    throw new RecordingError('bad_file', 'facts');
  }
  const { id, cameraId, stream, codec, width, height, startMs, epoch, cause } = facts;
  const isGood =
    [id, cameraId, codec, cause].every((value) => typeof value === 'string' && value !== '') &&
    (stream === 'main' || stream === 'sub') &&
    [width, height, startMs, epoch].every((value) => Number.isSafeInteger(value));
  if (!isGood) throw new RecordingError('bad_file', 'facts are incomplete');
  return facts as FileFacts;
}
