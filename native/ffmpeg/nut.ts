import { FfmpegError } from './failure.ts';
import { MORE, NutReader } from './nut-bytes.ts';
import { FLAG, readMain, readStream, type NutMain, type NutStream } from './nut-headers.ts';

export type { NutStream } from './nut-headers.ts';

export interface NutFrame {
  stream: NutStream;
  /** In ticks of the stream's time base. */
  pts: number;
  key: boolean;
  /** Valid until the next call of `push`: a view of the input where possible. */
  data: Buffer;
}

export interface NutParser {
  /** Feeds bytes as they come. @throws FfmpegError bad_data, after which the parser is of no more use. */
  push(chunk: Buffer): void;
}

const FILE_ID = Buffer.from('nut/multimedia container\0', 'latin1');
/** The first four of the eight bytes of a start code; they differ. */
const START = { main: 0x4e4d7a56, stream: 0x4e531140, syncpoint: 0x4e4be4ad };
/** A frame this large is no frame: 4K key frames stay under 2 MB. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024;
const MAX_HEADER_BYTES = 1024 * 1024;

/**
 * Takes NUT (version 3, as ffmpeg writes it to a pipe) apart, frame by frame, without waiting for the next one.
 * `onStream` comes once for each stream before its first frame.
 */
export function nutParser(on: { stream(stream: NutStream): void; frame(frame: NutFrame): void }): NutParser {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  /** Nothing can be done before this many bytes are there: saves joining large frames again for each chunk. */
  let needBytes = FILE_ID.length;
  let isFileIdSeen = false;
  let main: NutMain | undefined;
  const streams = new Map<number, NutStream>();
  const lastPts = new Map<number, number>();

  function push(chunk: Buffer): void {
    waiting.push(chunk);
    waitingBytes += chunk.length;
    if (waitingBytes < needBytes) return;
    const data = waiting.length === 1 ? chunk : Buffer.concat(waiting, waitingBytes);
    const reader = new NutReader(data);
    let done = 0;
    needBytes = 1;
    try {
      while (reader.position < data.length) {
        item(reader);
        done = reader.position;
      }
    } catch (error) {
      if (error !== MORE) throw error;
    }
    const rest = data.subarray(done);
    // Copied, so that a small rest does not keep a large chunk alive.
    waiting = rest.length === 0 ? [] : [Buffer.from(rest)];
    waitingBytes = rest.length;
  }

  function item(reader: NutReader): void {
    if (!isFileIdSeen) {
      if (!reader.bytes(FILE_ID.length).equals(FILE_ID))
        throw new FfmpegError('bad_data', { what: 'nut file id' });
      isFileIdSeen = true;
      return;
    }
    const start = reader.position;
    if (reader.byte() === 0x4e) header(reader, start);
    else frame(reader, start);
  }

  function header(reader: NutReader, start: number): void {
    reader.position = start;
    const code = reader.bytes(8).readUInt32BE(0);
    const length = reader.unsigned();
    if (length > MAX_HEADER_BYTES) throw new FfmpegError('bad_data', { what: 'nut header length' });
    if (length > 4_096) reader.bytes(4); // header checksum
    requireBytes(reader, start, length);
    const body = new NutReader(reader.data, reader.position, reader.position + length - 4);
    if (code === START.main) main = readMain(body);
    if (code === START.stream && main) addStream(readStream(body, main));
    if (code === START.syncpoint && main) syncpoint(body, main);
    reader.position += length;
  }

  function addStream(stream: NutStream): void {
    if (streams.has(stream.id)) return;
    streams.set(stream.id, stream);
    lastPts.set(stream.id, 0);
    on.stream(stream);
  }

  /** Sets the time that the short times of the following frames are relative to. */
  function syncpoint(reader: NutReader, { timeBases }: NutMain): void {
    const coded = reader.unsigned();
    const base = timeBases[coded % timeBases.length];
    if (!base) throw new FfmpegError('bad_data', { what: 'nut syncpoint' });
    const ticks = Math.floor(coded / timeBases.length);
    for (const { id, timeBase } of streams.values()) {
      lastPts.set(id, Math.round((ticks * base.num * timeBase.den) / (base.den * timeBase.num)));
    }
  }

  function frame(reader: NutReader, start: number): void {
    reader.position = start;
    const code = main?.codes[reader.byte()];
    if (!main || !code || code.flags & FLAG.invalid)
      throw new FfmpegError('bad_data', { what: 'nut frame code' });
    const flags = code.flags & FLAG.coded ? code.flags ^ reader.unsigned() : code.flags;
    const stream = streams.get(flags & FLAG.streamId ? reader.unsigned() : code.streamId);
    if (!stream) throw new FfmpegError('bad_data', { what: 'nut frame stream' });
    const last = lastPts.get(stream.id) ?? 0;
    const pts =
      flags & FLAG.codedPts ? fullPts(reader.unsigned(), last, stream.msbPtsShift) : last + code.ptsDelta;
    const size = code.sizeLsb + (flags & FLAG.sizeMsb ? reader.unsigned() * code.sizeMul : 0);
    if (size > MAX_FRAME_BYTES) throw new FfmpegError('bad_data', { what: 'nut frame size' });
    if (flags & FLAG.matchTime) reader.signed();
    const headerIndex = flags & FLAG.headerIndex ? reader.unsigned() : code.headerIndex;
    const reserved = flags & FLAG.reserved ? reader.unsigned() : code.reserved;
    for (let skipped = 0; skipped < reserved; skipped += 1) reader.unsigned();
    // The specification forgets elided bytes for frames over 4096 bytes; so does ffmpeg.
    const elided = main.elided[size > 4_096 ? 0 : headerIndex];
    if (!elided || elided.length > size) throw new FfmpegError('bad_data', { what: 'nut elided header' });
    if (flags & FLAG.checksum) reader.bytes(4);
    requireBytes(reader, start, size - elided.length);
    const rest = reader.bytes(size - elided.length);
    lastPts.set(stream.id, pts);
    const data = elided.length === 0 ? rest : Buffer.concat([elided, rest]);
    on.frame({ stream, pts, key: (flags & FLAG.key) !== 0, data });
  }

  function requireBytes(reader: NutReader, start: number, length: number): void {
    if (reader.position + length <= reader.data.length) return;
    needBytes = reader.position + length - start;
    throw MORE;
  }

  return { push };
}

/** A time coded by its low bits is the nearest such one to the last; one coded in full is offset by 2^shift. */
function fullPts(coded: number, last: number, shift: number): number {
  const span = 2 ** shift;
  if (coded >= span) return coded - span;
  const lowest = last - Math.floor((span - 1) / 2);
  return lowest + ((((coded - lowest) % span) + span) % span);
}
