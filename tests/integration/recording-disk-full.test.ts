import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { scanFile } from '#native/recording/scan.ts';
import { LEADER } from '#tests/fixtures/response-kernel.ts';
import { openDesk, type Desk } from '#tests/fixtures/recording-desk.ts';

/** A file system of the test's own needs root and Linux. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0;
const MB = 1024 * 1024;
let desk: Desk | undefined;
let place: string | undefined;

afterEach(async () => {
  await desk?.end();
  desk = undefined;
  if (place) {
    execFileSync('umount', [place]);
    rmSync(place, { recursive: true });
  }
  place = undefined;
});

function mountSmall(megabytes: number): string {
  place = mkdtempSync(path.join(tmpdir(), 'guardroom-small-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', place]);
  return place;
}

/** Records a camera on the small disk only. */
async function recordOn(disk: string): Promise<Desk> {
  desk = await openDesk();
  desk.rule({ mode: 'continuous' });
  await desk.start();
  const [own] = desk.recording.volumes.all();
  await desk.recording.volumes.put(LEADER, { path: disk, quotaBytes: null });
  desk.recording.volumes.remove(LEADER, own!.row.id);
  return desk;
}
/** Every file ends where its last whole part does. */
async function expectUndamaged(disk: string): Promise<void> {
  const names = globSync('**/*.mp4', { cwd: disk });
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    const { goodBytes, fileBytes } = await scanFile(path.join(disk, name));
    expect(fileBytes).toBe(goodBytes);
  }
}
const state = () => desk!.recording.volumes.all()[0]!.state;

describe.skipIf(!canMount)('a small disk (needs root, for a file system of its own)', () => {
  it('that fills raises its alarm first, is not damaged, and recording goes on when there is room again', async () => {
    const disk = mountSmall(24);
    const of = await recordOn(disk);
    const fromMs = of.clock.nowMs();
    // Evidence: nothing of it may be deleted to make room.
    of.recording.holds.addLock(LEADER, {
      cameraIds: ['cam'],
      fromMs,
      toMs: fromMs + 86_400_000,
      reason: 'x',
      untilMs: null,
    });
    const order: string[] = [];
    for (let second = 0; second < 90 && state() !== 'full'; second += 1) {
      await of.play(1, { bytes: 32 * 1024 });
      if (order.at(-1) !== state()) order.push(state());
    }
    expect(order).toEqual(['ok', 'low', 'full']);
    await of.play(20, { bytes: 32 * 1024 });
    expect(of.state()).toMatchObject({ state: 'stopped', reason: 'disk_full' });
    expect(of.events.slice(0, 2)).toEqual(['raise recording.disk_low', 'raise recording.stopped']);
    const heldMs = of.clock.nowMs();
    for (const { row } of [...of.recording.volumes.all()]) expect(row.path).toBe(disk);
    const before = await of.frames(fromMs, heldMs);
    expect(before).toBeGreaterThan(15 * 20);
    await expectUndamaged(disk);
    // Room again: somebody releases what was held.
    const [lock] = of.recording.holds.locks({ ended: false, text: '' });
    of.recording.holds.releaseLock(LEADER, lock!.id, 'y');
    await of.play(40, { bytes: 8 * 1024 });
    expect(of.state()).toMatchObject({ state: 'recording' });
    expect(of.events).toEqual(
      expect.arrayContaining(['clear recording.stopped', 'clear recording.disk_low']),
    );
    const { gaps } = await of.timeline(fromMs, of.clock.nowMs());
    expect(gaps.map(({ reason }) => reason)).toContain('disk_full');
  });

  it('that another program fills to the last byte ends the file where it was good', async () => {
    const disk = mountSmall(32);
    const of = await recordOn(disk);
    const fromMs = of.clock.nowMs();
    await of.play(10, { bytes: 4 * 1024 });
    // Else the oldest would rightly go to make room.
    const range = { cameraIds: ['cam'], fromMs, toMs: of.clock.nowMs() };
    of.recording.holds.addLock(LEADER, { ...range, reason: 'x', untilMs: null });
    const filler = path.join(disk, 'other');
    mkdirSync(filler);
    let size = 8 * MB;
    for (let index = 0; size >= 1_024; index += 1) {
      try {
        writeFileSync(path.join(filler, `${index}`), Buffer.alloc(size));
      } catch {
        size /= 2;
      }
    }
    await of.play(10, { bytes: 4 * 1024 });
    expect(of.state()).toMatchObject({ state: 'stopped', reason: 'disk_full' });
    await expectUndamaged(disk);
    expect(await of.frames(fromMs, fromMs + 10_000)).toBeGreaterThanOrEqual(9 * 15);
    rmSync(filler, { recursive: true });
    await of.play(30, { bytes: 4 * 1024 });
    expect(of.state()).toMatchObject({ state: 'recording' });
  });
});
