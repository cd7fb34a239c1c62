import type { StreamKind } from '#contract/media-wire.ts';
import { runChild } from '#native/process/run-child.ts';
import type { Cursor } from './cursor.ts';

const MAX_BYTES = 32 * 1024 * 1024;
/** ffmpegs at a time: a timeline asks for dozens at once, and the pictures of the wall must not notice. */
const AT_ONCE = 2;
/** Wider ones are to show more than a sub stream may have. */
const SMALL_WIDTH = 640;
const TIMEOUT_MS = 10_000;

export interface Thumbnail {
  atMs: number;
  jpeg: Buffer;
}
export interface ThumbnailDeps {
  ffmpegPath(): string;
  cursor(cameraId: string, stream: StreamKind): Cursor;
  isBlocked(cameraId: string, atMs: number): boolean;
}

/** Small pictures of key frames, kept in memory up to a bound, those not asked for longest going first. */
export function createThumbnails({ ffmpegPath, cursor, isBlocked }: ThumbnailDeps) {
  const kept = new Map<string, Promise<Thumbnail | null>>();
  const sizes = new Map<string, number>();
  let bytes = 0;
  let running = 0;
  const queue: (() => void)[] = [];

  async function turn<T>(run: () => Promise<T>): Promise<T> {
    if (running >= AT_ONCE) await new Promise<void>((resolve) => queue.push(resolve));
    running += 1;
    try {
      return await run();
    } finally {
      running -= 1;
      queue.shift()?.();
    }
  }

  async function decode(init: Buffer, frame: Buffer, width: number): Promise<Buffer> {
    const args = [
      ...['-hide_banner', '-loglevel', 'error', '-threads', '1', '-f', 'mp4', '-i', 'pipe:0'],
      ...['-frames:v', '1', '-vf', `scale=${width}:-2`, '-q:v', '5', '-f', 'mjpeg', 'pipe:1'],
    ];
    const input = Buffer.concat([init, frame]);
    const command = ffmpegPath();
    const limits = { timeoutMs: TIMEOUT_MS, maxOutputBytes: 4 * 1024 * 1024 };
    const { code, stdout, stderr } = await runChild({ label: 'thumbnail', command, args, input, ...limits });
    if (code !== 0 || stdout.length === 0) throw new Error(`thumbnail: ffmpeg ended with ${code}: ${stderr}`);
    return stdout;
  }

  function keep(key: string, made: Promise<Thumbnail | null>): void {
    kept.set(key, made);
    void made.then(
      (thumbnail) => {
        sizes.set(key, thumbnail?.jpeg.length ?? 0);
        bytes += sizes.get(key)!;
        for (const oldest of kept.keys()) {
          if (bytes <= MAX_BYTES || oldest === key) break;
          bytes -= sizes.get(oldest) ?? 0;
          sizes.delete(oldest);
          kept.delete(oldest);
        }
      },
      () => kept.delete(key),
    );
  }

  return {
    /** The key frame at or before the time, or null. */
    async at(cameraId: string, atMs: number, width: number, withBlocked: boolean): Promise<Thumbnail | null> {
      // The smaller stream is enough for a small picture and costs less to decode.
      const at = cursor(cameraId, width <= SMALL_WIDTH ? 'sub' : 'main');
      try {
        await at.seek(atMs);
        const frame = await at.next(true);
        if (!frame || frame.wallMs > atMs || frame.file.endMs <= atMs - 1_000) return null;
        if (!withBlocked && (isBlocked(cameraId, frame.wallMs) || isBlocked(cameraId, atMs))) return null;
        const key = `${frame.file.uuid}/${frame.ticks}/${width}`;
        const known = kept.get(key);
        // Asked for again: the youngest now.
        if (known) {
          kept.delete(key);
          kept.set(key, known);
          return await known;
        }
        const made = turn(async () => ({
          atMs: frame.wallMs,
          jpeg: await decode(frame.init, frame.data, width),
        }));
        keep(key, made);
        return await made;
      } finally {
        await at.close();
      }
    },
  };
}
