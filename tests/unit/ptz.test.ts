import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aimAt, frameZoom } from '#domain/ptz-aim.ts';
import { mountOf } from '#domain/ptz-mount.ts';
import { nextStep, toursAt } from '#domain/ptz-rest.ts';
import { askControl, holdAt, IDLE_RELEASE_MS, keepControl, KEEP_AT_MOST_MS, ptzRank, releaseAtMs, type PtzHold, type PtzPerson } from '#domain/ptz.ts'; // prettier-ignore

const PEOPLE: PtzPerson[] = [
  { id: 'a', name: 'A', role: 'guard' },
  { id: 'b', name: 'B', role: 'guard' },
  { id: 'l', name: 'L', role: 'shift_leader' },
  { id: 'c', name: 'C', role: 'commander' },
];
const [guard, other, leader, commander] = PEOPLE as [PtzPerson, PtzPerson, PtzPerson, PtzPerson];
const held = (who: PtzPerson, more: Partial<PtzHold> = {}): PtzHold => ({
  ...who,
  sinceMs: 0,
  lastActMs: 0,
  keptSinceMs: null,
  ...more,
});

describe('control', () => {
  it('is free after 15 s without a move', () => {
    expect(holdAt(held(guard), IDLE_RELEASE_MS - 1)).not.toBeNull();
    expect(holdAt(held(guard), IDLE_RELEASE_MS)).toBeNull();
  });
  it('goes to a higher role at once and says from whom', () => {
    const answer = askControl(held(guard), leader, 1);
    expect(answer).toMatchObject({ granted: true, hold: { id: 'l', sinceMs: 1 }, takenFrom: { id: 'a' } });
  });
  it('is not taken by a lower or a busy equal', () => {
    expect(askControl(held(commander), leader, 1)).toMatchObject({ granted: false, freeAtMs: 15_000 });
    expect(askControl(held(guard), other, 14_999)).toMatchObject({ granted: false });
  });
  it('kept: an equal gets it from an idle keeper, a lower one not before its end', () => {
    const kept = held(guard, { keptSinceMs: 0 });
    expect(askControl(kept, other, 1_000).granted).toBe(false);
    expect(askControl(kept, other, IDLE_RELEASE_MS)).toMatchObject({
      granted: true,
      takenFrom: { id: 'a' },
    });
    const leaderKept = held(leader, { keptSinceMs: 0 });
    expect(askControl(leaderKept, guard, KEEP_AT_MOST_MS - 1).granted).toBe(false);
    expect(askControl(leaderKept, guard, KEEP_AT_MOST_MS).granted).toBe(true);
  });
  it('is kept by its holder only', () => {
    expect(keepControl(held(guard), leader, true, 1)).toBeNull();
    expect(keepControl(held(guard), guard, true, 1)).toMatchObject({ keptSinceMs: 1 });
    expect(keepControl(held(guard, { keptSinceMs: 0 }), guard, false, 1)?.keptSinceMs).toBeNull();
  });
});

/** Whatever people do and however long they wait, these hold. */
describe('model', () => {
  const step = fc.record({
    who: fc.constantFrom(...PEOPLE),
    waitMs: fc.oneof(fc.nat(IDLE_RELEASE_MS * 2), fc.nat(KEEP_AT_MOST_MS * 2)),
    does: fc.constantFrom('ask', 'keep', 'unkeep'),
  });
  it('never loses to a lower role, and always ends', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let hold: PtzHold | null = null;
        let now = 0;
        for (const { who, waitMs, does } of steps) {
          now += waitMs;
          const before: PtzHold | null = holdAt(hold, now);
          if (does === 'ask') {
            const answer = askControl(hold, who, now);
            const higher = before !== null && ptzRank(who.role) > ptzRank(before.role);
            const lower = before !== null && ptzRank(who.role) < ptzRank(before.role);
            if (!before || before.id === who.id || higher) expect(answer.granted).toBe(true);
            if (lower && before.id !== who.id) expect(answer.granted).toBe(false);
            if (!answer.granted) {
              expect(answer.hold).toEqual(before);
              // what a refusal promises is true
              expect(askControl(hold, who, answer.freeAtMs).granted).toBe(true);
            } else {
              expect(answer.takenFrom).toEqual(before && before.id !== who.id ? before : null);
            }
            hold = answer.granted ? answer.hold : hold;
          } else hold = keepControl(hold, who, does === 'keep', now) ?? hold;
          if (hold) {
            expect(releaseAtMs(hold) - hold.lastActMs).toBeGreaterThanOrEqual(IDLE_RELEASE_MS);
            expect(releaseAtMs(hold) - hold.lastActMs).toBeLessThanOrEqual(KEEP_AT_MOST_MS);
            expect(holdAt(hold, releaseAtMs(hold))).toBeNull();
          }
        }
      }),
    );
  });
});

