import { audioAligner } from './audio-align.ts';
import type { AudioTrack, MediaSink } from './media.ts';

/** A sink that puts the sound of a pull beside its pictures. */
export interface AudibleSink {
  /** For the pull's muxer. */
  readonly sink: MediaSink;
  /** What will be heard; before the first track. */
  announce(audio: AudioTrack | undefined): void;
  /** The camera's clock at the picture that goes to the muxer next, where it is known. */
  pictureAt(cameraMs: number | undefined): void;
  /**
   * @param data one access unit, or samples of G.711; not kept by the caller's buffer
   * @param mediaMs its time on its own timeline
   * @param cameraMs its time on the camera's clock, where it is known
   */
  sound(data: Buffer, mediaMs: number, receivedAtMs: number, cameraMs: number | undefined): void;
}

export function audibleSink(sink: MediaSink): AudibleSink {
  const aligner = audioAligner();
  let audio: AudioTrack | undefined;
  let pictureMs: number | undefined;

  return {
    sink: {
      track: (track) => sink.track(audio ? { ...track, audio } : track),
      frame(frame) {
        aligner.picture(frame.ticks, frame.receivedAtMs, pictureMs);
        sink.frame(frame);
      },
      skipped: () => sink.skipped(),
    },
    announce: (track) => (audio = track),
    pictureAt: (cameraMs) => (pictureMs = cameraMs),
    sound(data, mediaMs, receivedAtMs, cameraMs) {
      if (!audio) return;
      const ticks = aligner.sound(mediaMs, receivedAtMs, cameraMs);
      // Heard before the first picture was seen: nothing to put it beside.
      if (ticks === undefined || ticks < 0) return;
      sink.audio?.({ data: Buffer.from(data), receivedAtMs, ticks });
    },
  };
}
