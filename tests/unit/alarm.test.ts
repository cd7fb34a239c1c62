import { describe, expect, it } from 'vitest';
import { acknowledge, close, comment, setWorkflow, startRun } from '#domain/alarm-handling.ts';
import { isOlder, type Stamp } from '#domain/alarm-order.ts';
import { clear, raise, type AlarmOutcome } from '#domain/alarm.ts';
import type { AlarmCondition, AlarmTrack } from '#domain/alarm-condition.ts';
import type { AlarmPriority } from '#domain/alarm-types.ts';

const KEY = { deviceId: 'fence-1', type: 'intrusion.fence', drill: false };
const T0 = 1_800_000_000_000;
const MINUTE = 60_000;
const at = (occurred: number, received = occurred, seq: number | null = null): Stamp => ({
  occurredAtMs: T0 + occurred,
  receivedAtMs: T0 + received,
  bootId: seq === null ? null : 'boot-1',
  seq,
});
const EMPTY: AlarmTrack = { alarm: null, lastClear: null };
let ids = 0;
const up = (track: AlarmTrack, stamp: Stamp, priority: AlarmPriority = 2, data = {}): AlarmOutcome =>
  raise(track, KEY, { stamp, priority, data }, `alarm-${(ids += 1)}`);
const alarmOf = (outcome: AlarmOutcome): AlarmCondition => {
  if (!outcome.track.alarm) throw new Error('no alarm');
  return outcome.track.alarm;
};
const handled = (result: ReturnType<typeof acknowledge>): AlarmCondition => {
  if (!result.ok) throw new Error(result.refusal);
  return result.alarm;
};
const withAlarm = (track: AlarmTrack, alarm: AlarmCondition): AlarmTrack => ({ ...track, alarm });

