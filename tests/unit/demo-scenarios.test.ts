import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALARM_TYPES } from '#domain/alarm-types.ts';
import type { DemoCameras } from '#features/demo/cameras.ts';
import { play, raisedBy, type Scenario } from '#features/demo/scenario.ts';
import { SCENARIOS } from '#features/demo/scenarios/index.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { heardPark, RESOURCES } from '#tests/fixtures/demo-park.ts';

const clips = Object.keys(JSON.parse(readFileSync(`${RESOURCES}demo/clips/index.json`, 'utf8')));

/** Plays a scenario on a park that is only heard, with cameras that only remember. */
function stageFor(scenario: Scenario) {
  const clock = new TestClock();
  const { park, sent, site } = heardPark(clock);
  const shows = new Map<string, string>();
  const states = new Map<string, string>();
  let ends = 0;
  const errors: Error[] = [];
  const cameras: DemoCameras = {
    port: 1,
    turn: (id, state) => void states.set(id, state),
    show: (id, clip) =>
      clips.includes(clip) ? Promise.resolve(void shows.set(id, clip)) : Promise.reject(new Error(clip)),
    stop: () => Promise.resolve(),
  };
  const running = play(scenario, { park, cameras: () => cameras, clock, onEnd: () => (ends += 1), onError: (error) => errors.push(error) }); // prettier-ignore
  const events = () => sent.filter(({ leaf }) => leaf === 'event');
  /** Conditions that were raised and not cleared. */
  const open = () => {
    const conditions = new Set<string>();
    for (const { deviceId, body } of events()) {
      if (body.state === 'raise') conditions.add(`${deviceId} ${body.type}`);
      if (body.state === 'clear') conditions.delete(`${deviceId} ${body.type}`);
    }
    return [...conditions];
  };
  return { clock, park, sent, site, shows, states, errors, running, events, open, ends: () => ends };
}

describe.each(SCENARIOS.map((scenario) => [scenario.id, scenario] as const))(
  'scenario %s',
  (_id, scenario) => {
    it('plays through and leaves the park as it was', () => {
      const stage = stageFor(scenario);
      stage.clock.advance((scenario.durationSeconds + 1) * 1000);
      expect(stage.ends()).toBe(1);
      expect(stage.open()).toEqual([]);
      expect(stage.events().some(({ body }) => body.state === 'raise')).toBe(true);
      for (const [camera, state] of stage.states) expect([camera, state]).toEqual([camera, 'on']);
      for (const [camera, clip] of stage.shows) expect(clip).toBe(camera);
      expect(stage.errors).toEqual([]);
      for (const deviceId of new Set(stage.sent.map((one) => one.deviceId))) {
        const device = stage.park.device(deviceId)!;
        expect(stage.park.world.states(device).alarm ?? false).toBe(false);
      }
    });

    it('can be stopped at any moment', () => {
      for (let seconds = 0; seconds < scenario.durationSeconds; seconds += 13) {
        const stage = stageFor(scenario);
        stage.clock.advance(seconds * 1000);
        stage.running.stop();
        expect(stage.open()).toEqual([]);
        expect(stage.ends()).toBe(1);
        const before = stage.sent.length;
        stage.clock.advance(scenario.durationSeconds * 1000);
        stage.running.stop();
        expect(stage.sent).toHaveLength(before);
        expect(stage.ends()).toBe(1);
      }
    });

    it('names devices, points and types that exist', () => {
      const stage = stageFor(scenario);
      stage.clock.advance(scenario.durationSeconds * 1000);
      for (const { deviceId, body } of stage.events()) {
        expect(stage.park.device(deviceId), deviceId).toBeDefined();
        expect(Object.keys(ALARM_TYPES)).toContain(body.type);
        expect(ALARM_TYPES[body.type]!.info).toBe(body.state === 'info');
      }
      const raised = new Set(stage.events().filter(({ body }) => body.state === 'raise').map(({ deviceId, body }) => `${deviceId} ${body.type}`)); // prettier-ignore
      expect(new Set(raisedBy(scenario).map(({ deviceId, type }) => `${deviceId} ${type}`))).toEqual(raised);
    });

    it('shows only points that its devices have', () => {
      const points = new Map(heardPark(new TestClock()).site.devices.map(({ id, points: list }) => [id, new Set(list.map(({ key }) => key))])); // prettier-ignore
      const unknown: string[] = [];
      const nothing = () => undefined;
      for (const { run } of scenario.beats) {
        run({ raise: nothing, clear: nothing, note: nothing, scene: nothing, unplug: nothing, show: (id, values) => unknown.push(...Object.keys(values).filter((key) => !points.get(id)?.has(key)).map((key) => `${id} ${key}`)) }); // prettier-ignore
      }
      expect(unknown).toEqual([]);
    });
  },
);

it('messages of a device are numbered without a gap', () => {
  const stage = stageFor(SCENARIOS.find(({ id }) => id === 'fire')!);
  stage.clock.advance(400_000);
  const numbers = new Map<string, number[]>();
  for (const { deviceId, body } of stage.sent)
    numbers.set(deviceId, [...(numbers.get(deviceId) ?? []), body.seq]);
  for (const list of numbers.values()) expect(list).toEqual(list.map((_, i) => i));
});
