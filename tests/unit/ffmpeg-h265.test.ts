import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FfmpegError } from '#native/ffmpeg/failure.ts';
import { h265 } from '#native/ffmpeg/h265-codec.ts';
import { parseH265Sps } from '#native/ffmpeg/h265-sps.ts';
import type { MediaFrame, MediaTrack } from '#native/ffmpeg/media.ts';
import { nutParser } from '#native/ffmpeg/nut.ts';
import { videoCodec } from '#native/ffmpeg/video-codec.ts';
import { videoMuxer } from '#native/ffmpeg/video-muxer.ts';
import { SPS } from '#tests/fixtures/video/h265-sps.ts';

const START = Buffer.from([0, 0, 0, 1]);
const annexB = (...nals: Buffer[]) => Buffer.concat(nals.flatMap((nal) => [START, nal]));

describe('SPS of H.265', () => {
  it.each(SPS)('$name', ({ hex, ...expected }) => {
    const { width, height, codec, reorderFrames } = parseH265Sps(Buffer.from(hex, 'hex'));
    expect({ width, height, codec, reorderFrames }).toEqual({
      width: expected.width,
      height: expected.height,
      codec: expected.codec,
      reorderFrames: expected.reorderFrames,
    });
  });

  it('that is cut off is refused by name at every length, never believed', () => {
    const whole = Buffer.from(SPS[0]!.hex, 'hex');
    for (let length = 0; length < 20; length += 1)
      expect(() => parseH265Sps(whole.subarray(0, length))).toThrow(FfmpegError);
  });

  it('of noise is refused or has a size that can be', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 80 }), (noise) => {
        try {
          const { width, height, reorderFrames } = parseH265Sps(Buffer.from(noise));
          expect(width > 0 && height > 0 && width <= 16_888 && height <= 16_888).toBe(true);
          expect(reorderFrames).toBeLessThanOrEqual(16);
        } catch (error) {
          expect(error).toBeInstanceOf(FfmpegError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('access units of H.265', () => {
  const nal = (kind: number, ...body: number[]) => Buffer.from([kind << 1, 1, ...body, 0x80]);

  it('are cut into what a player needs, sets apart, delimiters and private units left out', () => {
    const data = annexB(
      nal(35),
      nal(32, 1),
      nal(33, 2),
      nal(34, 3),
      nal(39, 4),
      nal(19, 5),
      nal(38),
      nal(62, 6),
    );
    const unit = h265.split(data);
    expect([unit.vps, unit.sps, ...unit.pps]).toEqual([nal(32, 1), nal(33, 2), nal(34, 3)]);
    expect(unit.payload.map(({ start, end }) => data.subarray(start, end))).toEqual([nal(39, 4), nal(19, 5)]);
  });

  it.each([
    [1, false],
    [9, false],
    [16, true],
    [19, true],
    [20, true],
    [21, true],
  ])('begin a group at IRAP pictures only: type %d', (kind, key) => {
    expect(h265.split(annexB(nal(kind, 7))).key).toBe(key);
  });

  it('do not take the sets of a second layer for those of the first', () => {
    const layer = Buffer.from([(33 << 1) | 0, (1 << 3) | 1, 9, 0x80]);
    expect(h265.split(annexB(layer)).sps).toBeUndefined();
  });

  it('of noise never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => void h265.split(Buffer.from(noise))),
      { numRuns: 1_000 },
    );
  });
});

/** What the muxer makes of a real stream of libx265. */
function encoded(size: string, bFrames: number) {
  const params = `log-level=error:keyint=10:min-keyint=10:scenecut=0:bframes=${bFrames}`;
  const nut = execFileSync('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=10:duration=2`, '-c:v', 'libx265'],
    ...['-preset', 'ultrafast', '-x265-params', params, '-pix_fmt', 'yuv420p', '-f', 'nut', 'pipe:1'],
  ]);
  const tracks: MediaTrack[] = [];
  const frames: MediaFrame[] = [];
  let mux: ReturnType<typeof videoMuxer> | undefined;
  const sink = {
    track: (track: MediaTrack) => void tracks.push(track),
    frame: (frame: MediaFrame) => void frames.push(frame),
    skipped: () => undefined,
  };
  nutParser({
    stream: (stream) => (mux = videoMuxer(videoCodec(stream.fourcc)!, { ...stream, decodeDelay: 0 }, sink)),
    frame: (frame) => mux?.(frame, 0),
  }).push(nut);
  return { tracks, frames };
}

describe('a track of H.265', () => {
  it.each(['640x360', '322x182'])('is what an independent reader finds in its init segment (%s)', (size) => {
    const { tracks, frames } = encoded(size, 0);
    const file = Buffer.concat([tracks[0]!.init, ...frames.map(({ data }) => data)]);
    const entries = 'stream=codec_name,codec_tag_string,profile,level,width,height,nb_read_frames';
    const args = [
      '-v',
      'error',
      '-count_frames',
      '-show_entries',
      entries,
      '-of',
      'json',
      '-f',
      'mp4',
      'pipe:0',
    ];
    const [stream] = (
      JSON.parse(execFileSync('ffprobe', args, { input: file }).toString()) as {
        streams: Record<string, unknown>[];
      }
    ).streams;
    const [width, height] = size.split('x').map(Number);
    expect(stream).toMatchObject({
      ...{
        codec_name: 'hevc',
        codec_tag_string: 'hvc1',
        profile: 'Main',
        width,
        height,
        nb_read_frames: '20',
      },
    });
    const level = Number(/\.L(\d+)/.exec(tracks[0]!.codec)![1]);
    expect(level).toBe(stream!['level']);
    expect(tracks).toHaveLength(1);
    expect(tracks[0]).toMatchObject({ width, height });
  });

  it('has growing decoding times where frames are reordered, by the word of the SPS alone', () => {
    const { frames } = encoded('320x240', 3);
    const ticks = frames.map((frame) => frame.ticks);
    expect(ticks).toEqual([...new Set(ticks)].toSorted((a, b) => a - b));
    const shown = frames.map(({ data, ticks: at }) => at + data.readInt32BE(data.indexOf('trun') + 28));
    expect(shown).not.toEqual(ticks);
    const inOrder = shown.toSorted((a, b) => a - b);
    expect(inOrder.slice(1).every((at, index) => at - inOrder[index]! === 9_000)).toBe(true);
  });
});
