import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { EvidenceExport } from '#contract/evidence.contract.ts';
import { STREAM_KINDS, type StreamKind } from '#contract/media-wire.ts';
import { GAP_SLACK_MS } from '#domain/recording-gaps.ts';
import { mergeSpans, missingFrom, overlaps } from '#domain/recording-spans.ts';
import type { Span } from '#domain/recording-types.ts';
import { soundOf } from '#native/recording/sound-init.ts';
import { mp4Writer, type Mp4Writer } from '#native/mp4/writer.ts';
import type { RecordedChunk, RecordedRange, RecordingsPort } from '#station/recorded.ts';
import { startBurn, type Burn } from './burn.ts';
import { hashedFile, hashFile, type BundleFile, type HashedFile } from './hashed-file.ts';
import { fileStamp, utcOffsetMs } from '#station/paper/local-time.ts';
import { segmentPlan, type Segment } from './segments.ts';

/** What the bundle says of one camera. */
export interface CameraFacts {
  id: string;
  videos: (Omit<Segment, 'init'> & {
    name: string;
    durationMs: number;
    burnt: string | null;
    /** Which of the camera's streams it is. Absent in exports of earlier versions. */
    stream?: StreamKind;
    /** RFC 6381 name of its sound; null: it has none. Absent in exports of earlier versions. */
    sound?: string | null;
  })[];
  gaps: { fromMs: number; toMs: number; reason: string }[];
  /** Left out because they are blocked for privacy, or, if `withBlocked`, in it nevertheless. */
  blocked: { fromMs: number; toMs: number }[];
  /** Parts that are in the index and could not be read. */
  unreadable: { atMs: number; error: string }[];
  burnFailed: boolean;
}

export interface CameraExport {
  recordings: RecordingsPort;
  /** Folder of the bundle. */
  folder: string;
  cameraId: string;
  /** Place in the list of cameras, from 1: names that differ in case only must not meet on Windows. */
  number: number;
  fromMs: number;
  toMs: number;
  withBlocked: boolean;
  /** Sound too, where it was recorded. */
  withSound: boolean;
  streams: EvidenceExport['streams'];
  /** Path of ffmpeg if copies with the time in the picture are wanted. */
  burnWith: string | null;
  timezone: string;
  signal: AbortSignal;
  /** Called for each part. @param ofCamera share of this camera, 0 to 1 @throws to end the export */
  onProgress(ofCamera: number, bytes: number): void | Promise<void>;
}

interface OpenVideo {
  stream: StreamKind;
  segment: Segment;
  name: string;
  file: HashedFile;
  writer: Mp4Writer;
  burn: Burn | null;
}

/**
 * Writes the videos of one camera: an MP4 for each stretch of a stream without a break.
 * @throws what the disk says; the signal's reason
 */
