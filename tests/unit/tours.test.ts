/** Video patrols on real SQLite and a clock that the test owns; opening the folder again is a restart. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TourRouteBody } from '#contract/tours.contract.ts';
import { nextTourStep, tourState, type TourPlan, type TourRecord } from '#domain/tour.ts';
import { parseShiftStarts, shiftsBefore } from '#domain/tour-shift.ts';
import { createPictures, type PicturesService } from '#features/pictures/pictures.service.ts';
import { NoPictureError } from '#features/tours/picture.ts';
import { nextDueMs } from '#features/tours/schedule.ts';
import { createTours, type ToursService } from '#features/tours/tours.service.ts';
import { base } from '#station/migrations/001-base.ts';
import { tours as migration } from '#station/migrations/008-tours.ts';
import { pictures as pictureRecords } from '#station/migrations/011-pictures.ts';
import type { StationEvent } from '#station/ports.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { GUARD, LEADER, openKernel, type Kernel } from '#tests/fixtures/response-kernel.ts';

const MINUTE = 60_000;
/** What a JPEG begins with. */
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0]);
const ADMIN = { id: 'x', name: 'admin', role: 'system_admin' } as const;
const ROUTE: TourRouteBody = {
  name: { zh: '夜 1', en: 'Night 1' },
  groups: [
    { name: '北', cameraIds: ['cam-n07', 'cam-2'] },
    { name: '南', cameraIds: ['cam-3', 'cam-2'] },
  ],
  times: ['03:30'],
  days: [1, 2, 3, 4, 5, 6, 7],
  guard: '李值班员',
  dwellSeconds: 5,
  confirmSeconds: 60,
  remindMinutes: 5,
  graceMinutes: 10,
  limitMinutes: 60,
  enabled: true,
};
/** 2026-11-23 03:00 in Shanghai. */
const START_MS = Date.UTC(2026, 10, 22, 19, 0, 0);

let dir: string;
let clock: TestClock;
let kernel: Kernel;
let tours: ToursService;
let pictures: PicturesService;
let events: StationEvent[];
let dark: Set<string>;
let held: Set<string>;
function start(): void {
  kernel = openKernel(dir, clock, undefined, [base, migration, pictureRecords]);
  const record = { record: (_tx: unknown, event: StationEvent) => (events.push(event), event) as never };
  pictures = createPictures(kernel.ports, { events: record, isHeld: () => false, isBlocked: () => false });
  tours = createTours(kernel.ports, {
    events: record,
    reports: pictures.reports,
    isHeld: (cameraId, atMs) => held.has(cameraId) && atMs < clock.nowMs(),
    picture: (id) =>
      dark.has(id)
        ? Promise.reject(new NoPictureError('dark'))
        : Promise.resolve({ jpeg: Buffer.concat([JPEG, Buffer.from(id)]), takenAtMs: clock.nowMs() - 40 }),
  });
}
async function restart(whileOffMs = 0): Promise<void> {
  tours.stop();
  await kernel.close();
  clock.advance(whileOffMs);
  start();
  tours.start();
}
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'guardroom-tours-'));
  clock = new TestClock(START_MS);
  events = [];
  dark = new Set();
  held = new Set();
  start();
  const camera = kernel.ports.site.camera('cam-n07')!;
  for (const id of ['cam-2', 'cam-3']) kernel.site.put(ADMIN, 'cameras', { ...camera, id });
  tours.start();
});
afterEach(async () => {
  tours.stop();
  await kernel.close();
  rmSync(dir, { recursive: true, force: true });
});
const run = () => tours.live.values().sort((a, b) => b.dueAtMs - a.dueAtMs)[0]!;
const said = () => events.map(({ type, state }) => `${type} ${state}`);
async function confirmCurrent() {
  clock.advance(5_000);
  return await tours.confirm(GUARD, run().id, run().currentId!);
}

