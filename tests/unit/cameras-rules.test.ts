import { describe, expect, it } from 'vitest';
import { chooseStreams, streamWarnings } from '#features/cameras/channels.ts';
import { audioOf, measure } from '#features/cameras/measure.ts';
import type { OnvifProfile } from '#native/onvif/media.ts';

const profile = (token: string, width: number, codec = 'h264', sourceToken = 'S1'): OnvifProfile => ({
  token,
  name: token,
  media: 2,
  video: {
    codec,
    width,
    height: (width * 9) / 16,
    framesPerSecond: 25,
    kilobitsPerSecond: 1000,
    govLength: 50,
    sourceToken,
    sourceConfiguration: '',
  },
  audioCodec: null,
  audioOutput: false,
  ptz: null,
});
const chosen = (profiles: OnvifProfile[]) =>
  chooseStreams(profiles).map(({ source, main, sub }) => [source, main.token, sub?.token ?? null]);

describe('main and sub', () => {
  it.each([
    [
      'the largest, and the largest that a tile needs',
      [profile('c', 640), profile('a', 2560), profile('b', 1280)],
      ['S1', 'a', 'b'],
    ],
    [
      'H.264 rather than H.265 for the wall',
      [profile('a', 2560), profile('b', 1280, 'h265'), profile('c', 640)],
      ['S1', 'a', 'c'],
    ],
    [
      'the smallest where all are large',
      [profile('a', 3840), profile('b', 2560), profile('c', 1920)],
      ['S1', 'a', 'c'],
    ],
    ['no sub where there is one size', [profile('a', 1280), profile('b', 1280)], ['S1', 'a', null]],
    ['no pictures of JPEG', [profile('j', 3840, 'jpeg'), profile('a', 1280)], ['S1', 'a', null]],
  ])('%s', (_, profiles, expected) => {
    expect(chosen(profiles)).toEqual([expected]);
  });
  it('of each channel of a recorder', () => {
    const all = ['1', '2'].flatMap((n) => [
      profile(`m${n}`, 1920, 'h264', n),
      profile(`s${n}`, 640, 'h264', n),
    ]);
    expect(chosen(all)).toEqual([['1', 'm1', 's1'], ['2', 'm2', 's2']]); // prettier-ignore
  });
});

describe('figures', () => {
  const frames = (count: number, stepMs: number, every: number) =>
    Array.from({ length: count }, (_, n) => ({ atMs: n * stepMs, key: n % every === 0, bytes: 1000 }));
  it('by the times of the frames', () => {
    expect(measure({ fourcc: 'H264', width: 1280, height: 720 }, frames(101, 40, 50))).toEqual({
      codec: 'h264',
      width: 1280,
      height: 720,
      framesPerSecond: 25,
      kilobitsPerSecond: 200,
      keySeconds: 2,
      watchedSeconds: 4,
    });
  });
  it('with the first frame at the second one’s time, as ffmpeg writes them: rate and key frames are right', () => {
    const frames = Array.from({ length: 46 }, (_, at) => ({
      ...{ atMs: at < 2 ? at / 90 : ((at - 1) * 1_000) / 15, key: at % 15 === 0, bytes: 1_000 },
    }));
    expect(measure({ fourcc: 'H264', width: 1, height: 1 }, frames)).toMatchObject({
      ...{ framesPerSecond: 15, kilobitsPerSecond: 120, keySeconds: 1, watchedSeconds: 3 },
    });
    expect(measure({ fourcc: 'H264', width: 1, height: 1 }, frames.slice(0, 16)).keySeconds).toBe(1);
  });

  it('one key frame says nothing of the next', () => {
    const seen = measure({ fourcc: 'HEVC', width: 0, height: 0 }, frames(100, 80, 200));
    expect(seen).toMatchObject({ codec: 'h265', keySeconds: null, width: null });
    expect(streamWarnings({ ...seen, clockOffsetMs: null })).toEqual([
      { code: 'h265', params: {} },
      { code: 'long_keys', params: { seconds: 7 } },
    ]);
  });
  it('warns beyond 4 s and 5 s only', () => {
    const of = (keySeconds: number, clockOffsetMs: number) =>
      streamWarnings({ codec: 'h264', keySeconds, clockOffsetMs }).map(({ code }) => code);
    expect(of(4, 5_000)).toEqual([]);
    expect(of(4.1, -5_001)).toEqual(['long_keys', 'clock_off']);
  });
});

it('sound of a description, without the way back to the speaker', () => {
  const sdp = ['v=0', 'm=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', 'm=audio 0 RTP/AVP 8', 'm=audio 0 RTP/AVP 104', 'a=rtpmap:104 mpeg4-generic/16000/1', 'm=audio 0 RTP/AVP 0', 'a=sendonly', '']; // prettier-ignore
  expect(audioOf(sdp.join('\r\n'))).toEqual(['pcma', 'aac']);
});
