import type { Worker, WorkerContext } from '#native/process/supervise.ts';
import { isSameAudio, parseAacConfig } from './aac-config.ts';
import { soundArguments } from './arguments.ts';
import { FfmpegError } from './failure.ts';
import type { AudioTrack } from './media.ts';
import { startRun, type RunOptions } from './run.ts';

/** What a camera offers to be heard, by its description. */
export interface SoundOffer {
  track: AudioTrack;
  /** Which of its audio tracks that is, from 0. */
  index: number;
}

interface SoundPullOptions extends RunOptions {
  offer: SoundOffer;
  /**
   * @param data one access unit of AAC, or samples of G.711; valid until it returns
   * @param mediaMs its time on the sound's own timeline
   */
  onUnit(data: Buffer, mediaMs: number, receivedAtMs: number): void;
}

/**
 * One run of ffmpeg for a camera's sound alone, beside the one for its pictures. Resolves with the first packet. Rejects,
 * or `ended` rejects later, with an FfmpegError: 'codec_not_playable' if what comes is not what was offered.
 */
export function startSoundPull(options: SoundPullOptions, context: WorkerContext): Promise<Worker> {
  const { source, ffmpeg, offer } = options;
  const about = { transport: source.transport, track: offer.index, formatMajor: ffmpeg.formatMajor };
  return startRun(
    options,
    (input) => soundArguments({ input, ...about }),
    (report) => ({
      stream({ fourcc, codecData }) {
        if (!isOffered(offer.track, fourcc, codecData))
          throw new FfmpegError('codec_not_playable', { codec: fourcc.replace(/[^\w ]/g, '?') });
      },
      frame({ stream, pts, data }, receivedAtMs) {
        report.progress();
        const { num, den } = stream.timeBase;
        options.onUnit(data, (pts * num * 1_000) / den, receivedAtMs);
        report.first();
      },
    }),
    context,
  );
}

/** NUT's names: ALAW and ULAW, or the WAVE formats 6 and 7 (mmreg.h), as ffmpeg writes either; AAC by its configuration. */
const LAWS: Readonly<Record<string, 'pcma' | 'pcmu'>> = {
  ALAW: 'pcma',
  '\x06\0\0\0': 'pcma',
  ULAW: 'pcmu',
  '\x07\0\0\0': 'pcmu',
};

function isOffered(offered: AudioTrack, fourcc: string, codecData: Buffer): boolean {
  if (offered.codec !== 'aac') return LAWS[fourcc] === offered.codec;
  return LAWS[fourcc] === undefined && isSameAudio(parseAacConfig(codecData), offered);
}