describe('a walk', () => {
  it('is announced, due, walked and on record, over restarts between all of it', async () => {
    const { id } = tours.saveRoute(LEADER, undefined, ROUTE);
    expect(tours.routes.get(id)!.nextAtMs).toBe(START_MS + 30 * MINUTE);
    await restart(25 * MINUTE);
    expect(run()).toMatchObject({ routeId: id, phase: 'announced', dueAtMs: START_MS + 30 * MINUTE });
    await restart(5 * MINUTE);
    expect(run().phase).toBe('due');
    tours.begin(GUARD, id, run().id);
    expect(run()).toMatchObject({ phase: 'running', startedBy: GUARD.name, currentId: 'cam-n07' });
    await expect(tours.confirm(GUARD, run().id, 'cam-n07')).rejects.toMatchObject({
      reason: 'tour.too_soon',
      params: { seconds: 5 },
    });
    await confirmCurrent();
    expect(run().currentId).toBe('cam-2');
    await restart();
    expect(run()).toMatchObject({ phase: 'running', currentId: 'cam-2' });
    await confirmCurrent();
    await confirmCurrent();
    expect(run()).toMatchObject({ phase: 'finished', late: false, currentId: null });
    expect(run().cameras.map(({ cameraId, state, by }) => [cameraId, state, by])).toEqual(
      ['cam-n07', 'cam-2', 'cam-3'].map((one) => [one, 'confirmed', GUARD.name]),
    );
    expect(events).toEqual([]);
    const { jpegBase64, takenAtMs } = await tours.picture(run().cameras[1]!.pictureSeq!);
    expect(Buffer.from(jpegBase64, 'base64').toString()).toMatch(/cam-2$/);
    expect(takenAtMs).toBeLessThan(clock.nowMs());
    expect(tours.verify()).toMatchObject({ ok: true });
    expect(tours.routes.get(id)!.nextAtMs).toBe(START_MS + 30 * MINUTE + 24 * 60 * MINUTE);
  });
  it('late and missed are recorded and raise alarms, though the station was off', async () => {
    const { id } = tours.saveRoute(LEADER, undefined, ROUTE);
    clock.advance(41 * MINUTE);
    expect(run()).toMatchObject({ phase: 'due', late: true });
    expect(events).toMatchObject([{ deviceId: id, type: 'tour.late', state: 'raise' }]);
    await restart(120 * MINUTE);
    expect(run()).toMatchObject({ phase: 'missed' });
    expect(run().cameras.every(({ state }) => state === 'unconfirmed')).toBe(true);
    expect(said()).toEqual(['tour.late raise', 'tour.late clear', 'tour.missed raise', 'tour.missed clear']);
    expect(events[2]!.data).toMatchObject({ confirmed: 0, skipped: 0, unconfirmed: 3 });
  });
  it('skipped with its reason, and left standing: unconfirmed; the next one comes; an alarm at the end', async () => {
    const { id } = tours.saveRoute(LEADER, undefined, ROUTE);
    tours.begin(GUARD, id);
    dark.add('cam-n07');
    clock.advance(5_000);
    await expect(tours.confirm(GUARD, run().id, 'cam-n07')).rejects.toMatchObject({ reason: 'tour.no_picture' }); // prettier-ignore
    tours.skip(GUARD, run().id, 'cam-n07', '无画面');
    expect(run().currentId).toBe('cam-2');
    clock.advance(66_000);
    expect(run().currentId).toBe('cam-3');
    await expect(tours.confirm(GUARD, run().id, 'cam-2')).rejects.toMatchObject({ reason: 'tour.moved_on' });
    await confirmCurrent();
    expect(run().cameras.map(({ state }) => state)).toEqual(['skipped', 'unconfirmed', 'confirmed']);
    expect(said()).toEqual(['tour.missed raise', 'tour.missed clear']);
    expect(events[0]!.data).toMatchObject({ confirmed: 1, skipped: 1, unconfirmed: 1 });
  });
  it('a bad picture is taken again, the old one stays on record', async () => {
    const { id } = tours.saveRoute(LEADER, undefined, ROUTE);
    tours.begin(GUARD, id);
    await confirmCurrent();
    const first = run().cameras[0]!.pictureSeq!;
    tours.revisit(GUARD, run().id, 'cam-n07');
    expect(run().currentId).toBe('cam-n07');
    await confirmCurrent();
    expect(run().cameras[0]!.pictureSeq).toBeGreaterThan(first);
    expect(run().currentId).toBe('cam-2');
    expect(await tours.picture(first)).toBeDefined();
  });
  it('what was said of a camera is found by its time, for the line of its recordings', async () => {
    const { id } = tours.saveRoute(LEADER, undefined, ROUTE);
    tours.begin(GUARD, id);
    await confirmCurrent();
    tours.skip(GUARD, run().id, 'cam-2', '无画面');
    const query = { cameraIds: ['cam-n07', 'cam-2'], fromMs: START_MS, toMs: clock.nowMs() + 1 };
    expect(tours.marks(query)).toMatchObject([
      {
        cameraId: 'cam-n07',
        kind: 'confirmed',
        by: GUARD.name,
        reason: null,
        runId: run().id,
        name: ROUTE.name,
      },
      { cameraId: 'cam-2', kind: 'skipped', by: GUARD.name, reason: '无画面' },
    ]);
    expect(tours.marks({ ...query, cameraIds: ['cam-3'] })).toEqual([]);
    expect(tours.marks({ ...query, toMs: START_MS })).toEqual([]);
  });
  it('a shift goes on paper, in both languages', async () => {
    const { id } = tours.saveRoute(LEADER, undefined, ROUTE);
    tours.begin(GUARD, id);
    await confirmCurrent();
    tours.skip(GUARD, run().id, 'cam-2', 'no (picture)');
    const span = { fromMs: START_MS - 60 * MINUTE, toMs: START_MS + 60 * MINUTE };
    for (const language of ['zh', 'en'] as const) {
      const paper = tours.reportPdf(GUARD, { ...span, language }).toString('latin1');
      expect(paper.startsWith('%PDF-1.4')).toBe(true);
      expect(paper).toContain('no \\(picture\\)');
    }
  });
  it('its pictures end with their term, but for what evidence holds; that they went is on record', async () => {
    const { id } = tours.saveRoute(LEADER, undefined, { ...ROUTE, times: [] });
    tours.begin(GUARD, id);
    await confirmCurrent();
    await confirmCurrent();
    const [first, second] = run().cameras.map(({ pictureSeq }) => pictureSeq!) as [number, number];
    held.add('cam-2');
    await restart(89 * 24 * 60 * MINUTE);
    await tours.tidy();
    expect(await tours.picture(first)).toBeDefined();
    await restart(2 * 24 * 60 * MINUTE);
    await tours.tidy();
    await tours.tidy();
    await expect(tours.picture(first)).rejects.toMatchObject({ reason: 'picture.removed' });
    expect(await tours.picture(second)).toBeDefined();
    const removed = kernel.ports.db
      .prepare("SELECT camera_id, params ->> '$.of' AS seq FROM tour_record WHERE kind = 'picture_removed'")
      .all();
    expect(removed).toEqual([{ camera_id: 'cam-n07', seq: first }]);
    held.clear();
    await tours.tidy();
    await expect(tours.picture(second)).rejects.toMatchObject({ reason: 'picture.removed' });
    expect(tours.verify()).toMatchObject({ ok: true });
  });
  it('one click reports an event with its picture', async () => {
    const { id } = tours.saveRoute(LEADER, undefined, ROUTE);
    tours.begin(GUARD, id);
    await tours.report(GUARD, run().id, 'cam-n07', { type: 'intrusion.area', note: '翻墙' });
    expect(said()).toEqual(['intrusion.area raise', 'intrusion.area clear']);
    const seq = run().reports[0]!.seq;
    expect(events[0]).toMatchObject({ deviceId: 'cam-n07', data: { note: '翻墙', tourRunId: run().id } });
    expect(await pictures.get(GUARD, events[0]!.data!['pictureId'] as string)).toMatchObject({
      by: GUARD.name,
    });
    expect(await tours.picture(seq)).toBeDefined();
    await expect(
      tours.report(GUARD, run().id, 'cam-n07', { type: 'patrol.scan', note: '' }),
    ).rejects.toMatchObject({ reason: 'picture.unknown_type' });
  });
});

