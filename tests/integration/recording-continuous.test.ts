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
});
