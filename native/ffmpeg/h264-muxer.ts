import { FfmpegError } from './failure.ts';
import { fragment, initSegment, type H264Track } from './fmp4.ts';
import { parseH264Sps } from './h264-sps.ts';
import { splitH264 } from './h264-unit.ts';
import type { MediaSink } from './media.ts';
import type { NutFrame, NutStream } from './nut.ts';
import { TICKS_PER_SECOND, timeline } from './timeline.ts';

/** What the muxer has to know of a stream, however it is pulled. */
export type H264Stream = Pick<NutStream, 'codecData' | 'timeBase' | 'decodeDelay'>;
/** One access unit in Annex B; `key` where decoding can begin although it is no IDR picture. */
export type H264Frame = Pick<NutFrame, 'pts' | 'key' | 'data'>;

/** Makes fMP4 of one H.264 stream, frame by frame; frames before the first key frame are skipped. */
export function h264Muxer(
  stream: H264Stream,
  sink: MediaSink,
): (frame: H264Frame, receivedAtMs: number) => void {
  const times = timeline(stream.decodeDelay);
  const scale = (stream.timeBase.num * TICKS_PER_SECOND) / stream.timeBase.den;
  const inAdvance = splitH264(stream.codecData);
  let sps = inAdvance.sps;
  let pps = inAdvance.pps;
  let current: H264Track | undefined;
  let isOpen = false;
  let sequence = 0;

  /** Announces the track if its parameter sets are new. False if there are none yet. */
  function openTrack(): boolean {
    if (!sps || pps.length === 0) return false;
    if (current && current.sps.equals(sps) && sameSets(current.pps, pps)) return true;
    const { width, height, codec } = parseH264Sps(sps);
    current = { width, height, sps, pps };
    sink.track({ codec, width, height, init: initSegment(current) });
    return true;
  }

  return (frame, receivedAtMs) => {
    const unit = splitH264(frame.data);
    if (unit.sps) sps = unit.sps;
    if (unit.pps.length > 0) pps = unit.pps;
    if (unit.payload.length === 0) return;
    // ffmpeg marks recovery points as key frames too (cameras with rolling intra refresh have no other ones).
    const key = unit.key || frame.key;
    if (key) isOpen = openTrack();
    if (!isOpen) return sink.skipped();
    const time = times.next(frame.pts * scale);
    if (time.duration > 0xffffffff) throw new FfmpegError('bad_data', { what: 'frame time' });
    sequence += 1;
    const data = fragment(frame.data, unit.payload, time, key, sequence);
    sink.frame({ key, data, receivedAtMs, ticks: time.dts });
  };
}

function sameSets(a: readonly Buffer[], b: readonly Buffer[]): boolean {
  return a.length === b.length && a.every((set, index) => set.equals(b[index] as Buffer));
}