describe('what cannot be', () => {
  it('a record or picture that was changed is told', async () => {
    const { id } = tours.saveRoute(LEADER, undefined, ROUTE);
    tours.begin(GUARD, id);
    await confirmCurrent();
    const folder = join(dir, 'tours', run().id);
    writeFileSync(join(folder, readdirSync(folder)[0]!), 'another picture');
    await expect(tours.picture(run().cameras[0]!.pictureSeq!)).rejects.toMatchObject({
      reason: 'picture.changed',
    });
    expect(() => kernel.ports.db.exec("UPDATE tour_record SET by = 'x'")).toThrow(/append-only/);
    kernel.ports.db.exec("DROP TRIGGER tour_record_no_update; UPDATE tour_record SET by = 'x' WHERE seq = 2");
    expect(tours.verify()).toMatchObject({
      ok: false,
      problems: [{ chain: 'tour', code: 'edited', seq: 2 }],
    });
  });
  it('twice at once, or with cameras that are not there', () => {
    expect(() => tours.saveRoute(LEADER, undefined, { ...ROUTE, groups: [{ name: '', cameraIds: ['nope'] }] })).toThrow(/camera.unknown/); // prettier-ignore
    const { id } = tours.saveRoute(LEADER, undefined, ROUTE);
    clock.advance(25 * MINUTE);
    tours.begin(GUARD, id, run().id);
    expect(() => tours.begin(GUARD, id, run().id)).toThrow(/tour.begun/);
  });
  it('a clock that was years ahead silences no route, and one set back walks none twice', () => {
    const { id } = tours.saveRoute(LEADER, undefined, { ...ROUTE, remindMinutes: 0 });
    clock.jump(400 * 24 * 60 * MINUTE);
    clock.advance(2_000);
    clock.jump(-400 * 24 * 60 * MINUTE);
    clock.advance(2 * MINUTE);
    expect(tours.routes.get(id)!.nextAtMs).toBe(START_MS + 30 * MINUTE);
    const before = tours.list(0, START_MS + 31 * MINUTE).length;
    clock.advance(30 * MINUTE);
    expect(tours.list(0, START_MS + 31 * MINUTE)).toHaveLength(before);
  });
});

