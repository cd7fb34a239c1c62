/**
 * 'fast' believes the SDP; 'slow' reads the stream until its size is known (cameras whose SDP lacks SPS and PPS);
 * 'reordered' reads it until the order of its frames is known, and leaves out the first one, which has no time then.
 */
export type Probe = 'fast' | 'slow' | 'reordered';

/** What decides the arguments of one pull. */
export interface PullArguments {
  /** Address that ffmpeg opens: our handover, never the camera's own with its password. */
  input: string;
  transport: 'tcp' | 'udp';
  probe: Probe;
  /** Major version of libavformat, see FfmpegBinary. */
  formatMajor: number;
}

/** Microseconds after which ffmpeg itself gives up on a silent camera; our watchdog is quicker, this is for orphans. */
const SOCKET_TIMEOUT_US = '15000000';

/** Measured: 0.54 s to the first data instead of 2.6 s with a key frame each second. */
const FAST_PROBE = ['-probesize', '32', '-analyzeduration', '0', '-fpsprobesize', '0'];
/** Up to 5 s of stream, because the size comes with the next key frame only. */
const SLOW_PROBE = ['-probesize', '2000000', '-analyzeduration', '5000000', '-fpsprobesize', '0'];

/**
 * The whole argument list of a pull: RTSP in, NUT out on stdout, video only, as the camera sends it.
 *
 * Why NUT: it passes frames on after one frame time (fMP4 and Matroska take two, they wait for the next time stamp),
 * needs no codec data in advance (FLV does), carries H.264, H.265 and every audio codec in the form the camera sent
 * (FLV in ffmpeg 4 and 5 cannot carry H.265, and repacks H.264), and gives exact sizes and 90 kHz times.
 */
export function pullArguments(pull: PullArguments): string[] {
  return [
    ...QUIET,
    ...(pull.probe === 'fast' ? FAST_PROBE : SLOW_PROBE),
    ...inputArguments(pull, 'video'),
    ...['-map', '0:v:0'],
    ...(pull.probe === 'reordered' ? ['-ss', '0.001'] : []),
    ...COPY,
    ...NUT_OUT,
  ];
}

/**
 * The argument list of a pull of sound alone, as the camera sends it. Its description says all that is needed of it, so
 * nothing is probed.
 * @param pull.track which of the camera's audio tracks, from 0
 */
export function soundArguments(pull: Omit<PullArguments, 'probe'> & { track: number }): string[] {
  const what = ['-map', `0:a:${pull.track}`, '-c:a', 'copy'];
  return [...QUIET, ...FAST_PROBE, ...inputArguments(pull, 'audio'), ...what, ...NUT_OUT];
}

function inputArguments(pull: Omit<PullArguments, 'probe'>, media: 'video' | 'audio'): string[] {
  // Until ffmpeg 4 'timeout' meant "listen for a connection" and 'stimeout' was the socket's; from 5 only 'timeout' is left.
  const timeout = pull.formatMajor >= 59 ? '-timeout' : '-stimeout';
  return [
    ...['-rtsp_transport', pull.transport, '-allowed_media_types', media, timeout, SOCKET_TIMEOUT_US],
    // Lost or late datagrams: 0.2 s of patience instead of 0.5.
    ...(pull.transport === 'udp' ? ['-max_delay', '200000'] : []),
    ...['-i', pull.input],
  ];
}

const QUIET = ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'warning'];
const NUT_OUT = ['-f', 'nut', '-flush_packets', '1', 'pipe:1'];

/** 'copyinkf' passes frames before the first key frame too: that is how a stream without any is told from a silent one. */
const COPY = ['-c:v', 'copy', '-copyinkf'];
