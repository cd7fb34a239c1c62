import { isSamePicture, retime } from './fmp4.ts';
import { isSameAudio } from './aac-config.ts';
import type { AudioFrame, MediaFrame, MediaSink, MediaTrack } from './media.ts';
import { TICKS_PER_SECOND } from './timeline.ts';

/** Pictures that are remembered for a pull that is behind: ffmpeg is one or two later than our own client. */
const RECENT = 16;

/** The one stream that goes out, with a timeline that goes on from pull to pull. */
export interface Splice {
  track(track: MediaTrack): void;
  /** A frame of the present pull, in its own time. */
  frame(frame: MediaFrame): void;
  /** Sound of the present pull, in its own time. */
  audio(frame: AudioFrame): void;
  /** Another pull goes on: `shift` is added to its times, its first `skip` frames have been sent already. */
  begin(track: MediaTrack | undefined, shift: number, skip: number): void;
  /** Whether this is the track that was announced last. */
  isShown(track: MediaTrack | undefined): boolean;
  /** The time in the stream of a frame of the present pull. */
  ticksOf(frame: MediaFrame): number;
  /** The time in the stream of a picture that comes now and has none before it. */
  ticksAt(receivedAtMs: number): number;
  /** A picture that was sent lately, with its time and how many were sent after it. */
  find(frame: MediaFrame): { ticks: number; newer: number } | undefined;
}

export function splice(sink: MediaSink): Splice {
  let shown: MediaTrack | undefined;
  let shift = 0;
  let skip = 0;
  let sent = 0;
  let isFirstPull = true;
  let heardTicks = -Infinity;
  const recent: MediaFrame[] = [];

  return {
    track(track) {
      if (isSameTrack(shown, track)) return;
      shown = track;
      recent.length = 0;
      sink.track(track);
    },
    frame(frame) {
      if (skip > 0) {
        skip -= 1;
        return;
      }
      sent += 1;
      let out = frame;
      // The first pull's frames are right as they are.
      if (!isFirstPull) {
        out = { ...frame, ticks: frame.ticks + shift };
        retime(out.data, out.ticks, sent);
      }
      recent.push(out);
      if (recent.length > RECENT) recent.shift();
      sink.frame(out);
    },
    audio(frame) {
      const ticks = frame.ticks + shift;
      // Heard already: the pull before this one was ahead.
      if (ticks <= heardTicks) return;
      heardTicks = ticks;
      sink.audio?.({ ...frame, ticks });
    },
    begin(track, by, already) {
      isFirstPull = false;
      shift = by;
      skip = already;
      if (track) this.track(track);
    },
    isShown: (track) => track !== undefined && isSameTrack(shown, track),
    ticksOf: (frame) => frame.ticks + shift,
    ticksAt(receivedAtMs) {
      const last = recent.at(-1);
      if (!last) return 0;
      // Never less than a millisecond: decoding times have to grow, also where the clock was set back.
      const passedMs = Math.max(1, receivedAtMs - last.receivedAtMs);
      return last.ticks + Math.round((passedMs * TICKS_PER_SECOND) / 1_000);
    },
    find(frame) {
      const at = recent.findLastIndex((one) => isSamePicture(one.data, frame.data));
      const found = recent[at];
      return found && { ticks: found.ticks, newer: recent.length - 1 - at };
    },
  };
}

/** The same picture and the same sound: what is decoded goes on. */
function isSameTrack(a: MediaTrack | undefined, b: MediaTrack): boolean {
  return a !== undefined && a.init.equals(b.init) && isSameAudio(a.audio, b.audio);
}
