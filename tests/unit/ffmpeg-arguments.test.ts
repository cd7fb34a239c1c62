import { describe, expect, it } from 'vitest';
import { pullArguments, type PullArguments } from '#native/ffmpeg/arguments.ts';

const quiet = ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'warning'];
const fast = ['-probesize', '32', '-analyzeduration', '0', '-fpsprobesize', '0'];
const slow = ['-probesize', '2000000', '-analyzeduration', '5000000', '-fpsprobesize', '0'];
const copy = ['-c:v', 'copy', '-copyinkf'];
const input = ['-i', 'rtsp://127.0.0.1:1/x', '-map', '0:v:0'];
const out = ['-f', 'nut', '-flush_packets', '1', 'pipe:1'];
const rtsp = (transport: string, timeout = '-timeout') => [
  ...['-rtsp_transport', transport, '-allowed_media_types', 'video', timeout, '15000000'],
];
const base: PullArguments = {
  input: 'rtsp://127.0.0.1:1/x',
  transport: 'tcp',
  probe: 'fast',
  formatMajor: 59,
};

describe('the whole argument list of a pull', () => {
  it.each<[string, Partial<PullArguments>, string[]]>([
    ['TCP, copy, ffmpeg 5', {}, [...quiet, ...fast, ...rtsp('tcp'), ...input, ...copy, ...out]],
    [
      'ffmpeg 4',
      { formatMajor: 58 },
      [...quiet, ...fast, ...rtsp('tcp', '-stimeout'), ...input, ...copy, ...out],
    ],
    ['ffmpeg 7', { formatMajor: 61 }, [...quiet, ...fast, ...rtsp('tcp'), ...input, ...copy, ...out]],
    [
      'UDP',
      { transport: 'udp' },
      [...quiet, ...fast, ...rtsp('udp'), '-max_delay', '200000', ...input, ...copy, ...out],
    ],
    [
      'no parameter sets in the SDP',
      { probe: 'slow' },
      [...quiet, ...slow, ...rtsp('tcp'), ...input, ...copy, ...out],
    ],
    [
      'B-frames',
      { probe: 'reordered' },
      [...quiet, ...slow, ...rtsp('tcp'), ...input, '-ss', '0.001', ...copy, ...out],
    ],
  ])('%s', (_name, change, expected) => {
    expect(pullArguments({ ...base, ...change })).toEqual(expected);
  });
});
