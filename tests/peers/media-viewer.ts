import { runChild } from '#native/process/run-child.ts';
import type { AudioFrame, MediaFrame, MediaTrack } from '#native/ffmpeg/media.ts';
import type { Relay, StreamState } from '#native/ffmpeg/relay.ts';

export interface RecordedViewer {
  states: StreamState[];
  tracks: MediaTrack[];
  frames: (MediaFrame & { isCached: boolean })[];
  sounds: AudioFrame[];
  /** Resolves once `holds` does; looked at after every call. Rejects after 20 s with what was seen. */
  until(holds: () => boolean, what: string): Promise<void>;
  leave(): void;
}

/** Joins a relay and keeps all that comes. */
export function recordViewer(relay: Relay): RecordedViewer {
  const waiting = new Set<() => void>();
  const look = () => waiting.forEach((check) => check());
  const seen: Pick<RecordedViewer, 'states' | 'tracks' | 'frames' | 'sounds'> = {
    ...{ states: [], tracks: [], frames: [], sounds: [] },
  };
  const leave = relay.join({
    state(state) {
      seen.states.push(state);
      look();
    },
    track(track) {
      seen.tracks.push(track);
      look();
    },
    frame(frame, isCached) {
      seen.frames.push({ ...frame, isCached });
      look();
    },
    audio(frame) {
      seen.sounds.push(frame);
      look();
    },
  });
  return {
    ...seen,
    leave,
    until(holds, what) {
      return new Promise((resolve, reject) => {
        const over = () => {
          clearTimeout(timer);
          waiting.delete(check);
        };
        const check = () => {
          if (!holds()) return;
          over();
          resolve();
        };
        const timer = setTimeout(() => {
          over();
          reject(
            new Error(
              `not seen: ${what}; states ${JSON.stringify(seen.states)}, ${seen.frames.length} frames`,
            ),
          );
        }, 20_000);
        waiting.add(check);
        check();
      });
    },
  };
}

/** What an independent decoder makes of an fMP4: the frames that it decodes and what it complains about. */
export async function decodeMp4(data: Buffer): Promise<{ frames: number; complaints: string }> {
  const { stdout, stderr } = await runChild({
    label: 'decode',
    command: 'ffmpeg',
    args: [
      '-hide_banner',
      '-nostats',
      '-loglevel',
      'warning',
      '-f',
      'mp4',
      '-i',
      'pipe:0',
      // each picture that the decoder gives: by default ffmpeg leaves out those that come close after another
      '-fps_mode',
      'passthrough',
      '-enc_time_base',
      '-1',
      '-f',
      'framemd5',
      'pipe:1',
    ],
    input: data,
    timeoutMs: 30_000,
    maxOutputBytes: 4_000_000,
  });
  const frames = stdout
    .toString()
    .split('\n')
    .filter((line) => /^0,/.test(line)).length;
  return { frames, complaints: stderr };
}
