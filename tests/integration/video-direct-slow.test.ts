import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startDirectPull } from '#features/video/direct-pull.ts';
import type { FfmpegError } from '#native/ffmpeg/failure.ts';
import type { MediaSink } from '#native/ffmpeg/media.ts';
import { rtpPackets } from '#native/rtsp/server-rtp.ts';
import {
  startScriptedCamera,
  type ScriptedAnswer,
  type ScriptedCamera,
  type ScriptedConnection,
} from '#tests/peers/rtsp-script.ts';

/** Cameras that take their time, on a clock that the test moves: what is told of them, and what is not. */
const SDP = [
  'v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=x', 't=0 0', 'a=control:*',
  'm=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', 'a=fmtp:96 packetization-mode=1', 'a=control:trackID=1',
].join('\r\n'); // prettier-ignore
const ANSWERS: Readonly<Record<string, ScriptedAnswer>> = {
  OPTIONS: { status: 200, headers: { Public: 'DESCRIBE, SETUP, PLAY' } },
  DESCRIBE: { status: 200, body: SDP },
  SETUP: {
    status: 200,
    headers: { Session: '7;timeout=60', Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' },
  },
  PLAY: { status: 200 },
  TEARDOWN: { status: 200 },
};
const PICTURE = 0x41;
let camera: ScriptedCamera;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(async () => {
  vi.useRealTimers();
  await camera.stop();
});

function sendPictures(connection: ScriptedConnection, count: number): void {
  const state = { ssrc: 1, timeOffset: 0, sequence: 0, packets: 0, octets: 0 };
  for (let at = 0; at < count; at += 1)
    for (const packet of rtpPackets(state, [Buffer.from([PICTURE, 0x88, at])], at * 6_000))
      connection.packet(0, packet);
}

/** What a pull of a camera says that answers each question after `answerMs`; `then`: what it does when it plays. */
async function toldOf(answerMs: number, then: (connection: ScriptedConnection) => void): Promise<unknown> {
  camera = await startScriptedCamera(({ method }, connection) => {
    if (method !== 'TEARDOWN') vi.advanceTimersByTime(answerMs);
    // after the answer, in the same breath
    if (method === 'PLAY') setImmediate(() => then(connection));
    return ANSWERS[method];
  });
  const sink: MediaSink = { track() {}, frame() {}, skipped() {} };
  const source = { url: camera.url, transport: 'tcp' as const };
  const context = { generation: 1, signal: new AbortController().signal, progress() {} };
  return startDirectPull({ label: 'cam', source, sink, keyFrameMs: 0 }, context).then(
    () => 'plays',
    ({ code, params }: FfmpegError) => ({ code, ...params }),
  );
}

describe('a camera that answers slowly', () => {
  it('and sends no key frame: that is what is told, although its answers took half a minute', async () => {
    expect(await toldOf(7_900, (connection) => sendPictures(connection, 20))).toEqual({
      code: 'no_key_frame',
      waitedMs: 0,
    });
    expect(camera.asked).toEqual(['OPTIONS /cam', 'DESCRIBE /cam', 'SETUP /cam/trackID=1', 'PLAY /cam', 'TEARDOWN /cam']); // prettier-ignore
  });

  it('and then sends nothing at all', async () => {
    const passing = () => {
      // little by little: the answer to PLAY is read meanwhile
      vi.advanceTimersByTime(5);
      if (vi.getTimerCount() > 0) setImmediate(passing);
    };
    expect(await toldOf(7_900, passing)).toEqual({ code: 'timeout', what: 'no picture' });
  });

  it('or not within the time for one answer', async () => {
    expect(await toldOf(8_000, () => undefined)).toEqual({ code: 'timeout', what: 'OPTIONS' });
    expect(camera.asked).toEqual(['OPTIONS /cam']);
  });
});
