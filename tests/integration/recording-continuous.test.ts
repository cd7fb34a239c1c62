import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openRecordingPark, type RecordingPark } from '#tests/fixtures/recording-park.ts';
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
    const startMs = Date.now();
    await until(() => Date.now() - startMs > 4_000);
    const frames: number[] = [];
    for (const name of NAMES) {
      let count = 0;
      let last = -Infinity;
      for await (const chunk of park.recording.recordings.readParts(
        `cam-${name}`,
        'main',
        startMs,
        startMs + 3_000,
      )) {
        expect(chunk.codec).toMatch(/^avc1\./);
        expect(chunk.wallMs).toBeGreaterThanOrEqual(last);
        if (count === 0) expect(chunk.key).toBe(true);
        last = chunk.endWallMs;
        count += chunk.frames;
      }
      frames.push(count);
    }
    // 15 frames a second, from the key frame before to the part's end after.
    for (const count of frames) expect(count).toBeGreaterThanOrEqual(45);
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
      expect(Number(stream!.nb_read_frames)).toBeGreaterThan(55);
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
      const startMs = Date.now();
      await until(() => Date.now() - startMs > 9_000);
      const { ranges } = await park.recording.recordings.ranges('cam-slow', startMs - 5_000, Date.now());
      await park.stop();
      expect(ranges).toHaveLength(1);
      const wallSeconds = (ranges[0]!.toMs - ranges[0]!.fromMs) / 1000;
      // no later than now: sixty seconds of media must not stand for seventy-two of the wall
      expect(ranges[0]!.toMs).toBeLessThanOrEqual(Date.now());
      expect(ranges[0]!.toMs).toBeGreaterThan(startMs + 7_000);
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