describe('an alarm as devices drive it', () => {
  it('begins active and unacknowledged, with the time of the device', () => {
    const first = up(EMPTY, at(0, 50), 2, { zone: 3 });
    expect(first.change).toBe('created');
    expect(alarmOf(first)).toMatchObject({
      active: true,
      acknowledged: false,
      workflow: 'new',
      count: 1,
      firstOccurredAtMs: T0,
      receivedAtMs: T0 + 50,
      data: { zone: 3 },
    });
    expect(first.log.map((line) => line.kind)).toEqual(['raised']);
  });
  it('counts repeats on the one alarm and keeps the acknowledgement', () => {
    const first = up(EMPTY, at(0));
    const seen = withAlarm(first.track, handled(acknowledge(alarmOf(first), 'li', T0 + 1)));
    const again = up(seen, at(10), 2, { n: 2 });
    expect(again.change).toBe('repeated');
    expect(alarmOf(again)).toMatchObject({
      id: alarmOf(first).id,
      count: 2,
      acknowledged: true,
      data: { n: 2 },
    });
  });
  it('asks again when the priority rises, and never lets it sink', () => {
    const first = up(EMPTY, at(0), 3);
    const seen = withAlarm(first.track, handled(acknowledge(alarmOf(first), 'li', T0 + 1)));
    const risen = up(seen, at(10), 1);
    expect(alarmOf(risen)).toMatchObject({
      priority: 1,
      acknowledged: false,
      acknowledgedBy: null,
      annunciation: 2,
    });
    expect(alarmOf(up(risen.track, at(20), 4)).priority).toBe(1);
  });
  it('returns on a clear and stays visible; a raise makes it active and unacknowledged again', () => {
    const first = up(EMPTY, at(0));
    const seen = withAlarm(first.track, handled(acknowledge(alarmOf(first), 'li', T0 + 1)));
    const resolved = withAlarm(seen, handled(setWorkflow(seen.alarm!, 'li', T0 + 2, 'resolved')));
    const back = clear(resolved, at(10));
    expect(back.change).toBe('returned');
    expect(alarmOf(back)).toMatchObject({ active: false, acknowledged: true, clearedAtMs: T0 + 10 });
    const again = up(back.track, at(20));
    expect(again.change).toBe('again');
    expect(alarmOf(again)).toMatchObject({
      id: alarmOf(first).id,
      active: true,
      acknowledged: false,
      clearedAtMs: null,
      workflow: 'in_progress',
      count: 2,
    });
  });
  it('never lets a late clear end a newer occurrence', () => {
    const twice = up(up(EMPTY, at(0)).track, at(100));
    const late = clear(twice.track, at(50, 110));
    expect(late.change).toBe('late');
    expect(alarmOf(late).active).toBe(true);
    expect(late.log.map((line) => line.kind)).toEqual(['late_clear']);
  });
  it('counts a raise that is older than the clear, without making it active', () => {
    const back = clear(up(EMPTY, at(0)).track, at(100));
    const late = up(back.track, at(50, 110));
    expect(late.change).toBe('late');
    expect(alarmOf(late)).toMatchObject({ active: false, count: 2 });
  });
  it('asks again for a late raise of a higher priority: nobody has seen that one', () => {
    const back = clear(up(EMPTY, at(0), 3).track, at(100));
    const seen = withAlarm(back.track, handled(acknowledge(alarmOf(back), 'li', T0 + 101)));
    expect(alarmOf(up(seen, at(50, 110), 1))).toMatchObject({
      active: false,
      acknowledged: false,
      priority: 1,
    });
  });
  it('starts a new alarm after closing, also when the closed one is still active', () => {
    const first = up(EMPTY, at(0));
    const closing = { disposition: 'false' as const, comment: 'cat', mayForce: true };
    const closed = withAlarm(first.track, handled(close(alarmOf(first), 'li', T0 + 1, closing)));
    const next = up(closed, at(10));
    expect(next.change).toBe('created');
    expect(alarmOf(next).id).not.toBe(alarmOf(first).id);
    expect(alarmOf(next).count).toBe(1);
  });
  it('notes on a closed alarm that its condition has ended', () => {
    const first = up(EMPTY, at(0));
    const closing = { disposition: 'real' as const, comment: 'on site', mayForce: true };
    const closed = withAlarm(first.track, handled(close(alarmOf(first), 'li', T0 + 1, closing)));
    const ended = clear(closed, at(10));
    expect(alarmOf(ended)).toMatchObject({ active: false, workflow: 'closed', closedAtMs: T0 + 1 });
  });
  it('ignores a clear of what was never raised, but remembers when', () => {
    const nothing = clear(EMPTY, at(100));
    expect(nothing).toMatchObject({ change: 'none', log: [] });
    const late = up(nothing.track, at(50, 120), 2);
    expect(alarmOf(late)).toMatchObject({ active: false, acknowledged: false, workflow: 'new' });
  });
});

describe('backlog after an outage', () => {
  const hour = 60 * MINUTE;
  it('becomes history when it had ended before it was heard of, priority 3 and 4', () => {
    const open = up(EMPTY, at(0, hour), 3);
    expect(alarmOf(open)).toMatchObject({ active: true, backlog: true });
    const ended = clear(open.track, at(5 * MINUTE, hour));
    expect(ended.change).toBe('history');
    expect(alarmOf(ended)).toMatchObject({
      workflow: 'closed',
      closedBy: null,
      disposition: null,
      acknowledged: false,
    });
  });
  it('also when the clear comes first', () => {
    const ended = clear(EMPTY, at(5 * MINUTE, hour));
    const late = up(ended.track, at(0, hour + 1), 4);
    expect(late.change).toBe('history');
    expect(late.log.map((line) => line.kind)).toEqual(['raised', 'cleared', 'closed']);
  });
  it('still asks for attention at priority 1 and 2', () => {
    const ended = clear(up(EMPTY, at(0, hour), 1).track, at(5 * MINUTE, hour));
    expect(ended.change).toBe('returned');
    expect(alarmOf(ended)).toMatchObject({ active: false, acknowledged: false, workflow: 'new' });
  });
  it('is an alarm like any other once somebody has touched it, or when it ends only now', () => {
    const open = up(EMPTY, at(0, hour), 3);
    const noted = withAlarm(open.track, handled(comment(alarmOf(open), 'li', T0 + hour, 'looking')));
    expect(clear(noted, at(5 * MINUTE, hour + 1)).change).toBe('returned');
    expect(clear(open.track, at(hour + MINUTE, hour + MINUTE)).change).toBe('returned');
  });
});

