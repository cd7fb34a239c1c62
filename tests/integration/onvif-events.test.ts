import { afterEach, describe, expect, it } from 'vitest';
import { createEventStream, type EventStream } from '#native/onvif/events.ts';
import type { OnvifEvent } from '#native/onvif/event-message.ts';
import { startOnvifDevice, type DeviceOptions } from '#tests/peers/onvif-device.ts';
import { waitFor } from '#tests/peers/wait-for.ts';

const login = { user: 'admin', password: 'p&w' };
const motion = (on: boolean) => ({
  topic: 'tns1:VideoSource/MotionAlarm',
  source: { Source: 'V1' },
  data: { State: String(on) },
});
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
async function scene(options: DeviceOptions = {}) {
  const device = await startOnvifDevice({ login, ...options });
  const stream: EventStream = createEventStream({ url: device.url, login });
  const heard: OnvifEvent[] = [];
  const reading = (async () => {
    for await (const event of stream) heard.push(event);
  })();
  stops.push(() => stream.close(), () => reading, () => device.stop()); // prettier-ignore
  await waitFor('a subscription', () => device.pullPoints.count() === 1);
  return { device, stream, heard };
}

describe('events', () => {
  it.each([{}, { auth: 'digest' }, { referenceParameters: true, vendor: 'axis' }] as DeviceOptions[])(
    'come as they happen (%j)',
    async (options) => {
      const { device, stream, heard } = await scene(options);
      device.emit(motion(true));
      device.emit(motion(false));
      await waitFor('two events', () => heard.length === 2);
      expect(heard.map(({ topic, data }) => [topic, data['State']])).toEqual([
        ['VideoSource/MotionAlarm', 'true'],
        ['VideoSource/MotionAlarm', 'false'],
      ]);
      await stream.close();
      expect(device.pullPoints.count()).toBe(0);
    },
  );

  it('are subscribed to again by a device that forgot us', async () => {
    const { device, heard } = await scene();
    device.pullPoints.forget();
    await waitFor('another subscription', () => device.pullPoints.created() === 2);
    device.emit(motion(true));
    await waitFor('an event', () => heard.length === 1);
  });

  it('a device without events, and a wrong password, are told by reason', async () => {
    const without = await startOnvifDevice({ login, events: false });
    const other = await startOnvifDevice({ login });
    const first = createEventStream({ url: without.url, login });
    const second = createEventStream({ url: other.url, login: { ...login, password: 'no' } });
    stops.push(() => first.close(), () => second.close(), () => without.stop(), () => other.stop()); // prettier-ignore
    await waitFor('both to fail', () => [first, second].every(({ state }) => state.kind === 'backing-off'));
    expect(first.state).toMatchObject({ reason: 'not_supported' });
    expect(second.state).toMatchObject({ reason: 'wrong_password' });
  });

  it.each([
    ['', {}, 1],
    // the question which digest is refused too
    [' by digest', { auth: 'digest' }, 2],
    // once as it says, once by our own clock
    [' of a device whose clock is a zone off', { clockOffsetMs: 8 * 3_600_000 }, 2],
  ] as [string, DeviceOptions, number][])(
    'a wrong password%s is tried seldom: cameras lock accounts',
    async (_how, options, tries) => {
      const device = await startOnvifDevice({ login, ...options });
      const stream = createEventStream({ url: device.url, login: { ...login, password: 'no' } });
      stops.push(() => stream.close(), () => device.stop()); // prettier-ignore
      await waitFor('it to fail', () => stream.state.kind === 'backing-off');
      const { state } = stream;
      expect(state.kind === 'backing-off' && state.retryAtMs - Date.now()).toBeGreaterThan(50_000);
      expect(device.refusals()).toBeLessThanOrEqual(tries);
    },
  );
});
