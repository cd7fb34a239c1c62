/** One frame as it came. */
export interface SeenFrame {
  /** By the stream's own time. */
  atMs: number;
  key: boolean;
  bytes: number;
}
export interface WatchedStream {
  codec: string;
  width: number | null;
  height: number | null;
  framesPerSecond: number | null;
  kilobitsPerSecond: number | null;
  /** Median time between key frames; null: fewer than two. */
  keySeconds: number | null;
  watchedSeconds: number;
}

const CODECS: Readonly<Record<string, string>> = { H264: 'h264', HEVC: 'h265', MJPG: 'jpeg', mp4v: 'mpeg4' };
const round = (value: number, digits = 1) => Math.round(value * 10 ** digits) / 10 ** digits;

/** After its longer probe ffmpeg has no time for the first frame and writes the second one's, to a tick: it came a step before. */
function withFirstTime(seen: readonly SeenFrame[]): readonly SeenFrame[] {
  const [first, second, third] = seen;
  if (!first || !second || !third || Math.abs(second.atMs - first.atMs) > 1) return seen;
  return [{ ...first, atMs: second.atMs - Math.abs(third.atMs - second.atMs) }, ...seen.slice(1)];
}

/** Figures of a stream from its frames; by their own times, because they may have come in a burst. */
export function measure(
  header: { fourcc: string; width: number; height: number },
  seen: readonly SeenFrame[],
): WatchedStream {
  const frames = withFirstTime(seen);
  const times = frames.map(({ atMs }) => atMs).sort((a, b) => a - b);
  const spanMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const keys = frames.filter(({ key }) => key).map(({ atMs }) => atMs);
  const gaps = keys.slice(1).map((at, index) => at - keys[index]!);
  const middle = gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)];
  const bytes = frames.reduce((sum, one) => sum + one.bytes, 0);
  // the span reaches from the first frame to the last, so that the last one's own time is not in it
  const share = frames.length > 1 ? (frames.length - 1) / frames.length : 0;
  return {
    codec: CODECS[header.fourcc] ?? header.fourcc.replace(/[^\w]/g, '').toLowerCase(),
    width: header.width || null,
    height: header.height || null,
    framesPerSecond: spanMs > 0 ? round((frames.length - 1) / (spanMs / 1000)) : null,
    kilobitsPerSecond: spanMs > 0 ? Math.round((bytes * 8 * share) / spanMs) : null,
    keySeconds: middle === undefined ? null : round(middle / 1000),
    watchedSeconds: round(spanMs / 1000),
  };
}

const AUDIO: Readonly<Record<string, string>> = {
  'MPEG4-GENERIC': 'aac',
  'MP4A-LATM': 'aac',
  PCMA: 'pcma',
  PCMU: 'pcmu',
};
/** Static payload types of RFC 3551. */
const STATIC: Readonly<Record<string, string>> = { '0': 'pcmu', '8': 'pcma' };

/** Sound of a session description (RFC 4566): codecs of its audio media that come from the camera. */
export function audioOf(sdp: string): string[] {
  return sdp
    .split(/\r?\n(?=m=)/)
    .filter((part) => part.startsWith('m=audio') && !/^a=sendonly/m.test(part))
    .flatMap((part) => {
      const payload = /^m=audio \S+ \S+ (\d+)/.exec(part)?.[1] ?? '';
      const named = new RegExp(`^a=rtpmap:${payload} ([^/\\s]+)`, 'm').exec(part)?.[1];
      const codec = named ? (AUDIO[named.toUpperCase()] ?? named.toLowerCase()) : STATIC[payload];
      return codec === undefined ? [] : [codec];
    });
}
