/** A camera whose password is wrong: however much of the station wants it, the camera hears one wrong login at a time. */
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { recordingRule } from '#contract/site.ts';
import { listenToCameras } from '#features/cameras/onvif-events.ts';
import type { Relay, StreamState } from '#native/ffmpeg/relay.ts';
import { STATION_ACTOR, type StoredEvent } from '#station/ports.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { openRecordingPark } from '#tests/fixtures/recording-park.ts';
import { startOnvifDevice } from '#tests/peers/onvif-device.ts';
import { countRefusals, type RefusalCounter } from '#tests/peers/rtsp-refusals.ts';
import { startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';

const MINUTE = 60_000;
const SHOWN_MS = 2_000;
const user = 'guard';
let cameras: RtspServer;
let counter: RefusalCounter;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  cameras = await startRtspServer([{ path: '/main' }, { path: '/sub', width: 320, height: 180 }], {
    user,
    password: 'new',
  });
}, 120_000);
afterAll(() => cameras?.stop());
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
const until = (holds: () => boolean) => expect.poll(holds, { timeout: 30_000, interval: 10 }).toBe(true);

/**
 * A station that records both streams of a camera, hears its events, and shows its sub stream. Its clock stands still: no
 * time that passes lets anybody try.
 */
async function station(how: { pull: string; password: string; onCamera: string; onvif: string }) {
  await cameras.setPassword(how.onCamera);
  counter = await countRefusals(cameras.port);
  const device = await startOnvifDevice({ login: { user, password: how.onvif } });
  const clock = new TestClock();
  const park = await openRecordingPark([], { clock });
  const { ports, kernel, video, logins } = park;
  ports.write((tx) => ports.settings.put(tx, STATION_ACTOR, 'video.pull', how.pull));
  const url = (path: string) => `rtsp://127.0.0.1:${counter.port}${path}`;
  const put = (password: string) =>
    kernel.site.put(
      STATION_ACTOR,
      'cameras',
      {
        ...{ id: 'cam', name: { zh: 'cam', en: 'cam' }, placeId: 'park', username: user },
        ...{ mainUrl: url('/main'), subUrl: url('/sub') },
        onvif: { address: '127.0.0.1', port: device.port, events: true },
        recording: recordingRule.parse({
          ...{ mode: 'continuous', stream: 'main', keepDays: 90 },
          beside: { mode: 'continuous', schedule: [], preSeconds: 0, postSeconds: 60, keepDays: 30 },
        }),
      } as never,
      password,
    );
  put(how.password);
  const events = listenToCameras(ports, {
    events: { record: (_tx, event) => event as StoredEvent },
    activeData: () => undefined,
    reachable: ports.site,
    trusts: () => true,
    logins,
  });
  const [main, sub] = ['main', 'sub'].map((one) => video.openStream('cam', one as 'main')!) as [Relay, Relay];
  const leave = sub.join({ state: () => undefined, track: () => undefined, frame: () => undefined });
  stops.push(
    () => counter.stop(),
    () => device.stop(),
    () => park.end(),
    () => events.stop(),
    async () => leave(),
  );
  const isRefused = (one: StreamState, retryAtMs: number) =>
    one.kind === 'waiting' && one.reason === 'wrong_password' && one.retryAtMs === retryAtMs;
  return {
    ...{ clock, device, main, sub, put, video },
    /** Both streams and the events wait for the same time. */
    async waits(minutes: number) {
      const retryAtMs = clock.nowMs() + minutes * MINUTE;
      await until(() => [main, sub].every((one) => isRefused(one.state, retryAtMs)));
      // what is heard of events is shown now and then; what follows from the refusal has happened by now
      clock.advance(SHOWN_MS);
      expect(events.live.get('cam')).toMatchObject({ state: 'failed', reason: 'wrong_password' });
      // what the guard sees
      expect(video.live.get('cam')).toMatchObject({ reason: 'wrong_password', retryAtMs });
    },
    live: () =>
      expect
        .poll(() => [main.state, sub.state], { timeout: 30_000, interval: 10 })
        .toMatchObject([{ kind: 'live' }, { kind: 'live' }]),
    listens: () => until(() => device.pullPoints.count() === 1),
  };
}

describe.each(['direct', 'ffmpeg'])('a wrong password, pulled by %s', (pull) => {
  it('is tried once, after 1 minute once, after 5 once, and by who asks for it; the right one lets in all at once', async () => {
    const made = await station({ pull, password: 'old', onCamera: 'new', onvif: 'new' });
    const { clock, device, sub } = made;
    await made.waits(1);
    expect(counter.refused()).toBe(1);
    for (const [round, [before, after]] of [
      [1, 5],
      [5, 15],
    ].entries()) {
      // prettier-ignore
      clock.advance(before! * MINUTE - SHOWN_MS - 1_000);
      await setImmediate();
      clock.advance(1_000);
      await until(() => counter.refused() === round + 2);
      await made.waits(after!);
    }
    sub.retryNow();
    await until(() => counter.refused() === 4);
    await made.waits(15);
    made.put('new');
    await made.live();
    await made.listens();
    expect(counter.refused()).toBe(4);
    expect(device.refusals()).toBe(0);
  }, 90_000);

  it('that has become right on the camera: the one that finds out lets in the others', async () => {
    const made = await station({ pull, password: 'old', onCamera: 'new', onvif: 'old' });
    await made.waits(1);
    await cameras.setPassword('old');
    made.clock.advance(MINUTE - SHOWN_MS);
    await made.live();
    await made.listens();
    expect(counter.refused()).toBe(1);
  }, 60_000);

  it('that was right until now: one finds out', async () => {
    const made = await station({ pull, password: 'old', onCamera: 'old', onvif: 'old' });
    await made.live();
    await made.listens();
    await cameras.setPassword('new');
    await cameras.kick();
    await until(() => [made.main, made.sub].every(({ state }) => state.kind === 'waiting'));
    expect(counter.refused()).toBe(0);
    made.clock.advance(1_000);
    await until(() =>
      [made.main, made.sub].every(
        ({ state }) => state.kind === 'waiting' && state.reason === 'wrong_password',
      ),
    );
    expect(counter.refused()).toBe(1);
  }, 60_000);
});
