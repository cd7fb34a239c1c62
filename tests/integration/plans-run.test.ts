import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verifyRuns } from '#features/plans/runs.store.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { GUARD, LEADER, VIEWER } from '#tests/fixtures/response-kernel.ts';
import {
  DRILL_ALARM,
  FENCE_ALARM,
  startResponse,
  world,
  type Response,
  type World,
} from '#tests/fixtures/response-station.ts';

let folder: string;
let clock: TestClock;
let park: World;
let station: Response;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardroom-plans-'));
  clock = new TestClock();
  park = world();
  station = startResponse(folder, clock, park);
});
afterEach(async () => {
  await station.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Ends the station without a word, as a kill does, and starts it again on the same folder. */
async function killAndStart(downMs: number) {
  await station.kernel.close();
  // Its timers died with it, and the monotonic clock of a new process begins somewhere else.
  clock = new TestClock(clock.nowMs() + downMs);
  station = startResponse(folder, clock, park);
  await station.settle();
}
const start = async (rest: { alarmId?: string; drill?: boolean } = { alarmId: FENCE_ALARM.id }) => {
  const run = station.runs.start(GUARD, { planId: 'intrusion', drill: false, ...rest });
  await station.settle();
  return run.id;
};
const states = (id: string) =>
  Object.fromEntries(station.live(id)?.steps.map(({ id: step, state }) => [step, state]) ?? []);
const stepOf = (id: string, step: string) => {
  const found = station.live(id)?.steps.find((one) => one.id === step);
  if (!found) throw new Error(step);
  return found;
};
const called = () =>
  park.calls.map(({ idempotencyKey, action }) => `${idempotencyKey.split(':')[1]} ${action.type}`);
const log = (id: string) =>
  station.runs.get(id).log.map(({ kind, stepId }) => (stepId ? `${kind} ${stepId}` : kind));

test('a whole run: cameras, question, announcement, timer, command, call-out, choice, end', async () => {
  const id = await start();
  expect(station.live(id)).toMatchObject({
    planVersion: 3,
    alarmId: FENCE_ALARM.id,
    startedBy: GUARD.name,
    showCameraIds: ['cam-n07'],
  });
  expect(park.links).toEqual([{ alarmId: FENCE_ALARM.id, runId: id }]);
  expect(states(id)).toMatchObject({ cameras: 'done', look: 'ready', warn: 'waiting' });

  clock.advance(30_000);
  expect(stepOf(id, 'look')).toMatchObject({ overdue: true, state: 'ready' });
  expect(() => station.runs.doStep(GUARD, id, 'look', 'yes')).toThrow(/run.comment_required/);
  station.runs.doStep(GUARD, id, 'look', 'yes', '一人翻越');
  await station.settle();
  expect(called()).toEqual(['cameras show_cameras', 'warn announce', 'call notify']);
  expect(park.calls[1]?.action).toMatchObject({ zoneIds: ['bz-north', 'bz-local'] });
  expect(states(id)).toMatchObject({ warn: 'done', wait: 'running', call: 'running' });
  expect(stepOf(id, 'wait').dueAtMs).toBe(clock.nowMs() + 60_000);

  clock.advance(59_999);
  expect(states(id)).toMatchObject({ wait: 'running' });
  clock.advance(1);
  expect(states(id)).toMatchObject({ wait: 'done', arm: 'ready' });
  station.runs.doStep(GUARD, id, 'arm');
  station.runs.doStep(GUARD, id, 'call', undefined, '已接通');
  await station.settle();
  expect(states(id)).toMatchObject({ arm: 'done', call: 'done', result: 'ready' });
  expect(() => station.runs.end(GUARD, id, 'completed', '')).toThrow(/run.steps_open/);
  station.runs.note(GUARD, id, '已移交');
  station.runs.doStep(GUARD, id, 'result', 'gone');
  station.runs.end(GUARD, id, 'completed', '处置完毕');
  expect(station.live(id)).toMatchObject({ state: 'ended', outcome: 'completed', endedBy: GUARD.name });
  expect(verifyRuns(station.kernel.ports.db)).toMatchObject({ ok: true, problems: [] });
  expect(station.kernel.audited().map(({ action }) => action)).toEqual([
    'run.start',
    'run.step_do',
    'run.step_do',
    'run.step_do',
    'run.note',
    'run.step_do',
    'run.end',
  ]);
  // Among the live ones for an hour, then only in the records.
  clock.advance(3_600_000);
  expect(station.live(id)).toBeDefined();
  clock.advance(10_000);
  expect(station.live(id)).toBeUndefined();
  expect((await station.runs.list(undefined, 10)).items.map((run) => run.id)).toEqual([id]);
});

describe('a restart', () => {
  test('goes on with the timer where it was, however the wall clock was set meanwhile', async () => {
    const id = await start();
    station.runs.doStep(GUARD, id, 'look', 'yes', '一人');
    await station.settle();
    clock.advance(20_000);
    // An administrator sets the clock an hour ahead; the mark that follows knows it.
    clock.jump(3_600_000);
    clock.advance(10_000);
    expect(states(id)).toMatchObject({ wait: 'running' });
    expect(stepOf(id, 'wait').dueAtMs).toBe(clock.nowMs() + 30_000);

    await killAndStart(5_000);
    expect(log(id)).toContain('resumed');
    expect(states(id)).toMatchObject({ wait: 'running', call: 'running' });
    expect(stepOf(id, 'wait').dueAtMs).toBe(clock.nowMs() + 25_000);
    clock.advance(24_999);
    expect(states(id)).toMatchObject({ wait: 'running' });
    clock.advance(1);
    expect(states(id)).toMatchObject({ wait: 'done', arm: 'ready' });
    expect(called().filter((call) => call === 'warn announce')).toHaveLength(1);
  });

  test('after the timer was due fires it at once, and once', async () => {
    const id = await start();
    station.runs.doStep(GUARD, id, 'look', 'yes', '一人');
    await station.settle();
    await killAndStart(3_600_000);
    await killAndStart(0);
    expect(log(id).filter((line) => line === 'step_done wait')).toHaveLength(1);
    expect(states(id)).toMatchObject({ arm: 'ready' });
  });

  test('with the clock set back delays the timer by the outage and no more', async () => {
    const id = await start();
    station.runs.doStep(GUARD, id, 'look', 'yes', '一人');
    await station.settle();
    await killAndStart(-7_200_000);
    expect(stepOf(id, 'wait').dueAtMs).toBe(clock.nowMs() + 60_000);
    clock.advance(60_000);
    expect(states(id)).toMatchObject({ wait: 'done' });
  });
});

describe('a drill', () => {
  test('goes through the whole plan and touches nothing, over a restart too', async () => {
    const id = await start({ alarmId: DRILL_ALARM.id, drill: true });
    station.runs.doStep(GUARD, id, 'look', 'yes', '演练');
    await station.settle();
    await killAndStart(1000);
    clock.advance(60_000);
    station.runs.doStep(GUARD, id, 'arm');
    await station.settle();
    station.runs.doStep(GUARD, id, 'result', 'caught');
    station.runs.end(GUARD, id, 'completed', '');
    expect(park.calls).toEqual([]);
    const { steps, drill, showCameraIds } = station.runs.get(id);
    expect(drill).toBe(true);
    expect(showCameraIds).toEqual(['cam-n07']);
    expect(steps.filter(({ receipt }) => receipt === 'simulated').map((step) => step.id)).toEqual([
      'cameras',
      'warn',
      'arm',
      'call',
    ]);
    expect(park.links).toEqual([{ alarmId: DRILL_ALARM.id, runId: id }]);
  });
  test('does not become the run of a real alarm, and nothing real follows from a played one', async () => {
    await start({ alarmId: FENCE_ALARM.id, drill: true });
    expect(park.links).toEqual([]);
    const real = await start({ alarmId: FENCE_ALARM.id });
    expect(park.links).toEqual([{ alarmId: FENCE_ALARM.id, runId: real }]);
    expect(() =>
      station.runs.start(GUARD, { planId: 'intrusion', alarmId: DRILL_ALARM.id, drill: false }),
    ).toThrow(/run.drill_alarm/);
  });
});

describe('who may', () => {
  test('start, break off, and what is refused leaves no trace', async () => {
    const before = station.kernel.audited().length;
    expect(() => station.runs.start(VIEWER, { planId: 'intrusion', drill: false })).toThrow(/FORBIDDEN/);
    expect(() => station.runs.start(VIEWER, { planId: 'intrusion', drill: true })).toThrow(/FORBIDDEN/);
    expect(() => station.runs.start(GUARD, { planId: 'none', drill: false })).toThrow(/plan.unknown/);
    expect(station.kernel.audited()).toHaveLength(before);
    const id = await start();
    await expect(start()).rejects.toThrow(/run.already_running/);
    expect(() => station.runs.end(GUARD, id, 'cancelled', '误报')).toThrow(/FORBIDDEN/);
    station.runs.end(LEADER, id, 'cancelled', '误报');
    expect(station.live(id)?.outcome).toBe('cancelled');
    expect(() => station.runs.note(GUARD, id, 'x')).toThrow(/run.ended/);
    expect(() => station.runs.note(GUARD, FENCE_ALARM.id, 'x')).toThrow(/run.unknown/);
  });
});

describe('what happened cannot be rewritten', () => {
  const corrupt = (sql: string) => {
    const { db } = station.kernel.ports;
    for (const table of ['run', 'run_event']) {
      for (const what of ['update', 'delete']) db.exec(`DROP TRIGGER ${table}_no_${what}`);
    }
    db.exec(sql);
    return verifyRuns(db).problems.map(({ code, seq }) => `${code} ${seq}`);
  };
  test('by the program', async () => {
    await start();
    const { db } = station.kernel.ports;
    expect(() => db.exec("UPDATE run_event SET by = 'x'")).toThrow(/append-only/);
    expect(() => db.exec('DELETE FROM run_event')).toThrow(/append-only/);
    expect(() => db.exec("UPDATE run SET plan = '{}'")).toThrow(/append-only/);
  });
  test('an edited event is found', async () => {
    await start();
    expect(corrupt('UPDATE run_event SET at_ms = 5 WHERE seq = 3')).toEqual(['edited 3']);
  });
  test('an exchanged plan is found', async () => {
    await start();
    expect(corrupt("UPDATE run SET plan = replace(plan, 'warn', 'warm')")).toEqual(['edited 1']);
  });
  test('events cut off at the end are found', async () => {
    const id = await start();
    station.runs.note(GUARD, id, '有人受伤');
    const cut = 'DELETE FROM run_event WHERE seq = (SELECT max(seq) FROM run_event)';
    expect(corrupt(cut)).toEqual([expect.stringMatching(/^cut_off \d+$/)]);
  });
  test('a removed event is found', async () => {
    await start();
    expect(corrupt('DELETE FROM run_event WHERE seq = 2')).toContain('missing 2');
  });
});
