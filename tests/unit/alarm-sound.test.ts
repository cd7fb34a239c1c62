import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alarm } from '#contract/alarms.contract.ts';
import {
  DEFAULT_SOUND_RULES,
  SILENCE,
  sirenLevel,
  soundFor,
  type SoundingAlarm,
  type SoundState,
} from '#domain/alarm-sound.ts';
import { driveSiren } from '#features/alarms/siren-level.ts';
import { createBus } from '#station/bus.ts';
import { silentLog } from '#station/log.ts';
import { TestClock } from '#tests/fixtures/clock.ts';

const one = (id: string, more: Partial<SoundingAlarm> = {}): SoundingAlarm => ({
  id,
  priority: 3,
  acknowledged: false,
  drill: false,
  annunciation: 1,
  backlog: false,
  ...more,
});
/** Asks at each time of a list and returns what was played. */
function listen(script: [atMs: number, open: SoundingAlarm[]][], state: SoundState = SILENCE) {
  return script.map(([atMs, open]) => {
    const decision = soundFor(open, state, atMs);
    state = decision.state;
    return decision.play;
  });
}

describe('alarm sound', () => {
  it('is silent with nothing open or all acknowledged', () => {
    expect(soundFor([], SILENCE, 0)).toMatchObject({ play: null, askAgainAtMs: null });
    expect(soundFor([one('a', { acknowledged: true })], SILENCE, 0)).toMatchObject({
      play: null,
      askAgainAtMs: null,
    });
  });
  it('plays at once and repeats until acknowledged', () => {
    const a = one('a', { priority: 1 });
    const first = soundFor([a], SILENCE, 1000);
    expect(first).toMatchObject({ play: 'alarm-1', askAgainAtMs: 6000 });
    expect(listen([[3000, [a]], [6000, [a]], [11_000, [{ ...a, acknowledged: true }]]], first.state)).toEqual([null, 'alarm-1', null]); // prettier-ignore
  });
  it('plays once for a burst, however long the burst goes on', () => {
    const all: SoundingAlarm[] = [];
    const played = listen(
      Array.from({ length: 20 }, (_, n) => [
        n * 500,
        [...all, ...(all.push(one(`a${n}`)) ? all.slice(-1) : [])],
      ]),
    );
    expect(played.filter(Boolean)).toEqual(['alarm-3']);
  });
  it('lets a higher priority interrupt, and a lower one wait for it', () => {
    const low = one('low', { priority: 4 });
    const high = one('high', { priority: 1 });
    expect(
      listen([
        [0, [low]],
        [100, [low, high]],
        [200, [low, high]],
      ]),
    ).toEqual(['alarm-4', 'alarm-1', null]);
    expect(
      listen([
        [0, [high]],
        [4000, [high, low]],
        [5000, [high, low]],
      ]),
    ).toEqual(['alarm-1', null, 'alarm-1']);
  });
  it('sounds anew for a new alarm after the burst, and for one that is active again', () => {
    const a = one('a');
    const seen = { ...a, acknowledged: true };
    expect(listen([[0, [a]], [10_000, [seen]], [20_000, [{ ...a, annunciation: 2 }]], [30_000, [{ ...a, annunciation: 2 }, one('b')]]])).toEqual(['alarm-3', null, 'alarm-3', 'alarm-3']); // prettier-ignore
  });
  it('lets a real alarm break through a drill', () => {
    const drill = one('d', { priority: 1, drill: true });
    const real = one('r', { priority: 4 });
    expect(
      listen([
        [0, [drill]],
        [100, [drill, real]],
      ]),
    ).toEqual(['alarm-drill', 'alarm-4']);
  });
  it('holds backlog of low priority for a moment, not that of high priority', () => {
    const late = one('a', { backlog: true });
    const held = soundFor([late], SILENCE, 0);
    expect(held).toMatchObject({ play: null, askAgainAtMs: DEFAULT_SOUND_RULES.settleMs });
    expect(soundFor([], held.state, 5000)).toMatchObject({ play: null, askAgainAtMs: null });
    expect(soundFor([late], held.state, 15_000).play).toBe('alarm-3');
    expect(soundFor([one('b', { backlog: true, priority: 2 })], SILENCE, 0).play).toBe('alarm-2');
  });
  it('never stays silent for longer than the repeat time of the most urgent unacknowledged alarm', () => {
    const step = fc.record({ waitMs: fc.integer({ min: 1, max: 20_000 }), id: fc.constantFrom('a', 'b', 'c', 'd'), priority: fc.constantFrom<1 | 2 | 3 | 4>(1, 2, 3, 4), drill: fc.boolean(), backlog: fc.boolean(), acknowledge: fc.boolean() }); // prettier-ignore
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const open = new Map<string, SoundingAlarm>();
        const since = new Map<string, number>();
        let state = SILENCE;
        let now = 0;
        let lastPlay = -1;
        for (const { waitMs, id, acknowledge, ...more } of steps) {
          // a station asks when told to and when an alarm changes
          let ask = soundFor([...open.values()], state, now).askAgainAtMs;
          while (ask !== null && ask <= now + waitMs) {
            const decision = soundFor([...open.values()], state, ask);
            if (decision.play) lastPlay = ask;
            state = decision.state;
            expect(decision.askAgainAtMs === null || decision.askAgainAtMs > ask).toBe(true);
            ask = decision.askAgainAtMs;
          }
          now += waitMs;
          const before = open.get(id);
          if (acknowledge && before) {
            open.set(id, { ...before, acknowledged: true });
            since.delete(id);
          } else if (!before || before.acknowledged) {
            open.set(id, one(id, { ...more, annunciation: (before?.annunciation ?? 0) + 1 }));
            since.set(id, now);
          }
          const decision = soundFor([...open.values()], state, now);
          if (decision.play) lastPlay = now;
          state = decision.state;
          // the most urgent one sets the pace: real before drill, then by priority
          const settleOf = (key: string) => {
            const alarm = open.get(key)!;
            return alarm.backlog && alarm.priority >= 3 ? DEFAULT_SOUND_RULES.settleMs : 0;
          };
          const audible = [...since.keys()].filter((key) => since.get(key)! + settleOf(key) <= now);
          const rank = (key: string) => open.get(key)!.priority + (open.get(key)!.drill ? 4 : 0);
          const top = audible.sort((x, y) => rank(x) - rank(y))[0];
          if (top === undefined) continue;
          const silentSince = Math.max(lastPlay, since.get(top)! + settleOf(top));
          expect(now - silentSince).toBeLessThanOrEqual(
            DEFAULT_SOUND_RULES.repeatMs[open.get(top)!.priority],
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('siren level', () => {
  it('is the highest unacknowledged priority of real alarms', () => {
    const level = (...open: SoundingAlarm[]) => sirenLevel(open, {}, 0).level;
    expect(level()).toBeNull();
    expect(level(one('a', { priority: 4 }), one('b', { priority: 2 }))).toBe(2);
    expect(level(one('a', { priority: 1, acknowledged: true }), one('b'))).toBe(3);
    expect(level(one('a', { priority: 1, drill: true }))).toBeNull();
  });
  it('drives a siren that needs no console, late news after a moment', async () => {
    const clock = new TestClock();
    const bus = createBus(silentLog);
    const set: unknown[] = [];
    let open: SoundingAlarm[] = [one('old', { priority: 2 })];
    const changed = async (next: SoundingAlarm[]) => {
      open = next;
      for (let n = 0; n < 3; n += 1) bus.emit('alarm.changed', {} as Alarm);
      await Promise.resolve();
    };
    const live = { values: () => open as unknown as Alarm[] };
    const stop = driveSiren({ bus, clock, log: silentLog }, live, (level) => set.push(level));
    expect(set).toEqual([2]);
    await changed([one('late', { backlog: true })]);
    clock.advance(DEFAULT_SOUND_RULES.settleMs - 1);
    expect(set).toEqual([2, null]);
    clock.advance(1);
    expect(set).toEqual([2, null, 3]);
    await changed([one('late', { backlog: true }), one('fire', { priority: 1 })]);
    expect(set).toEqual([2, null, 3, 1]);
    stop();
    await changed([]);
    expect(set).toEqual([2, null, 3, 1, null]);
  });
});
