/** Raw pictures into H.264 while they are made: one process, pictures in and access units out. */
import { startChild } from '#native/process/child.ts';

export interface EncoderOptions {
  ffmpeg: string;
  width: number;
  height: number;
  fps: number;
  /** Frames from one key frame to the next. */
  gop: number;
  /** Quality of x264, 0 (best) to 51. */
  crf: number;
}
export interface H264Encoder {
  /** Takes one picture (yuv420p, planes one after the other, limited range); false: it is behind, the picture is left out. */
  push(picture: Buffer): boolean;
  stop(): void;
}

/** Pictures that may wait in the pipe: more is a machine that cannot keep up. */
const MOST_WAITING = 3;
/** An access unit delimiter: with `aud=1` each access unit begins with one. */
const DELIMITER = Buffer.from([0, 0, 0, 1, 9]);

/**
 * Starts an encoder. An access unit is handed on when the next one begins: one frame time later.
 * @param on hears each access unit (Annex B, parameter sets before key frames), and once the end if nobody asked for it
 * @throws ProcessError when ffmpeg cannot be started
 */
export function startH264Encoder(
  { ffmpeg, width, height, fps, gop, crf }: EncoderOptions,
  on: { unit(data: Buffer): void; ended(words: string): void },
): H264Encoder {
  const x264 = `aud=1:repeat-headers=1:keyint=${gop}:min-keyint=${gop}:scenecut=0:bframes=0:sliced-threads=0`;
  const child = startChild({
    label: 'ffmpeg encoder',
    command: ffmpeg,
    args: ['-v', 'error', '-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`, '-r', String(fps), '-i', '-', '-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-profile:v', 'main', '-crf', String(crf), '-threads', '1', '-x264-params', x264, '-f', 'h264', '-flush_packets', '1', '-'], // prettier-ignore
    stdin: 'pipe',
    stdout: 'pipe',
  });
  let rest: Buffer = Buffer.alloc(0);
  let isStopped = false;
  let waiting = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let next = rest.indexOf(DELIMITER, 1); next > 0; next = rest.indexOf(DELIMITER, 1)) {
      const unit = rest.subarray(0, next);
      rest = rest.subarray(next);
      if (!isStopped) on.unit(unit);
    }
  });
  child.stdin?.on('error', () => undefined);
  void child.exited.then(() => {
    if (!isStopped) on.ended(child.stderrTail());
  });
  return {
    push(picture) {
      if (isStopped || waiting >= MOST_WAITING) return false;
      waiting += 1;
      child.stdin?.write(picture, () => (waiting -= 1));
      return true;
    },
    stop() {
      isStopped = true;
      void child.stop(0);
    },
  };
}