describe('times', () => {
  it('of the site’s zone, on chosen days only', () => {
    const zone = 'Asia/Shanghai';
    expect(nextDueMs({ ...ROUTE, days: [7] }, zone, START_MS)).toBe(Date.UTC(2026, 10, 28, 19, 30));
    expect(nextDueMs({ ...ROUTE, times: ['03:30', '03:10'] }, zone, START_MS)).toBe(START_MS + 10 * MINUTE);
    expect(nextDueMs({ ...ROUTE, times: [] }, zone, START_MS)).toBeNull();
    expect(nextDueMs({ ...ROUTE, enabled: false }, zone, START_MS)).toBeNull();
  });
  it('of shifts, without a gap, also over a change of the clocks', () => {
    expect(parseShiftStarts('08:00,20:00')).toEqual([480, 1200]);
    expect(parseShiftStarts('8 o’clock')).toBeNull();
    const shifts = shiftsBefore(START_MS, 'Asia/Shanghai', [480, 1200], 3);
    expect(shifts[0]).toEqual({ fromMs: START_MS - 7 * 60 * MINUTE, toMs: START_MS + 5 * 60 * MINUTE });
    const over = shiftsBefore(Date.UTC(2026, 9, 27), 'Europe/Berlin', [480, 1200], 10);
    over.slice(1).forEach((shift, at) => expect(shift.toMs).toBe(over[at]!.fromMs));
    expect(new Set(over.map(({ fromMs, toMs }) => toMs - fromMs))).toEqual(new Set([12, 13].map((hours) => hours * 60 * MINUTE))); // prettier-ignore
  });
  it('a shift sums up what was due in it', async () => {
    const { id } = tours.saveRoute(LEADER, undefined, ROUTE);
    tours.begin(GUARD, id);
    await confirmCurrent();
    tours.skip(GUARD, run().id, 'cam-2', 'x');
    await confirmCurrent();
    expect(tours.shifts()[0]).toMatchObject({ runs: 1, confirmed: 2, skipped: 1, unconfirmed: 0, late: 0 });
    expect(tours.shifts()[1]).toMatchObject({ runs: 0 });
  });
});

/** However often the station looks, and whatever the guard leaves undone, a run ends and every camera is decided. */
it('every run ends', () => {
  const plan: TourPlan = { dueAtMs: 0, cameraIds: ['a', 'b', 'c'], dwellMs: 5, confirmMs: 20, graceMs: 30, limitMs: 100 }; // prettier-ignore
  fc.assert(
    fc.property(
      fc.array(fc.record({ waitMs: fc.nat(60), does: fc.constantFrom('start', 'confirm', 'skip', 'none') }), {
        maxLength: 20,
      }),
      (moves) => {
        // prettier-ignore
        let records: TourRecord[] = [];
        let now = -10;
        const add = (kind: TourRecord['kind'], cameraId: string | null, by: string | null) =>
          (records = [...records, { seq: records.length + 1, kind, cameraId, by, atMs: now, params: {} }]);
        const settle = () => {
          for (let turns = 0; ; turns += 1) {
            expect(turns).toBeLessThan(20);
            const step = nextTourStep(plan, tourState(plan, records));
            if (!step || step.atMs > now) return;
            add(step.kind, step.cameraId, null);
          }
        };
        for (const { waitMs, does } of [
          ...moves,
          { waitMs: 1_000, does: 'none' as const },
          { waitMs: 1_000, does: 'none' as const },
        ]) {
          // prettier-ignore
          now += waitMs;
          settle();
          const { phase, currentId } = tourState(plan, records);
          if (does === 'start' && (phase === 'due' || phase === 'announced')) add('started', null, 'g');
          if (does === 'confirm' && currentId) add('confirmed', currentId, 'g');
          if (does === 'skip' && currentId) add('skipped', currentId, 'g');
          settle();
        }
        const end = tourState(plan, records);
        expect(['finished', 'missed']).toContain(end.phase);
        expect(end.cameras.every(({ state }) => state !== 'open')).toBe(true);
        expect(records.filter(({ kind }) => kind === 'finished' || kind === 'missed')).toHaveLength(1);
      },
    ),
  );
});
