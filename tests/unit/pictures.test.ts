/** Pictures that people keep: files, records, their end; on real SQLite and a clock that the test owns. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ShownPicture } from '#contract/pictures.contract.ts';
import { createPictures, type PicturesService } from '#features/pictures/pictures.service.ts';
import { base } from '#station/migrations/001-base.ts';
import { pictures as migration } from '#station/migrations/011-pictures.ts';
import type { StationEvent } from '#station/ports.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { GUARD, LEADER, openKernel, type Kernel } from '#tests/fixtures/response-kernel.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 4, 0, 0);
const DAY_MS = 24 * 3_600_000;
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
const shown = (change: Partial<ShownPicture> = {}): ShownPicture => ({
  ...{ cameraId: 'cam-n07', takenAtMs: NOW_MS - 250, shown: 'live', area: 'whole' },
  base64: JPEG.toString('base64'),
  ...change,
});

let dir: string;
let clock: TestClock;
let kernel: Kernel;
let pictures: PicturesService;
let events: StationEvent[];
let held: boolean;
let blocked: boolean;
let refuses: boolean;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'guardroom-pictures-'));
  clock = new TestClock(NOW_MS);
  [events, held, blocked, refuses] = [[], false, false, false];
  kernel = openKernel(dir, clock, undefined, [base, migration]);
  pictures = createPictures(kernel.ports, {
    events: {
      record(_tx, event) {
        if (refuses) throw new Error('no');
        events.push(event);
        return event as never;
      },
    },
    isHeld: () => held,
    isBlocked: () => blocked,
  });
});
afterEach(async () => {
  pictures.stop();
  await kernel.close();
  rmSync(dir, { recursive: true, force: true });
});
const folder = () => join(dir, 'pictures', '2026-11');
const files = () => readdirSync(folder());

describe('a snapshot', () => {
  it('is a file, a record and an audit entry, and comes back as it was', async () => {
    const kept = await pictures.keep(GUARD, shown());
    expect(kept).toMatchObject({
      cameraId: 'cam-n07',
      by: GUARD.name,
      mime: 'image/jpeg',
      sizeBytes: JPEG.length,
    });
    expect(await pictures.get(GUARD, kept.id)).toMatchObject({
      base64: JPEG.toString('base64'),
      sha256: kept.sha256,
    });
    expect(events).toEqual([]);
    expect(pictures.verify()).toEqual({ ok: true, checked: 1, problems: [] });
  });
  it('of an unknown camera, of the future, or of something else is refused and leaves nothing', async () => {
    const refusals = [
      [{ cameraId: 'nope' }, 'camera.unknown'],
      [{ takenAtMs: NOW_MS + 61_000 }, 'picture.from_future'],
      [{ base64: Buffer.from('<svg/>').toString('base64') }, 'picture.not_a_picture'],
    ] as const;
    for (const [change, reason] of refusals)
      await expect(pictures.keep(GUARD, shown(change))).rejects.toMatchObject({ reason });
    expect(pictures.verify().checked).toBe(0);
  });
  it('of a blocked time is for those who may use evidence', async () => {
    const { id } = await pictures.keep(GUARD, shown());
    blocked = true;
    await expect(pictures.keep(GUARD, shown())).rejects.toMatchObject({ reason: 'picture.blocked' });
    await expect(pictures.get(GUARD, id)).rejects.toMatchObject({ reason: 'picture.blocked' });
    expect(await pictures.get(LEADER, id)).toMatchObject({ id });
  });
  it('that was changed on the disk or in its record is told', async () => {
    const { id } = await pictures.keep(GUARD, shown());
    writeFileSync(join(folder(), files()[0]!), 'another');
    await expect(pictures.get(GUARD, id)).rejects.toMatchObject({ reason: 'picture.changed' });
    expect(() => kernel.ports.db.exec("UPDATE picture_record SET by = 'x'")).toThrow(/append-only/);
    kernel.ports.db.exec("DROP TRIGGER picture_record_no_update; UPDATE picture_record SET by = 'x'");
    expect(pictures.verify().problems).toEqual([{ chain: 'picture', code: 'edited', seq: 1 }]);
  });
});

describe('a report', () => {
  it('is an event, at rest at once, with its picture', async () => {
    const { id } = await pictures.report(GUARD, { type: 'fire.smoke', note: '冒烟', picture: shown() });
    const data = { note: '冒烟', by: GUARD.name, pictureId: id, takenAtMs: NOW_MS - 250 };
    expect(events).toEqual([
      { deviceId: 'cam-n07', type: 'fire.smoke', state: 'raise', data },
      { deviceId: 'cam-n07', type: 'fire.smoke', state: 'clear', data },
    ]);
  });
  it('of what is no alarm is refused; one that cannot be recorded leaves no file', async () => {
    const of = { type: 'patrol.scan', note: '', picture: shown() };
    await expect(pictures.report(GUARD, of)).rejects.toMatchObject({ reason: 'picture.unknown_type' });
    refuses = true;
    await expect(pictures.report(GUARD, { ...of, type: 'fire.smoke' })).rejects.toThrow('no');
    expect(files()).toEqual([]);
    expect(pictures.verify().checked).toBe(0);
  });
});

describe('the end of its time', () => {
  it('takes the file by its class and leaves the record', async () => {
    const snapshot = await pictures.keep(GUARD, shown());
    const report = await pictures.report(GUARD, { type: 'fire.smoke', note: '', picture: shown() });
    clock.advance(90 * DAY_MS + 1);
    await pictures.tidy();
    await expect(pictures.get(GUARD, snapshot.id)).rejects.toMatchObject({ reason: 'picture.removed' });
    expect(await pictures.get(GUARD, report.id)).toMatchObject({ id: report.id });
    expect(files()).toHaveLength(1);
    clock.advance(275 * DAY_MS);
    await pictures.tidy();
    expect(files()).toEqual([]);
    expect(pictures.verify()).toMatchObject({ ok: true, checked: 4 });
  });
  it('waits while evidence is locked', async () => {
    await pictures.keep(GUARD, shown());
    held = true;
    clock.advance(100 * DAY_MS);
    await pictures.tidy();
    expect(files()).toHaveLength(1);
    held = false;
    await pictures.tidy();
    expect(files()).toEqual([]);
  });
});
