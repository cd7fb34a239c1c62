import { describe, expect, it } from 'vitest';
import { encodersFor, softwareEncoder, transcodeArguments } from '#native/ffmpeg/encoders.ts';

describe('encoders', () => {
  it.each([
    ['linux', ['h264_nvenc', 'h264_vaapi', 'h264_qsv', 'libx264']],
    ['win32', ['h264_nvenc', 'h264_qsv', 'h264_amf', 'libx264']],
    ['darwin', ['h264_videotoolbox', 'libx264']],
  ] as const)('to try on %s, the processor last', (platform, names) => {
    expect(encodersFor(platform).map(({ name }) => name)).toEqual(names);
    expect(encodersFor(platform).map(({ isHardware }) => isHardware)).toEqual(
      names.map((name) => name !== 'libx264'),
    );
  });

  const before = ['-hide_banner', '-nostats', '-loglevel', 'warning'];
  const probe = ['-probesize', '32', '-analyzeduration', '0', '-flags', 'low_delay'];
  const input = ['-f', 'mp4', '-i', 'pipe:0', '-map', '0:v:0', '-copyts'];
  const scale = "scale='min(1280,iw)':-2:flags=fast_bilinear";
  const out = ['-f', 'nut', '-flush_packets', '1', 'pipe:1'];
  const keys = [
    ...['-bf', '0', '-g', '250'],
    ...['-force_key_frames', 'expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+2))'],
  ];

  it.each([
    [58, ['-vsync', 'passthrough']],
    [59, ['-vsync', 'passthrough']],
    [61, ['-fps_mode', 'passthrough']],
  ])('the whole argument list by the processor, libavformat %d', (formatMajor, asTheyCome) => {
    expect(transcodeArguments({ encoder: softwareEncoder, maxWidth: 1_280, formatMajor })).toEqual([
      ...[...before, ...probe, '-thread_type', 'slice', ...input, ...asTheyCome, '-enc_time_base', '-1'],
      ...['-vf', scale, ...softwareEncoder.output, ...keys, ...out],
    ]);
  });

  it('the whole argument list by graphics hardware: the device first, pictures to it last', () => {
    const encoder = encodersFor('linux').find(({ name }) => name === 'h264_vaapi')!;
    expect(transcodeArguments({ encoder, maxWidth: 1_280, formatMajor: 59 })).toEqual([
      ...[...before, ...probe, '-hwaccel', 'auto', '-vaapi_device', '/dev/dri/renderD128', ...input],
      ...['-vsync', 'passthrough', '-enc_time_base', '-1', '-vf', `${scale},format=nv12,hwupload`],
      ...['-c:v', 'h264_vaapi', '-b:v', '3M', '-maxrate', '4M', '-bufsize', '2M', ...keys, ...out],
    ]);
  });

  it('each picture on its own for a replay, with the bits that it needs', () => {
    const args = transcodeArguments({
      encoder: softwareEncoder,
      maxWidth: 640,
      eachAlone: true,
      formatMajor: 59,
    });
    expect(args.join(' ')).toContain('-bf 0 -g 1 -maxrate 20M -bufsize 10M -f nut');
    expect(args).not.toContain('-force_key_frames');
  });
});
