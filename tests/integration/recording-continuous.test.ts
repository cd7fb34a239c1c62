import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openRecordingPark, type RecordingPark } from '#tests/fixtures/recording-park.ts';
import { recordViewer, type RecordedViewer } from '#tests/peers/media-viewer.ts';
import { startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';

const run = promisify(execFile);
const NAMES = ['one', 'two', 'three'];
let cameras: RtspServer;
let park: RecordingPark;

beforeAll(async () => {
  cameras = await startRtspServer(NAMES.map((name) => ({ path: `/${name}` })));
}, 120_000);
afterAll(() => cameras?.stop());
afterEach(() => park?.end());

const until = (holds: () => boolean) => expect.poll(holds, { timeout: 30_000, interval: 50 }).toBe(true);
/** Looks at what is recorded: one pull serves both, so what one gets the other gets. Times here are those of arrival. */
const watch = (cameraId: string) => recordViewer(park.video.openStream(cameraId, 'main')!);
const fresh = (viewer: RecordedViewer) => viewer.frames.filter(({ isCached }) => !isCached);
/** The span of `count` pictures that came, once the last of them is safe on the disk. */
async function safe(
  cameraId: string,
  viewer: RecordedViewer,
  count: number,
): Promise<{ fromMs: number; toMs: number }> {
  await viewer.until(() => fresh(viewer).length >= count, `${count} pictures of ${cameraId}`);
  const [fromMs, toMs] = [fresh(viewer)[0]!.receivedAtMs, fresh(viewer)[count - 1]!.receivedAtMs];
  await expect
    .poll(async () => (await park.recording.recordings.ranges(cameraId, fromMs, toMs)).ranges.at(-1)?.toMs, {
      ...{ timeout: 30_000, interval: 50 },
    })
    .toBeGreaterThanOrEqual(toMs);
  return { fromMs, toMs };
}
const filesOf = (dataDir: string) =>
  readdirSync(path.join(dataDir, 'recordings'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.mp4'))
    .map((name) => path.join(dataDir, 'recordings', name));

describe('continuous recording', () => {
  it('writes files that ffmpeg decodes without a complaint, and finds them by time', async () => {
    park = await openRecordingPark(
      NAMES.map((name) => ({
        id: `cam-${name}`,
        url: cameras.url(`/${name}`),
        rule: { mode: 'continuous' },
      })),
    );
    await until(() => NAMES.every((name) => park.state(`cam-${name}`)?.state === 'recording'));
    const viewers = NAMES.map((name) => watch(`cam-${name}`));
    const frames: number[] = [];
    for (const [at, name] of NAMES.entries()) {
      const { fromMs, toMs } = await safe(`cam-${name}`, viewers[at]!, 60);
      let count = 0;
      let last = -Infinity;
      for await (const chunk of park.recording.recordings.readParts(`cam-${name}`, 'main', fromMs, toMs)) {
        expect(chunk.codec).toMatch(/^avc1\./);
        expect(chunk.wallMs).toBeGreaterThanOrEqual(last);
        if (count === 0) expect(chunk.key).toBe(true);
        last = chunk.endWallMs;
        count += chunk.frames;
      }
      frames.push(count);
    }
    // Each picture that came, from the key frame before to the part's end after.
    for (const count of frames) expect(count).toBeGreaterThanOrEqual(60);
    for (const viewer of viewers) viewer.leave();
    await park.stop();
    const files = filesOf(park.dataDir);
    expect(files).toHaveLength(3);
    for (const file of files) {
      const { stderr } = await run('ffmpeg', [
        ...['-v', 'error', '-err_detect', 'explode', '-i', file],
        // Times of the camera as they are: at a rounded frame rate two frames of a busy machine fall on one number.
        ...['-vsync', 'passthrough', '-enc_time_base', '1:90000', '-f', 'null', '-'],
      ]);
      expect(stderr).toBe('');
      const probe = await run('ffprobe', [
        ...[
          '-v',
          'error',
          '-count_frames',
          '-show_entries',
          'stream=nb_read_frames,codec_name,width',
          '-of',
          'json',
        ],
        file,
      ]);
      const [stream] = (JSON.parse(probe.stdout) as { streams: { nb_read_frames: string; width: number }[] })
        .streams;
      expect(Number(stream!.nb_read_frames)).toBeGreaterThanOrEqual(60);
      expect(stream!.width).toBe(640);
    }
  });

  it('of a camera that sends 21 frames for 25 keeps both times: the file’s are the camera’s, the index has the wall’s', async () => {
    const slow = await startRtspServer([{ path: '/slow', fps: 25, sendFps: 21 }]);
    try {
      park = await openRecordingPark([
        { id: 'cam-slow', url: slow.url('/slow'), rule: { mode: 'continuous' } },
      ]);
      await until(() => park.state('cam-slow')?.state === 'recording');
      const viewer = watch('cam-slow');
      // eight seconds of the camera's, nine and a half of the wall's
      const { fromMs } = await safe('cam-slow', viewer, 200);
      viewer.leave();
      const { ranges } = await park.recording.recordings.ranges('cam-slow', fromMs - 5_000, Date.now());
      await park.stop();
      expect(ranges).toHaveLength(1);
      const wallSeconds = (ranges[0]!.toMs - ranges[0]!.fromMs) / 1000;
      // no later than now: sixty seconds of media must not stand for seventy-two of the wall
      expect(ranges[0]!.toMs).toBeLessThanOrEqual(Date.now());
      const facts = ['-show_entries', 'stream=nb_read_frames:format=duration', '-of', 'json'];
      const { stdout } = await run('ffprobe', ['-v', 'error', '-count_frames', ...facts, ...filesOf(park.dataDir)]); // prettier-ignore
      const read = JSON.parse(stdout) as {
        streams: { nb_read_frames: string }[];
        format: { duration: string };
      };
      const frames = Number(read.streams[0]!.nb_read_frames);
      expect(Number(read.format.duration) / frames).toBeCloseTo(1 / 25, 3);
      expect(frames / wallSeconds).toBeGreaterThan(19);
      expect(frames / wallSeconds).toBeLessThan(23.5);
    } finally {
      await slow.stop();
    }
  }, 60_000);
});
