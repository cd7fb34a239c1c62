import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startDirectPull } from '#features/video/direct-pull.ts';
import { findFfmpeg, type FfmpegBinary } from '#native/ffmpeg/binary.ts';
import { encoderChoice } from '#native/ffmpeg/encoder-choice.ts';
import { compositionOffset } from '#native/ffmpeg/fmp4.ts';
import { createHandover, type Handover } from '#native/ffmpeg/handover.ts';
import { createRelay, type Relay } from '#native/ffmpeg/relay.ts';
import { createTranscode, type TranscodeOptions } from '#native/ffmpeg/transcode.ts';
import { runChild } from '#native/process/run-child.ts';
import { decodeMp4, recordViewer } from '#tests/peers/media-viewer.ts';
import { SMALL_CLIP, startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';
import { startTileServer } from '#tests/peers/tile-page.ts';

/** H.265 for a console that cannot decode it, as Chromium here: made H.264 of the pull that is there already. */
const HEVC = { ...SMALL_CLIP, codec: 'h265' as const, seconds: 4 };
const encoders = encoderChoice(process.platform);
let cameras: RtspServer;
let ffmpeg: FfmpegBinary;
let handover: Handover;
let made: { source: Relay; transcode: Relay }[] = [];

beforeAll(async () => {
  ffmpeg = await findFfmpeg();
  cameras = await startRtspServer([
    { path: '/hevc', ...HEVC },
    { path: '/hevc-b', ...HEVC, bFrames: 3 },
    { path: '/large', ...HEVC, width: 1920, height: 1080, fps: 10 },
    { path: '/changing', ...SMALL_CLIP, seconds: 4 },
  ]);
  handover = createHandover();
}, 120_000);
afterEach(async () => {
  const all = made;
  made = [];
  await Promise.all(all.map(({ transcode }) => transcode.stop()));
  await Promise.all(all.map(({ source }) => source.stop()));
  await cameras.forgotten();
  expect(await transcoders()).toEqual([]);
});
afterAll(async () => {
  await Promise.all([cameras?.stop(), handover?.close()]);
});

function open(path: string, options: Partial<TranscodeOptions> = {}): { source: Relay; transcode: Relay } {
  const source = createRelay({
    label: path,
    source: { url: cameras.url(path), transport: 'tcp' },
    ffmpeg: async () => ffmpeg,
    handover,
    direct: { start: startDirectPull, serves: () => 'everybody' },
    lingerMs: 500,
  });
  const transcode = createTranscode({
    ...{ label: path, source, ffmpeg: async () => ffmpeg, encoders, maxWidth: 1_280, lingerMs: 500 },
    mode: () => 'auto',
    ...options,
  });
  made.push({ source, transcode });
  return { source, transcode };
}

/** Process ids of ffmpegs of this process that re-encode. */
async function transcoders(): Promise<number[]> {
  const args = ['-eo', 'pid=,ppid=,args='];
  const { stdout } = await runChild({
    label: 'ps',
    command: 'ps',
    args,
    timeoutMs: 5_000,
    maxOutputBytes: 4_000_000,
  });
  return stdout
    .toString()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, parent, ...rest]) => Number(parent) === process.pid && rest.join(' ').includes('-f mp4 -i pipe:0'),
    )
    .map(([pid]) => Number(pid));
}

