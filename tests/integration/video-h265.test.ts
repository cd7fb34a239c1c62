import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { takePicture } from '#features/tours/picture.ts';
import { startDirectPull } from '#features/video/direct-pull.ts';
import { findFfmpeg, type FfmpegBinary } from '#native/ffmpeg/binary.ts';
import { createHandover, type Handover } from '#native/ffmpeg/handover.ts';
import { createRelay, type Relay } from '#native/ffmpeg/relay.ts';
import { decodeMp4, recordViewer, type RecordedViewer } from '#tests/peers/media-viewer.ts';
import { unitsOf, slicesOf, slicesOfFrame } from '#tests/peers/nal-units.ts';
import { testClip } from '#tests/peers/rtsp-clip.ts';
import { SMALL_CLIP, startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';

/** H.265 and reordered frames from a real RTSP server through both pulls; what goes out is what the camera sent. */
const HEVC = { ...SMALL_CLIP, codec: 'h265' as const, seconds: 4 };
const MOUNTS = [
  { path: '/hevc', ...HEVC },
  { path: '/hevc-b', ...HEVC, bFrames: 3 },
  { path: '/avc-b', ...SMALL_CLIP, seconds: 4, bFrames: 3 },
  { path: '/resized', ...HEVC },
  { path: '/recoded', ...SMALL_CLIP, seconds: 4 },
];
let cameras: RtspServer;
let ffmpeg: FfmpegBinary;
let handover: Handover;
const relays: Relay[] = [];
const refused: string[] = [];

beforeAll(async () => {
  ffmpeg = await findFfmpeg();
  cameras = await startRtspServer(MOUNTS);
  handover = createHandover();
}, 120_000);
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  refused.length = 0;
  await cameras.forgotten();
});
afterAll(async () => {
  await Promise.all([cameras?.stop(), handover?.close()]);
});

function relayOf(pull: 'ffmpeg' | 'direct', path: string): Relay {
  const relay = createRelay({
    label: path,
    source: { url: cameras.url(path), transport: 'tcp' },
    ffmpeg: async () => ffmpeg,
    handover,
    direct: {
      start: startDirectPull,
      serves: () => (pull === 'direct' ? 'everybody' : 'nobody'),
      onRefused: (reason) => void refused.push(reason),
    },
  });
  relays.push(relay);
  return relay;
}
const file = (viewer: RecordedViewer) =>
  Buffer.concat([viewer.tracks[0]!.init, ...viewer.frames.map(({ data }) => data)]);

describe.each(['ffmpeg', 'direct'] as const)('through %s', (pull) => {
  it('H.265 goes out as the camera sent it: every slice the same bytes, in its order', async () => {
    const viewer = recordViewer(relayOf(pull, '/hevc'));
    await viewer.until(() => viewer.frames.length >= 40, 'frames');
    viewer.leave();
    expect(viewer.states.at(-1)).toMatchObject({ kind: 'live', pull, transcoded: null });
    expect(viewer.tracks[0]).toMatchObject({ width: 640, height: 360 });
    expect(viewer.tracks[0]!.codec).toMatch(/^hvc1\.1\.6\.L\d+\.90$/);
    const clip = unitsOf(await readFile(await testClip(HEVC)), 'h265').map((unit) => slicesOf(unit, 'h265'));
    const sent = viewer.frames.map(({ data }) => slicesOfFrame(data, 'h265'));
    const from = clip.findIndex((slices) => slices.equals(sent[0]!));
    expect(from).toBeGreaterThanOrEqual(0);
    sent.forEach((slices, index) => expect(slices.equals(clip[(from + index) % clip.length]!)).toBe(true));
    const { frames, complaints } = await decodeMp4(file(viewer));
    expect(complaints).toBe('');
    expect(frames).toBe(viewer.frames.length);
    expect(refused).toEqual([]);
  });

  it('a picture can be taken of H.265, for patrols and reports', async () => {
    const { jpeg } = await takePicture(relayOf(pull, '/hevc'), ffmpeg.path);
    expect(jpeg.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
    expect(jpeg.length).toBeGreaterThan(5_000);
  });

  it.each(['/hevc-b', '/avc-b'])(
    'B-frames (%s) are shown in their order, decoded without complaint',
    async (path) => {
      const viewer = recordViewer(relayOf(pull, path));
      await viewer.until(() => viewer.frames.length >= 45, 'frames');
      viewer.leave();
      expect(refused).toEqual([]);
      const decoding = viewer.frames.map(({ ticks }) => ticks);
      expect(decoding).toEqual([...new Set(decoding)].toSorted((a, b) => a - b));
      const shown = viewer.frames.map(
        ({ data, ticks }) => ticks + data.readInt32BE(data.indexOf('trun') + 28),
      );
      // really reordered, and no two pictures at one time
      expect(shown).not.toEqual(shown.toSorted((a, b) => a - b));
      expect(new Set(shown).size).toBe(shown.length);
      const { frames, complaints } = await decodeMp4(file(viewer));
      expect(complaints).toBe('');
      expect(frames).toBe(viewer.frames.length);
    },
  );

  it('another size in mid-stream is a new track, without a new connection', async () => {
    const viewer = recordViewer(relayOf(pull, '/resized'));
    await viewer.until(() => viewer.frames.length >= 20, 'frames');
    const { accepted } = await cameras.stats();
    await cameras.change('/resized', { ...HEVC, width: 320, height: 240 });
    await viewer.until(() => viewer.tracks.length === 2, 'the other track');
    const at = viewer.frames.length;
    await viewer.until(() => viewer.frames.length >= at + 20, 'its frames');
    viewer.leave();
    expect(viewer.tracks.map(({ width, height }) => [width, height])).toEqual([
      [640, 360],
      [320, 240],
    ]);
    expect((await cameras.stats()).accepted).toBe(accepted);
    await cameras.change('/resized', HEVC);
  });

  it('another codec is a new track after the camera has cut the connection', async () => {
    const viewer = recordViewer(relayOf(pull, '/recoded'));
    await viewer.until(() => viewer.frames.length >= 10, 'frames');
    await cameras.change('/recoded', HEVC);
    await viewer.until(
      () => viewer.tracks.length >= 2 && viewer.states.at(-1)?.kind === 'live',
      'the other codec',
    );
    viewer.leave();
    expect(viewer.tracks.map(({ codec }) => codec.slice(0, 4))).toEqual(['avc1', 'hvc1']);
    await cameras.change('/recoded', { ...SMALL_CLIP, seconds: 4 });
  });
});
