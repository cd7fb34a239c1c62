import { FfmpegError } from './failure.ts';
import { fragment, initSegment } from './fmp4.ts';
import type { MediaSink } from './media.ts';
import type { NutFrame, NutStream } from './nut.ts';
import { TICKS_PER_SECOND, timeline } from './timeline.ts';
import type { ParameterSets, VideoCodec } from './video-codec.ts';

/** What the muxer has to know of a stream, however it is pulled. */
export type VideoStream = Pick<NutStream, 'codecData' | 'timeBase'> & {
  /** Frames that the decoder holds back, where the puller knows better than the parameter sets. */
  decodeDelay?: number;
};
/** One access unit in Annex B; `key` where decoding can begin although no NAL unit says so. */
export type VideoFrame = Pick<NutFrame, 'pts' | 'key' | 'data'>;
export type VideoMuxer = (frame: VideoFrame, receivedAtMs: number) => void;

/** A step back in time of more than this is a clock that was set; B-frames step back by a few frames. */
const MOST_REORDER_TICKS = TICKS_PER_SECOND;

/**
 * Makes fMP4 of one stream, frame by frame; frames before the first key frame are skipped. New parameter sets (another
 * size, another profile) are a new track. Throws FfmpegError `unsupported` for frames that come in another order than
 * they are shown although neither the sets nor the puller say by how many, unless `isOrderUnknown`.
 */
export function videoMuxer(
  codec: VideoCodec,
  stream: VideoStream,
  sink: MediaSink,
  isOrderUnknown = false,
): VideoMuxer {
  const scale = (stream.timeBase.num * TICKS_PER_SECOND) / stream.timeBase.den;
  const sets: Partial<ParameterSets> & Pick<ParameterSets, 'pps'> = codec.split(stream.codecData);
  let current: ParameterSets | undefined;
  let delay = stream.decodeDelay ?? 0;
  const times = timeline(delay);
  let isOpen = false;
  let sequence = 0;
  let lastPts = -Infinity;

  /** Announces the track if its parameter sets are new. False if there are none yet. */
  function openTrack(): boolean {
    const { vps, sps, pps } = sets;
    if (sps && current && isSame(current, { vps, sps, pps })) return true;
    const format = codec.format(sets);
    if (!format || !sps) return false;
    const needed = Math.max(stream.decodeDelay ?? 0, format.reorderFrames);
    // In mid-stream the timeline goes on, with the delay of the stream that comes.
    if (needed !== delay) times.setDelay(needed);
    delay = needed;
    current = { vps, sps, pps };
    const { width, height, entry } = format;
    sink.track({ codec: format.codec, width, height, init: initSegment({ width, height, entry }) });
    return true;
  }

  function checkOrder(pts: number): void {
    const back = lastPts - pts;
    lastPts = pts;
    if (delay === 0 && !isOrderUnknown && back > 0 && back < MOST_REORDER_TICKS)
      throw new FfmpegError('unsupported', { what: 'reordered frames' });
  }

  return (frame, receivedAtMs) => {
    const unit = codec.split(frame.data);
    if (unit.vps) sets.vps = unit.vps;
    if (unit.sps) sets.sps = unit.sps;
    if (unit.pps.length > 0) sets.pps = unit.pps;
    if (unit.payload.length === 0) return;
    // ffmpeg marks recovery points as key frames too (cameras with rolling intra refresh have no other ones).
    const key = unit.key || frame.key;
    if (key) isOpen = openTrack();
    if (!isOpen) return sink.skipped();
    const pts = frame.pts * scale;
    checkOrder(pts);
    const time = times.next(pts);
    if (time.duration > 0xffffffff) throw new FfmpegError('bad_data', { what: 'frame time' });
    sequence += 1;
    const data = fragment(frame.data, unit.payload, time, key, sequence);
    sink.frame({ key, data, receivedAtMs, ticks: time.dts });
  };
}

function isSame(a: ParameterSets, b: ParameterSets): boolean {
  const list = ({ vps, sps, pps }: ParameterSets) => [...(vps ? [vps] : []), sps, ...pps];
  const others = list(b);
  const own = list(a);
  return own.length === others.length && own.every((set, at) => set.equals(others[at] as Buffer));
}