export async function exportCamera(
  options: CameraExport,
): Promise<{ facts: CameraFacts; files: BundleFile[] }> {
  const { recordings, cameraId, fromMs, toMs, withBlocked, signal } = options;
  const index = await recordings.ranges(cameraId, fromMs, toMs);
  const clip = <T extends { fromMs: number; toMs: number }>(span: T): T => ({
    ...span,
    fromMs: Math.max(span.fromMs, fromMs),
    toMs: Math.min(span.toMs, toMs),
  });
  const facts: CameraFacts = {
    ...{ id: cameraId, videos: [], unreadable: [], burnFailed: false },
    gaps: index.gaps.map(clip).filter((gap) => gap.fromMs < gap.toMs),
    blocked: index.blocked.map(clip).filter((span) => span.fromMs < span.toMs),
  };
  const files: BundleFile[] = [];
  /** What of the main stream is in the index and not in the bundle: the sub stream may have it. */
  const lost: Span[] = [];
  const streams = STREAM_KINDS.filter((stream) => index.ranges.some((range) => range.stream === stream));
  let open: OpenVideo | undefined;
  await mkdir(path.join(options.folder, 'video'), { recursive: true });
  try {
    for (const [place, stream] of streams.entries()) {
      const spans = spansOf(stream, index.ranges, lost, options);
      for (const [at, span] of spans.entries()) {
        const share = (atMs: number) => (place + (at + shareOf(span, atMs)) / spans.length) / streams.length;
        await exportSpan(stream, span, share);
        if (open) await close(open);
        open = undefined;
      }
    }
  } finally {
    await open?.burn?.abort();
    await open?.file.abandon();
  }
  return { facts, files };

  async function exportSpan(stream: StreamKind, span: Span, share: (atMs: number) => number): Promise<void> {
    const plan = segmentPlan();
    /** Up to here it is in the bundle. */
    let writtenMs = -Infinity;
    const chunks = recordings.readParts(cameraId, stream, span.fromMs, span.toMs, {
      withBlocked,
      signal,
      onProblem({ wallMs, endWallMs, error }) {
        const isTold = facts.unreadable.some((one) => one.atMs === wallMs && one.error === error);
        if (!isTold) facts.unreadable.push({ atMs: wallMs, error });
        if (stream === 'main') lost.push({ fromMs: Math.max(wallMs, writtenMs), toMs: endWallMs });
      },
    });
    for await (const chunk of chunks) {
      signal.throwIfAborted();
      const placed = plan(chunk);
      if (!placed) continue;
      if (placed.isNew) {
        if (open) await close(open);
        open = undefined;
        open = await begin(stream, placed.segment, chunk);
      }
      const video = open as OpenVideo;
      await video.writer.append(chunk.data, placed.shift);
      await video.burn?.add(chunk);
      writtenMs = chunk.endWallMs;
      await options.onProgress(share(chunk.endWallMs), chunk.data.length);
    }
    signal.throwIfAborted();
  }

  async function begin(stream: StreamKind, segment: Segment, chunk: RecordedChunk): Promise<OpenVideo> {
    const number = String(options.number).padStart(2, '0');
    const stem = `${number}-${cameraId}-${stream}-${fileStamp(segment.startMs, options.timezone)}`;
    const same = facts.videos.filter(({ name }) => name.startsWith(`video/${stem}`)).length;
    const name = `video/${stem}${same > 0 ? `-${same + 1}` : ''}.mp4`;
    const file = await hashedFile(options.folder, name);
    const writer = mp4Writer(chunk.init, segment.startMs, (bytes) => file.write(bytes), {
      withSound: options.withSound,
    });
    const burn = options.burnWith === null ? null : await beginBurn(options.burnWith, name, segment);
    return { stream, segment, name, file, writer, burn };
  }

  /** A copy that cannot be begun is a warning: the original is what proves. */
  async function beginBurn(ffmpeg: string, name: string, segment: Segment): Promise<Burn | null> {
    const offset = utcOffsetMs(options.timezone, segment.startMs);
    const { init, startMs } = segment;
    const { folder } = options;
    try {
      await mkdir(path.join(folder, 'video-with-time'), { recursive: true });
      return await startBurn({
        ffmpeg,
        folder,
        name: burntName(name),
        cameraId,
        init,
        startMs,
        utcOffsetMs: offset,
        withSound: options.withSound,
      });
    } catch {
      facts.burnFailed = true;
      return null;
    }
  }

  async function close({ stream, segment, name, file, writer, burn }: OpenVideo): Promise<void> {
    const { durationMs } = await writer.finish();
    files.push(await file.finish());
    let burnt: string | null = null;
    if (burn && (await burn.finish())) {
      burnt = burntName(name);
      files.push(await hashFile(options.folder, burnt));
    } else if (burn) facts.burnFailed = true;
    const { init, ...rest } = segment;
    const sound = options.withSound ? (soundOf(init)?.codec ?? null) : null;
    facts.videos.push({ ...rest, name, stream, durationMs, burnt, sound });
  }
}

const shareOf = ({ fromMs, toMs }: Span, atMs: number): number =>
  Math.min(1, Math.max(0, (atMs - fromMs) / (toMs - fromMs)));

/** What is read of a stream: all that is recorded of it, or of the sub stream only what there is not of the main one. */
function spansOf(
  stream: StreamKind,
  ranges: readonly RecordedRange[],
  lost: readonly Span[],
  { fromMs, toMs, streams }: Pick<CameraExport, 'fromMs' | 'toMs' | 'streams'>,
): Span[] {
  const whole = { fromMs, toMs };
  if (stream === 'main' || streams === 'all') return [whole];
  const main = ranges.filter((range) => range.stream === 'main');
  const there = main.flatMap((range) => missingFrom(range, lost));
  return missingFrom(whole, mergeSpans(there, GAP_SLACK_MS)).filter((span) =>
    ranges.some((range) => range.stream === stream && overlaps(range, span)),
  );
}

const burntName = (name: string): string => name.replace(/^video\//, 'video-with-time/');
