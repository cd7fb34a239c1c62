import { overlaps } from '#domain/recording-spans.ts';
import type { Span } from '#domain/recording-types.ts';
import { silence, type RecordingReader } from '#native/recording/file-reader.ts';
import type { Part } from '#native/recording/types.ts';
import type { RecordedChunk, RecordingsPort } from '#station/recorded.ts';
import type { FileRow } from './files.store.ts';
import type { Holds } from './holds.service.ts';
import type { Shelf } from './shelf.ts';
import type { Timeline } from './timeline.ts';

/** Read with one call: a fast disk is not kept waiting, and an export never has much in memory. */
const CHUNK_BYTES = 2 * 1024 * 1024;

/** What is read begins with a key frame before the time, and sound reaches over its part: so far what is hidden matters. */
const REACH_MS = 60_000;

/** Parts that follow each other in a file; the first from `offset` on, which is a key frame's. */
interface Run {
  parts: Part[];
  offset: number;
  key: boolean;
}

export function recordingsPort(shelf: Shelf, timeline: Timeline, holds: Holds): RecordingsPort {
  return {
    async ranges(cameraId, fromMs, toMs) {
      const [found] = await timeline.read([cameraId], { fromMs, toMs });
      const { ranges = [], gaps = [], blocked = [] } = found ?? {};
      return {
        ranges: ranges.map(({ fromMs: from, toMs: to, epoch, stream }) => ({
          ...{ fromMs: from, toMs: to },
          ...{ epoch, stream },
        })),
        gaps,
        blocked: blocked.map(({ fromMs: from, toMs: to }) => ({ fromMs: from, toMs: to })),
      };
    },
    async *readParts(cameraId, stream, fromMs, toMs, options = {}) {
      const near = { fromMs: fromMs - REACH_MS, toMs: toMs + REACH_MS };
      const hidden = options.withBlocked ? [] : timeline.blockedOf(cameraId, near);
      for (const file of shelf.between(cameraId, stream, fromMs, toMs)) {
        const runs = runsOf(shelf.parts(file), { fromMs, toMs }, hidden);
        try {
          for await (const chunk of readRuns(shelf, file, runs, hidden)) {
            if (options.signal?.aborted) return;
            yield chunk;
          }
        } catch (error) {
          if (!options.onProblem) throw error;
          const of = { fileId: file.uuid, wallMs: file.startMs, endWallMs: file.endMs };
          options.onProblem({ ...of, error: (error as Error).message });
        }
      }
    },
    hold: holds.hold,
  };
}

/** The parts of a file that belong to a span without what is hidden, each stretch beginning with a key frame. */
export function runsOf(parts: readonly Part[], span: Span, hidden: readonly Span[]): Run[] {
  const isWanted = (part: Part) => {
    const own = { fromMs: part.wallMs, toMs: Math.max(part.endWallMs, part.wallMs + 1) };
    return part.wallMs < span.toMs && !hidden.some((one) => overlaps(one, own));
  };
  let first = parts.findLastIndex(({ keys }) => keys.some(({ wallMs }) => wallMs <= span.fromMs));
  if (first < 0) first = 0;
  const runs: Run[] = [];
  let run: Run | undefined;
  let bytes = 0;
  for (const [index, part] of parts.entries()) {
    if (index < first) continue;
    if (!isWanted(part)) {
      run = undefined;
      continue;
    }
    if (run && bytes + part.bytes <= CHUNK_BYTES) {
      run.parts.push(part);
      bytes += part.bytes;
      continue;
    }
    const before = run?.parts.at(-1);
    const goesOn = before !== undefined && before.offset + before.bytes === part.offset;
    const key =
      index === first
        ? (part.keys.findLast(({ wallMs }) => wallMs <= span.fromMs) ?? part.keys[0])
        : part.keys[0];
    if (!goesOn && !key) continue;
    // A key frame that is the part's first has the part's own prft before it.
    const isWhole = goesOn || key!.ticks === part.ticks;
    run = {
      parts: [part],
      offset: isWhole ? part.offset : key!.offset,
      key: key?.ticks === part.ticks || !goesOn,
    };
    bytes = part.bytes;
    runs.push(run);
  }
  return runs;
}

/** What is hidden is not heard either: sound reaches a little over the part that it came in. */
function silenceHidden(
  data: Buffer,
  offset: number,
  parts: readonly Part[],
  reader: RecordingReader,
  hidden: readonly Span[],
): void {
  const { sound } = reader;
  if (!sound || hidden.length === 0) return;
  const isHidden = (fromMs: number, toMs: number) => hidden.some((one) => overlaps(one, { fromMs, toMs }));
  for (const part of parts) {
    const from = Math.max(0, part.offset - offset);
    silence(data.subarray(from, part.offset + part.bytes - offset), part, sound, isHidden);
  }
}

async function* readRuns(
  shelf: Shelf,
  file: FileRow,
  runs: readonly Run[],
  hidden: readonly Span[],
): AsyncGenerator<RecordedChunk> {
  if (runs.length === 0) return;
  const reader = await shelf.open(file);
  /** The disk reads one run while the one before is worked on. */
  let ahead = readRun(reader, runs[0]);
  try {
    for (const [index, { parts, offset, key }] of runs.entries()) {
      const first = parts[0]!;
      const last = parts.at(-1)!;
      const begin = first.keys.find((one) => one.offset === offset);
      const skipped = begin ? first.keys.indexOf(begin) : -1;
      const data = (await ahead)!;
      ahead = readRun(reader, runs[index + 1]);
      silenceHidden(data, offset, parts, reader, hidden);
      yield {
        fileId: file.uuid,
        ...{ epoch: file.epoch, codec: file.codec, width: file.width, height: file.height },
        ...{ init: reader.init, data, key },
        frames: skipped >= 0 ? countFrames(data) : parts.reduce((sum, part) => sum + part.frames, 0),
        wallMs: begin?.wallMs ?? first.wallMs,
        endWallMs: last.endWallMs,
        ticks: begin?.ticks ?? first.ticks,
        endTicks: last.endTicks,
      };
    }
  } finally {
    await ahead.catch(() => undefined);
    await reader.close();
  }
}

/** An error is thrown where it is waited for; unhandled it must not end the station before. */
function readRun(reader: RecordingReader, run: Run | undefined): Promise<Buffer | undefined> {
  const last = run?.parts.at(-1);
  const reading =
    run && last ? reader.read(run.offset, last.offset + last.bytes - run.offset) : Promise.resolve(undefined);
  reading.catch(() => undefined);
  return reading;
}

function countFrames(data: Buffer): number {
  let frames = 0;
  for (let at = 0; at + 8 <= data.length; at += Math.max(8, data.readUInt32BE(at)))
    if (data.toString('latin1', at + 4, at + 8) === 'moof') frames += 1;
  return frames;
}