describe('a stream in H.264', () => {
  it('is made once for all who need it, of the one pull that is there, and ends with the last', async () => {
    const { source, transcode } = open('/hevc');
    const before = (await cameras.stats()).accepted;
    const original = recordViewer(source);
    const viewers = [recordViewer(transcode), recordViewer(transcode)];
    for (const viewer of viewers) await viewer.until(() => viewer.frames.length >= 30, 'frames');
    expect((await cameras.stats()).accepted - before).toBe(1);
    expect(await transcoders()).toHaveLength(1);
    const [viewer] = viewers;
    expect(viewer!.states.at(-1)).toMatchObject({
      ...{ kind: 'live', width: 640, height: 360, pull: 'direct' },
      transcoded: { codec: original.tracks[0]!.codec, width: 640, height: 360, encoder: 'libx264' },
    });
    expect(viewer!.tracks[0]!.codec).toMatch(/^avc1\./);
    // Each picture carries the time at which the original came.
    const came = new Set(original.frames.map(({ receivedAtMs }) => receivedAtMs));
    expect(viewer!.frames.filter(({ receivedAtMs }) => !came.has(receivedAtMs))).toEqual([]);
    const shown = viewer!.frames.map(({ data }) => data);
    const { frames, complaints } = await decodeMp4(Buffer.concat([viewer!.tracks[0]!.init, ...shown]));
    expect(complaints).toBe('');
    expect(frames).toBe(shown.length);
    for (const one of [...viewers, original]) one.leave();
    await expect.poll(transcoders, { timeout: 10_000 }).toEqual([]);
  });

  it('shows reordered frames in their order', async () => {
    const { source, transcode } = open('/hevc-b');
    const original = recordViewer(source);
    const viewer = recordViewer(transcode);
    await viewer.until(() => viewer.frames.length >= 45, 'frames');
    viewer.leave();
    original.leave();
    const inOrder = original.frames
      .map(({ data, ticks, receivedAtMs }) => ({ at: ticks + compositionOffset(data), receivedAtMs }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ receivedAtMs }) => receivedAtMs);
    const received = viewer.frames.map(({ receivedAtMs }) => receivedAtMs);
    // Each picture once, none left out, in the order in which they are shown.
    const from = inOrder.indexOf(received[0]!);
    expect(received).toEqual(inOrder.slice(from, from + received.length));
    const ticks = viewer.frames.map((frame) => frame.ticks);
    expect(ticks).toEqual([...new Set(ticks)].toSorted((a, b) => a - b));
  });

  it('is no wider than asked for', async () => {
    const viewer = recordViewer(open('/large').transcode);
    await viewer.until(() => viewer.frames.length >= 10, 'frames');
    viewer.leave();
    expect(viewer.states.at(-1)).toMatchObject({ width: 1_280, height: 720, transcoded: { width: 1_920 } });
  });

  it('comes back after its ffmpeg was killed, the pull going on', async () => {
    const { source, transcode } = open('/hevc');
    const viewer = recordViewer(transcode);
    const original = recordViewer(source);
    await viewer.until(() => viewer.frames.length >= 10, 'frames');
    const [pid] = await transcoders();
    process.kill(pid!, 'SIGKILL');
    await viewer.until(() => viewer.states.some(({ kind }) => kind === 'waiting'), 'the loss');
    const at = viewer.frames.length;
    await viewer.until(
      () => viewer.frames.length >= at + 15 && viewer.states.at(-1)?.kind === 'live',
      'the return',
    );
    expect(viewer.states.find(({ kind }) => kind === 'waiting')).toMatchObject({ reason: 'transcoder' });
    expect(original.states.filter(({ kind }) => kind === 'waiting')).toEqual([]);
    viewer.leave();
    original.leave();
  });

  it('passes H.264 through untouched, and follows a camera that changes', async () => {
    const { transcode } = open('/changing');
    const viewer = recordViewer(transcode);
    await viewer.until(() => viewer.frames.length >= 10, 'frames');
    expect(viewer.states.at(-1)).toMatchObject({ kind: 'live', transcoded: null });
    expect(await transcoders()).toEqual([]);
    await cameras.change('/changing', HEVC);
    const isTranscoded = () => {
      const state = viewer.states.at(-1);
      return state?.kind === 'live' && state.transcoded !== null;
    };
    await viewer.until(isTranscoded, 'the other codec');
    const at = viewer.frames.length;
    await viewer.until(() => viewer.frames.length >= at + 10, 'its frames');
    await cameras.change('/changing', { ...HEVC, width: 320, height: 240 });
    await viewer.until(() => viewer.tracks.at(-1)?.width === 320, 'the other size');
    viewer.leave();
    await cameras.change('/changing', { ...SMALL_CLIP, seconds: 4 });
  });

  it('is refused where that was decided', async () => {
    const viewer = recordViewer(open('/hevc', { mode: () => 'never' }).transcode);
    await viewer.until(() => viewer.states.some(({ kind }) => kind === 'waiting'), 'the reason');
    expect(viewer.states.find(({ kind }) => kind === 'waiting')).toMatchObject({ reason: 'transcoding_off' });
    viewer.leave();
  });
});

describe.each(['mse', 'webcodecs'])('a tile by %s in a browser without H.265', (decoder) => {
  it('asks for H.264, shows it, and follows changes of size and codec', async () => {
    const { source, transcode } = open('/changing');
    const server = await startTileServer((_id, _stream, isTranscoded) => (isTranscoded ? transcode : source));
    const tiles = await server.open(`cameras=changing&decoder=${decoder}`);
    const errors: string[] = [];
    tiles.page.on('pageerror', (error) => errors.push(error.message));
    const moreThan = (count: number) =>
      expect.poll(async () => (await tiles.sightings()).length, { timeout: 25_000 }).toBeGreaterThan(count);
    try {
      await moreThan(10);
      expect(await tiles.page.locator('.badge').textContent()).not.toContain('H.265');
      for (const spec of [HEVC, { ...HEVC, width: 800, height: 450 }]) {
        await cameras.change('/changing', spec);
        await expect
          .poll(async () => [await tiles.page.locator('.badge').textContent(), await tiles.widths()], {
            timeout: 25_000,
          })
          .toEqual([expect.stringContaining('H.265'), [spec.width]]);
        // of what it was before nothing is seen any more
        await moreThan((await tiles.sightings()).length + 20);
      }
      expect(errors).toEqual([]);
    } finally {
      await tiles.stop();
      await server.stop();
      await cameras.change('/changing', { ...SMALL_CLIP, seconds: 4 });
    }
  });
});