describe('order of messages', () => {
  it('goes by the sequence within a boot, whatever the clock says', () => {
    expect(isOlder(at(100, 100, 1), at(50, 101, 2))).toBe(true);
    expect(isOlder(at(50, 101, 2), at(100, 100, 1))).toBe(false);
  });
  it('goes by the time where the boots differ', () => {
    expect(isOlder({ ...at(50, 60, 9), bootId: 'a' }, { ...at(51, 61, 1), bootId: 'b' })).toBe(true);
  });
  it('does not let a message from the future make later ones look old', () => {
    const back = clear(up(EMPTY, at(0)).track, at(48 * 60 * MINUTE, 100));
    expect(up(back.track, at(200)).change).toBe('again');
  });
  it('takes the time of receipt from a device that has lost its clock', () => {
    const back = clear(up(EMPTY, at(0)).track, at(100));
    const lost: Stamp = { occurredAtMs: 1234, receivedAtMs: T0 + 200, bootId: null, seq: null };
    const again = up(back.track, lost);
    expect(again.change).toBe('again');
    expect(alarmOf(again)).toMatchObject({ active: true, backlog: false });
  });
  it('lets the order of arrival stand in a tie', () => {
    const raised = up(EMPTY, at(0));
    expect(clear(raised.track, at(0, 1)).change).toBe('returned');
    expect(up(clear(raised.track, at(0, 1)).track, at(0, 2)).change).toBe('again');
  });
});

describe('handling', () => {
  const open = alarmOf(up(EMPTY, at(0)));
  const returned = alarmOf(clear({ alarm: open, lastClear: null }, at(10)));
  it('leaves the first acknowledgement in place', () => {
    const first = handled(acknowledge(open, 'li', T0 + 1));
    const second = acknowledge(first, 'wang', T0 + 2);
    expect(second).toMatchObject({ ok: true, alarm: { acknowledgedBy: 'li' }, log: [] });
  });
  it('refuses to close what is active without force, and without a reason', () => {
    const closing = { disposition: 'real' as const, comment: '', mayForce: false };
    expect(close(open, 'li', T0, closing)).toEqual({ ok: false, refusal: 'alarm.active_needs_force' });
    expect(close(open, 'li', T0, { ...closing, mayForce: true })).toEqual({
      ok: false,
      refusal: 'alarm.comment_needed',
    });
  });
  it('closes a returned one with its disposition and acknowledges it on the way', () => {
    const result = close(returned, 'li', T0 + 5, { disposition: 'test', comment: '', mayForce: false });
    expect(result).toMatchObject({
      ok: true,
      alarm: { workflow: 'closed', disposition: 'test', acknowledgedBy: 'li' },
    });
    expect(result.ok && result.log.map((line) => line.kind)).toEqual(['acknowledged', 'closed']);
  });
  it('touches a closed alarm by comments only', () => {
    const closed = handled(close(returned, 'li', T0, { disposition: 'real', comment: '', mayForce: false }));
    for (const result of [
      acknowledge(closed, 'li', T0),
      setWorkflow(closed, 'li', T0, 'on_hold'),
      startRun(closed, 'li', T0, 'run-1'),
      close(closed, 'li', T0, { disposition: 'real', comment: '', mayForce: true }),
    ])
      expect(result).toEqual({ ok: false, refusal: 'alarm.closed' });
    expect(handled(comment(closed, 'li', T0, 'report filed'))).toMatchObject({
      commentCount: 1,
      workflow: 'closed',
    });
  });
  it('links the run and puts the alarm in progress', () => {
    expect(handled(startRun(open, 'li', T0, 'run-1'))).toMatchObject({
      runId: 'run-1',
      workflow: 'in_progress',
    });
  });
});
