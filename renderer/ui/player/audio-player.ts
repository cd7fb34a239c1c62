import type { MediaSound } from '#contract/media-wire.ts';
import { audioOut } from './audio-out.ts';
import { audioPace } from './audio-pace.ts';

export interface SoundPlayer {
  /**
   * A packet of sound.
   * @param timeMs its time on the caller's timeline, which `dueInMs` knows
   */
  push(timeMs: number, data: Uint8Array<ArrayBuffer>): void;
  /** What was is past: a jump, a pause, another timeline. */
  reset(): void;
  /** How loud it is, 0 to 1, and what is known of how it plays. */
  figures(): SoundFigures;
  /** Lets it sound after a click or key, where the browser held it back. */
  unblock(): void;
  close(): void;
}

export interface SoundFigures {
  level: number;
  isBlocked: boolean;
  /** Samples decoded since it was made. */
  decoded: number;
  /** Sound behind its picture, milliseconds. */
  behindMs: number;
}

export interface SoundPlayerOptions {
  /** Milliseconds until the picture of a time is on screen; undefined: not known yet. */
  dueInMs(timeMs: number): number | undefined;
  /** It cannot be played here. */
  onFailure(): void;
}

/** More waiting in the decoder than this (seconds of sound) is of no use to a live picture. */
const MAX_IN_DECODER = 60;

/** Plays packets of sound in step with a picture. @throws where there is no sound card, or no decoder at all */
export function createSoundPlayer(sound: MediaSound, options: SoundPlayerOptions): SoundPlayer {
  const out = audioOut(sound.sampleRate);
  const pace = audioPace();
  let isClosed = false;
  let decoded = 0;
  let behindMs = 0;
  /** Packets from before a reset may still be in the decoder. */
  let validFromUs = -Infinity;

  const decoder = new AudioDecoder({
    output(data) {
      if (!isClosed) play(data);
      data.close();
    },
    error: () => {
      if (!isClosed) options.onFailure();
    },
  });
  const config = Uint8Array.from(atob(sound.config), (letter) => letter.charCodeAt(0));
  decoder.configure({
    ...{ codec: sound.codec, sampleRate: sound.sampleRate, numberOfChannels: sound.channels },
    ...(config.length > 0 ? { description: config } : {}),
  });

  function play(data: AudioData): void {
    decoded += data.numberOfFrames;
    const dueInMs = options.dueInMs(data.timestamp / 1_000);
    if (dueInMs === undefined || data.timestamp < validFromUs) return;
    const nowS = out.nowS();
    // What is given to the card now is heard when it has gone through it.
    const dueS = nowS + dueInMs / 1_000 - out.latencyS();
    const placed = pace.place(dueS, data.numberOfFrames / data.sampleRate, nowS);
    if (!placed) return;
    behindMs += ((placed.atS - dueS) * 1_000 - behindMs) * 0.1;
    const channels = Array.from({ length: data.numberOfChannels }, (_, planeIndex) => {
      const samples = new Float32Array(data.numberOfFrames);
      data.copyTo(samples, { planeIndex, format: 'f32-planar' });
      return samples;
    });
    out.play(channels, data.sampleRate, placed.atS, placed.rate);
  }

  return {
    push(timeMs, data) {
      if (isClosed || decoder.state !== 'configured' || decoder.decodeQueueSize > MAX_IN_DECODER) return;
      const timestamp = Math.round(timeMs * 1_000);
      if (validFromUs === Infinity) validFromUs = timestamp;
      decoder.decode(new EncodedAudioChunk({ type: 'key', timestamp, data }));
    },
    reset() {
      validFromUs = Infinity;
      out.silence();
      pace.reset();
    },
    figures: () => ({
      level: out.level(),
      isBlocked: out.isBlocked(),
      decoded,
      behindMs: Math.round(behindMs),
    }),
    unblock: () => out.unblock(),
    close() {
      isClosed = true;
      if (decoder.state !== 'closed') decoder.close();
      out.silence();
      out.close();
    },
  };
}
