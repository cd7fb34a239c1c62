import type { Relay } from '#native/ffmpeg/relay.ts';
import type { MediaFrame, MediaTrack } from '#native/ffmpeg/media.ts';
import { runChild } from '#native/process/run-child.ts';

/** A camera with key frames 10 s apart that nobody has looked at yet needs that and its connection. */
const KEY_FRAME_MS = 15_000;
const DECODE_MS = 10_000;
const MAX_JPEG_BYTES = 16 * 1024 * 1024;

export interface Picture {
  jpeg: Buffer;
  /** When its frame arrived, UTC milliseconds. */
  takenAtMs: number;
}
export class NoPictureError extends Error {}

/** The newest key frame of a stream, at once when somebody looks at it already. */
function keyFrame(relay: Relay, signal: AbortSignal): Promise<{ track: MediaTrack; frame: MediaFrame }> {
  return new Promise((resolve, reject) => {
    let track: MediaTrack | undefined;
    let isDone = false;
    const end = (act: () => void) => {
      if (isDone) return;
      isDone = true;
      signal.removeEventListener('abort', onAbort);
      // frames kept for newcomers come within join itself, before it has returned the way out
      queueMicrotask(() => leave());
      act();
    };
    const onAbort = () => end(() => reject(new NoPictureError('no key frame in time')));
    signal.addEventListener('abort', onAbort);
    const leave = relay.join({
      state: () => undefined,
      track: (next) => void (track = next),
      frame(frame) {
        const of = track;
        if (frame.key && of) end(() => resolve({ track: of, frame }));
      },
    });
    if (signal.aborted) onAbort();
  });
}

/** A JPEG of what a camera shows. @throws NoPictureError */
export async function takePicture(relay: Relay, ffmpegPath: string): Promise<Picture> {
  const { track, frame } = await keyFrame(relay, AbortSignal.timeout(KEY_FRAME_MS));
  const input = Buffer.concat([track.init, frame.data]);
  const decode = ['-f', 'mp4', '-i', 'pipe:0', '-frames:v', '1'];
  const encode = ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-q:v', '3', '-f', 'image2pipe', 'pipe:1'];
  const { code, stdout, stderr } = await runChild({
    label: 'tour picture',
    command: ffmpegPath,
    args: ['-hide_banner', '-nostdin', '-v', 'error', ...decode, ...encode],
    input,
    timeoutMs: DECODE_MS,
    maxOutputBytes: MAX_JPEG_BYTES,
  }).catch((error: Error) => {
    throw new NoPictureError(error.message);
  });
  if (code !== 0 || stdout.length === 0) throw new NoPictureError(stderr.slice(-300));
  return { jpeg: stdout, takenAtMs: frame.receivedAtMs };
}