describe('rest', () => {
  const steps = ['1', '2', '3'].map((presetToken) => ({ presetToken, dwellSeconds: 10 }));
  it('goes round, past presets that are gone', () => {
    const rest = { mode: 'tour', steps, schedule: [] } as const;
    expect(nextStep(rest, -1, new Set(['1', '2', '3']))).toBe(0);
    expect(nextStep(rest, 2, new Set(['1', '2', '3']))).toBe(0);
    expect(nextStep(rest, 0, new Set(['1', '3']))).toBe(2);
    expect(nextStep(rest, 0, new Set())).toBeNull();
    expect(nextStep({ ...rest, steps: [] }, 0, new Set(['1']))).toBeNull();
  });
});

describe('click to centre', () => {
  const point = { x: 0.5, y: -0.5 };
  const mount = mountOf({ mount: { zoomTimes: 10 } });
  const view = { wideDegrees: 60, zoom: null, aspect: 2 };
  it('by the field of view, by the angle, or not at all', () => {
    const byFov = aimAt(point, { fov: true, relative: true }, mount, { ...view, wideDegrees: null });
    expect(byFov).toEqual({ pan: 0.5, tilt: -0.5, fov: true });
    const aim = aimAt(point, { fov: false, relative: true }, mount, view)!;
    expect(aim.pan * 180).toBeCloseTo(15);
    expect(aim.tilt * 90).toBeCloseTo(-7.5);
    expect(aimAt(point, { fov: false, relative: true }, mount, { ...view, wideDegrees: null })).toBeNull();
    expect(aimAt(point, { fov: false, relative: false }, mount, view)).toBeNull();
  });
  it('by less when the picture is near, and the other way where the camera counts the other way', () => {
    const near = aimAt(point, { fov: false, relative: true }, mount, { ...view, zoom: 1 })!;
    expect(near.pan * 180).toBeCloseTo(1.5);
    const other = mountOf({ mount: { clockwise: false, tiltDegrees: -90 } });
    const turned = aimAt(point, { fov: false, relative: true }, other, view)!;
    expect([Math.sign(turned.pan), Math.sign(turned.tilt)]).toEqual([-1, 1]);
  });
  it('a box fills the picture, as near as it goes', () => {
    expect(frameZoom(mount, 0, 0.2)).toBeCloseTo(4 / 9);
    expect(frameZoom(mount, 4 / 9, 0.5)).toBe(1);
    expect(frameZoom(mount, 0.3, 1)).toBeCloseTo(0.3);
  });
});

describe('tours by the clock', () => {
  const nights = { days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '06:00' };
  it('run always without times, and only within them', () => {
    const rest = { mode: 'tour', steps: [], schedule: [] } as const;
    expect(toursAt(rest, { weekday: 1, minuteOfDay: 600 })).toBe(true);
    expect(toursAt({ ...rest, schedule: [nights] }, { weekday: 1, minuteOfDay: 600 })).toBe(false);
    expect(toursAt({ ...rest, schedule: [nights] }, { weekday: 1, minuteOfDay: 60 })).toBe(true);
    expect(toursAt({ ...rest, mode: 'home' }, { weekday: 1, minuteOfDay: 60 })).toBe(false);
  });
});
