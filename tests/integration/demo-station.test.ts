import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Alarm } from '#contract/alarms.contract.ts';
import type { LiveMessage } from '#contract/base.ts';
import { SCENARIOS } from '#features/demo/scenarios/index.ts';
import { demoSite, RESOURCES } from '#tests/fixtures/demo-park.ts';
import { startTestStation, type TestStation } from '#tests/fixtures/station.ts';

/** The first message of a live collection. */
async function snapshot<T>(stream: AsyncIterable<LiveMessage<T>>): Promise<T[]> {
  for await (const message of stream) if (message.kind === 'snapshot') return message.items;
  return expect.fail('no snapshot');
}

describe('the demo park in a whole station', () => {
  let one: TestStation;
  let guard: Awaited<ReturnType<TestStation['client']>>;
  const within = { timeout: 40_000, interval: 300 };
  const alarms = async (): Promise<Alarm[]> => snapshot(await guard.alarms.live({}));

  beforeAll(async () => {
    one = await startTestStation({ siteFile: `${RESOURCES}demo/site.yaml` });
    guard = await one.client('guard');
  });
  afterAll(() => one?.end());

  it('all of its devices are online within half a minute, and nothing is quarantined', async () => {
    await vi.waitFor(async () => {
      const devices = await snapshot(await guard.devices.live({}));
      expect(devices.filter(({ availability }) => availability === 'online')).toHaveLength(
        demoSite().devices.length,
      );
    }, within);
    expect((await guard.quarantine.list({})).total).toBe(0);
  });

  it('guards walk, zones are armed', async () => {
    await vi.waitFor(
      async () => expect((await snapshot(await guard.patrol.live({}))).length).toBe(2),
      within,
    );
    const zones = await snapshot(await guard.perimeter.live({}));
    expect(zones.map(({ condition }) => condition)).toEqual(zones.map(() => 'armed'));
  });

  it('a zone is disarmed and armed again by its controller', async () => {
    const receipt = await guard.perimeter.arm({ zoneId: 'pz-s1', armed: false });
    expect(receipt.rung).toBe('confirmed');
    await vi.waitFor(async () => {
      const zone = (await snapshot(await guard.perimeter.live({}))).find(({ id }) => id === 'pz-s1');
      expect(zone).toMatchObject({ armed: false, condition: 'disarmed' });
    }, within);
    expect((await guard.perimeter.arm({ zoneId: 'pz-s1', armed: true })).rung).toBe('confirmed');
  });

  it('the intrusion scenario raises an alarm with place, cameras and plan, and takes it back', async () => {
    expect((await snapshot(await guard.demo.live({}))).map(({ id }) => id)).toEqual(
      SCENARIOS.map(({ id }) => id),
    );
    await guard.demo.start({ id: 'intrusion' });
    await vi.waitFor(async () => {
      const alarm = (await alarms()).find(
        ({ type, deviceId }) => type === 'intrusion.fence' && deviceId === 'fv-n1',
      );
      expect(alarm).toMatchObject({ active: true, planIds: ['intrusion'] });
      expect(alarm!.cameraIds[0]).toBe('n-07');
    }, within);
    await expect(guard.demo.start({ id: 'intrusion' })).rejects.toMatchObject({ code: 'CONFLICT' });
    await guard.demo.stop({ id: 'intrusion' });
    await vi.waitFor(async () => {
      expect((await alarms()).filter(({ type, active }) => type.startsWith('intrusion.') && active)).toEqual(
        [],
      );
    }, within);
  });

  it('a camera that really goes dark becomes an alarm, and is taken back when it returns', async () => {
    const lost = async () =>
      (await alarms()).find(({ type, deviceId }) => type === 'video.lost' && deviceId === 'w-05');
    const patient = { timeout: 80_000, interval: 500 };
    await guard.demo.start({ id: 'camera-loss' });
    await vi.waitFor(async () => expect(await lost()).toMatchObject({ active: true }), patient);
    const others = (await alarms()).filter(
      ({ type, deviceId }) => type === 'video.lost' && deviceId !== 'w-05',
    );
    expect(others).toEqual([]);
    await guard.demo.stop({ id: 'camera-loss' });
    await vi.waitFor(async () => expect(await lost()).toMatchObject({ active: false }), patient);
  }, 180_000);
});
