/** A way of ffmpeg to make H.264 of what a camera sends. */
export interface Encoder {
  /** As ffmpeg names it. */
  name: string;
  isHardware: boolean;
  /** Before the input: the device, and hardware decoding where there is any. */
  input: readonly string[];
  /** After scaling: how pictures get to the encoder. */
  upload?: string;
  output: readonly string[];
}

/** Decoding in hardware if it can be had, else in software, without a word: only the encoder has to be proven. */
const ANY_DECODER = ['-hwaccel', 'auto'];

/**
 * The processor's: no B-frames, no look-ahead, one picture in and one out. Quality 26 with a ceiling; what a wall shows is
 * looked at, the recording has the original.
 */
const SOFTWARE: Encoder = {
  name: 'libx264',
  isHardware: false,
  // Decoding on several threads holds back a picture for each; slices do not.
  input: ['-thread_type', 'slice'],
  output: [
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p'],
    ...['-profile:v', 'baseline', '-crf', '26', '-maxrate', '4M', '-bufsize', '2M'],
  ],
};

const RATE = ['-b:v', '3M', '-maxrate', '4M', '-bufsize', '2M'];
const HARDWARE: Readonly<Record<'nvenc' | 'vaapi' | 'qsv' | 'amf' | 'videotoolbox', Encoder>> = {
  nvenc: {
    name: 'h264_nvenc',
    isHardware: true,
    input: ANY_DECODER,
    output: ['-c:v', 'h264_nvenc', '-zerolatency', '1', '-delay', '0', '-forced-idr', '1', ...RATE],
  },
  vaapi: {
    name: 'h264_vaapi',
    isHardware: true,
    input: [...ANY_DECODER, '-vaapi_device', '/dev/dri/renderD128'],
    upload: 'format=nv12,hwupload',
    output: ['-c:v', 'h264_vaapi', ...RATE],
  },
  qsv: {
    name: 'h264_qsv',
    isHardware: true,
    input: ANY_DECODER,
    upload: 'format=nv12',
    output: ['-c:v', 'h264_qsv', '-preset', 'veryfast', '-async_depth', '1', '-forced_idr', '1', ...RATE],
  },
  amf: {
    name: 'h264_amf',
    isHardware: true,
    input: ANY_DECODER,
    upload: 'format=nv12',
    output: ['-c:v', 'h264_amf', '-usage', 'ultralowlatency', '-forced_idr', '1', ...RATE],
  },
  videotoolbox: {
    name: 'h264_videotoolbox',
    isHardware: true,
    input: ANY_DECODER,
    output: ['-c:v', 'h264_videotoolbox', '-realtime', '1', ...RATE],
  },
};

/** What to try, best first; the last one needs no hardware. */
export function encodersFor(platform: NodeJS.Platform): readonly Encoder[] {
  const { nvenc, vaapi, qsv, amf, videotoolbox } = HARDWARE;
  if (platform === 'win32') return [nvenc, qsv, amf, SOFTWARE];
  if (platform === 'darwin') return [videotoolbox, SOFTWARE];
  return [nvenc, vaapi, qsv, SOFTWARE];
}
export const softwareEncoder = SOFTWARE;

/** Key frames this far apart at the most: what a newcomer waits for where the group kept for him was too long. */
const KEY_SECONDS = 2;
/** Key frames need more bits; the later of two options counts. */
const ALONE = ['-g', '1', '-maxrate', '20M', '-bufsize', '10M'];

export interface TranscodeArguments {
  encoder: Encoder;
  /** Wider pictures are made this wide, in their own proportions. */
  maxWidth: number;
  /** Every picture a key frame, for those who go backwards and jump. */
  eachAlone?: boolean;
  /** See FfmpegBinary. */
  formatMajor: number;
}

/**
 * The whole argument list of a re-encoding: our fragments in on stdin, NUT with H.264 out on stdout, each picture as soon
 * as it can be and with the time that it came with (times tell which picture came out).
 */
export function transcodeArguments({
  encoder,
  maxWidth,
  eachAlone = false,
  formatMajor,
}: TranscodeArguments): string[] {
  // Until ffmpeg 4 '-vsync', from 6 on '-fps_mode'; 5 knows the old one at least.
  const asTheyCome = formatMajor >= 60 ? ['-fps_mode', 'passthrough'] : ['-vsync', 'passthrough'];
  const scale = `scale='min(${maxWidth},iw)':-2:flags=fast_bilinear`;
  const keys = `expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+${KEY_SECONDS}))`;
  return [
    ...['-hide_banner', '-nostats', '-loglevel', 'warning'],
    ...['-probesize', '32', '-analyzeduration', '0', '-flags', 'low_delay', ...encoder.input],
    ...['-f', 'mp4', '-i', 'pipe:0', '-map', '0:v:0', '-copyts', ...asTheyCome, '-enc_time_base', '-1'],
    ...['-vf', encoder.upload ? `${scale},${encoder.upload}` : scale, ...encoder.output],
    ...['-bf', '0', ...(eachAlone ? ALONE : ['-g', '250', '-force_key_frames', keys])],
    ...['-f', 'nut', '-flush_packets', '1', 'pipe:1'],
  ];
}
