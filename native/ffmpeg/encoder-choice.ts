import { systemClock, type Clock } from '#native/process/clock.ts';
import type { FfmpegBinary } from './binary.ts';
import { encodersFor, softwareEncoder, type Encoder } from './encoders.ts';
import { FfmpegError } from './failure.ts';
import { retime } from './fmp4.ts';
import { h265 } from './h265-codec.ts';
import type { MediaFrame, MediaTrack } from './media.ts';
import { startTranscoder } from './transcoder.ts';
import { videoMuxer } from './video-muxer.ts';

/** One grey key frame of H.265, 320 x 240, Main profile: large enough for every hardware decoder. */
const SAMPLE = Buffer.from(
  'AAAAAUABDAH//wQIAAADAJ+oAAADAAA8ugJAAAAAAUIBAQQIAAADAJ+oAAADAAA8oAoIDxZbpKTC8BaAgAAAAwCAAAADAoQAAAABRAHAcYMSAAABKAGtxBJdmVVg0RfOcyLuuu2oiQdwaCTacZ/QCNXbTjFFDAwnJaAAx4AOSIAADDgRgAAAmYAAAAMABRSHAAADAAADAAd0',
  'base64',
);
/** Encoders hold back a few pictures before the first one comes out. */
const SAMPLE_FRAMES = 12;
const SAMPLE_TICKS = 9_000;
/** A driver that is there and works answers within a second, also on a busy machine within a few. */
const PROBE_MS = 8_000;

export interface EncoderChoice {
  /** The best encoder that has proven to work with this ffmpeg. @throws FfmpegError transcoder */
  get(ffmpeg: FfmpegBinary): Promise<Encoder>;
}

/** Finds out once for each ffmpeg which encoder works, by encoding with it what would be encoded. */
export function encoderChoice(platform: NodeJS.Platform, clock: Clock = systemClock()): EncoderChoice {
  const found = new Map<string, Promise<Encoder>>();

  async function find(ffmpeg: FfmpegBinary): Promise<Encoder> {
    for (const encoder of encodersFor(platform)) if (await works(ffmpeg, encoder, clock)) return encoder;
    throw new FfmpegError('transcoder', { what: softwareEncoder.name });
  }

  return {
    get(ffmpeg) {
      const key = `${ffmpeg.path} ${ffmpeg.version}`;
      const known = found.get(key);
      if (known) return known;
      const asked = find(ffmpeg);
      found.set(key, asked);
      // Not for ever: a machine that was too busy, a driver that is installed later.
      asked.catch(() => found.delete(key));
      return asked;
    },
  };
}

async function works(ffmpeg: FfmpegBinary, encoder: Encoder, clock: Clock): Promise<boolean> {
  const { track, frame } = sample();
  const done = Promise.withResolvers<boolean>();
  const cancel = clock.after(PROBE_MS, () => done.resolve(false));
  try {
    const transcoder = startTranscoder<number>(track, {
      ...{ label: 'encoder probe', ffmpeg, encoder, maxWidth: 1_280 },
      track: () => undefined,
      frame: () => done.resolve(true),
    });
    transcoder.ended.catch(() => done.resolve(false));
    for (let index = 0; index < SAMPLE_FRAMES; index += 1) {
      const data = Buffer.from(frame.data);
      retime(data, index * SAMPLE_TICKS, index + 1);
      transcoder.push({ data, ticks: index * SAMPLE_TICKS }, index);
    }
    const isGood = await done.promise;
    await transcoder.stop();
    return isGood;
  } catch {
    return false;
  } finally {
    cancel();
  }
}

function sample(): { track: MediaTrack; frame: MediaFrame } {
  let track: MediaTrack | undefined;
  let frame: MediaFrame | undefined;
  const sink = {
    track: (next: MediaTrack) => void (track = next),
    frame: (next: MediaFrame) => void (frame = next),
    skipped: () => undefined,
  };
  const mux = videoMuxer(h265, { codecData: SAMPLE, timeBase: { num: 1, den: 90_000 } }, sink);
  mux({ pts: 0, key: true, data: SAMPLE }, 0);
  if (!track || !frame) throw new FfmpegError('bad_data', { what: 'probe sample' });
  return { track, frame };
}
