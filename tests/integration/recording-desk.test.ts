import { readdirSync, renameSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { LEADER } from '#tests/fixtures/response-kernel.ts';
import { openDesk, type Desk } from '#tests/fixtures/recording-desk.ts';

let desk: Desk;
afterEach(async () => {
  await desk?.end();
  expect(desk?.errors).toEqual([]);
});
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.mp4'));
const folderOf = (of: Desk) => path.join(of.dataDir, 'recordings');

async function started(rule: Parameters<Desk['rule']>[0]): Promise<Desk> {
  desk = await openDesk();
  desk.rule(rule);
  await desk.start();
  return desk;
}

describe('a recorded camera', () => {
  it('is recorded without a hole over many files, and every frame is found again', async () => {
    await started({ mode: 'continuous' });
    const fromMs = desk.clock.nowMs();
    await desk.play(900, { fps: 5, gop: 10, bytes: 100 });
    const { ranges, gaps } = await desk.timeline(fromMs, desk.clock.nowMs());
    expect(ranges).toEqual([
      expect.objectContaining({ fromMs, epoch: 0, cause: 'continuous', stream: 'main' }),
    ]);
    expect(gaps).toEqual([]);
    expect(filesOf(folderOf(desk)).length).toBeGreaterThanOrEqual(3);
    expect(await desk.frames(fromMs, desk.clock.nowMs())).toBeGreaterThanOrEqual(900 * 5 - 5);
    expect(desk.state()).toMatchObject({ state: 'recording', reason: null });
  });

  it('shows a lost camera as a gap with its reason, from the last picture on', async () => {
    await started({ mode: 'continuous' });
    const fromMs = desk.clock.nowMs();
    await desk.play(20);
    await desk.wait(8);
    desk.stream('cam').fail('stalled');
    await desk.wait(40);
    await desk.play(20, { again: true });
    const { ranges, gaps } = await desk.timeline(fromMs, desk.clock.nowMs());
    expect(ranges).toHaveLength(2);
    expect(gaps).toEqual([
      {
        fromMs: expect.closeTo(fromMs + 20_000, -2),
        toMs: expect.closeTo(fromMs + 68_000, -2),
        reason: 'stalled',
      },
    ]);
  });

  it('whose clock is set back an hour loses and overwrites nothing: the hour is there twice', async () => {
    await started({ mode: 'continuous' });
    const fromMs = desk.clock.nowMs();
    await desk.play(60);
    const before = await desk.frames(fromMs, fromMs + 60_000);
    // In the middle of a group of pictures.
    await desk.play(0.4);
    desk.clock.jump(-HOUR);
    const backMs = desk.clock.nowMs();
    await desk.play(59.6, { gopPhase: 6 });
    await desk.play(60);
    desk.clock.advance(2_000);
    await desk.settle();
    expect(await desk.frames(fromMs, fromMs + 59_000)).toBeGreaterThanOrEqual(before - 15);
    const early = await desk.timeline(backMs - 10_000, backMs + 120_000);
    const late = await desk.timeline(fromMs, fromMs + HOUR / 2);
    expect(early.ranges.map(({ epoch }) => epoch)).toEqual([1]);
    // The group of pictures that ran goes on by its own time, up to its end.
    expect(early.ranges[0]!.fromMs).toBeLessThan(backMs + 1_000);
    expect(late.ranges.map(({ epoch }) => epoch)).toEqual([0]);
    // 60.4 + 59.6 + 60 seconds at 15 frames; what is not written yet is under a second.
    const all = await desk.frames(backMs - DAY, fromMs + DAY);
    expect(all).toBeGreaterThanOrEqual(180 * 15 - 15 - 6);
  });

  it('whose clock is set forward has a gap that says so', async () => {
    await started({ mode: 'continuous' });
    const fromMs = desk.clock.nowMs();
    await desk.play(30);
    desk.clock.jump(600_000);
    await desk.play(30);
    const { gaps, ranges } = await desk.timeline(fromMs, desk.clock.nowMs());
    expect(ranges).toHaveLength(2);
    expect(gaps.map(({ reason }) => reason)).toEqual(['clock']);
  });

  it('has its own schedule, and its gaps say that nothing was wanted', async () => {
    // The small site is in Shanghai: 16:00 when the test begins on a Sunday.
    await started({ mode: 'schedule', schedule: [{ days: [7], from: '16:01', to: '16:03' }] });
    const fromMs = desk.clock.nowMs();
    await desk.play(240, { fps: 5, gop: 5 });
    const { ranges, gaps } = await desk.timeline(fromMs, desk.clock.nowMs());
    expect(ranges).toEqual([
      expect.objectContaining({
        fromMs: expect.closeTo(fromMs + 60_000, -4),
        toMs: expect.closeTo(fromMs + 180_000, -4),
        cause: 'schedule',
      }),
    ]);
    expect(gaps.at(-1)).toMatchObject({ reason: 'not_scheduled' });
    expect(desk.stream('cam').relay.viewers).toBe(0);
  });
});

describe('on alarm', () => {
  it('the recording begins before it and ends after it; another occurrence makes it longer', async () => {
    await started({ mode: 'alarm', preSeconds: 10, postSeconds: 20 });
    const fromMs = desk.clock.nowMs();
    await desk.play(60);
    expect(desk.state()).toMatchObject({ state: 'armed', reason: 'no_alarm' });
    desk.alarm('a', 1);
    await desk.play(10);
    desk.alarm('a', 2);
    await desk.play(60);
    const { ranges, gaps } = await desk.timeline(fromMs, desk.clock.nowMs());
    expect(ranges).toHaveLength(1);
    const [range] = ranges;
    expect(range).toMatchObject({ cause: 'alarm' });
    expect(range!.fromMs).toBeLessThanOrEqual(fromMs + 50_000);
    expect(range!.fromMs).toBeGreaterThan(fromMs + 47_000);
    expect(range!.toMs).toBeGreaterThanOrEqual(fromMs + 90_000);
    expect(range!.toMs).toBeLessThan(fromMs + 94_000);
    expect(gaps.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['no_alarm']));
    // Its handling is no occurrence.
    desk.alarm('a', 2);
    await desk.play(5);
    expect(desk.state()).toMatchObject({ state: 'armed' });
  });

  it('two alarms close together make one story: nothing is recorded twice', async () => {
    await started({ mode: 'alarm', preSeconds: 10, postSeconds: 5 });
    const fromMs = desk.clock.nowMs();
    await desk.play(30);
    desk.alarm('a', 1);
    await desk.play(10);
    desk.alarm('b', 1);
    await desk.play(15);
    const { ranges } = await desk.timeline(fromMs, desk.clock.nowMs());
    expect(new Set(ranges.map(({ epoch }) => epoch))).toEqual(new Set([0]));
    const spanMs = ranges.reduce((sum, { fromMs: from, toMs }) => sum + toMs - from, 0);
    expect(await desk.frames(fromMs, desk.clock.nowMs())).toBeLessThanOrEqual(
      Math.ceil((spanMs / 1_000) * 15) + 15,
    );
  });
});

describe('terms and holds', () => {
  it('what is over its term goes, what is held stays until it is released', async () => {
    await started({ mode: 'continuous', keepDays: 1 });
    const fromMs = desk.clock.nowMs();
    await desk.play(620, { fps: 2, gop: 2, bytes: 50 });
    const held = { cameraIds: ['cam'], fromMs: fromMs + 1_000, toMs: fromMs + 2_000 };
    const lock = desk.recording.holds.addLock(LEADER, { ...held, reason: '斗殴', untilMs: null });
    desk.stream('cam').fail('refused');
    desk.clock.advance(2 * DAY);
    await expect
      .poll(async () => {
        await desk.recording.settle();
        return (await desk.timeline(fromMs, fromMs + DAY)).ranges.length;
      })
      .toBe(1);
    await expect.poll(() => filesOf(folderOf(desk)).length).toBe(1);
    expect(filesOf(folderOf(desk))).toHaveLength(1);
    expect(await desk.frames(held.fromMs, held.toMs)).toBeGreaterThan(0);
    desk.recording.holds.releaseLock(LEADER, lock.id, '结案');
    desk.clock.advance(61_000);
    await expect
      .poll(async () => {
        await desk.recording.settle();
        return filesOf(folderOf(desk)).length;
      })
      .toBe(0);
    const { gaps } = await desk.timeline(fromMs, fromMs + 600_000);
    expect(gaps.map(({ reason }) => reason)).toEqual(['deleted']);
    expect(desk.kernel.audited().map(({ action }) => action)).toEqual(
      expect.arrayContaining(['recording.lock', 'recording.unlock']),
    );
  });

  it('a hold with a term of its own ends by itself', async () => {
    await started({ mode: 'continuous', keepDays: 1 });
    const fromMs = desk.clock.nowMs();
    await desk.play(10);
    const untilMs = fromMs + 2 * DAY;
    desk.recording.holds.addLock(LEADER, {
      cameraIds: ['cam'],
      fromMs,
      toMs: fromMs + 1_000,
      reason: 'x',
      untilMs,
    });
    desk.stream('cam').fail('refused');
    desk.rule({ mode: 'off', keepDays: 1 });
    await desk.wait(2);
    desk.clock.advance(1.5 * DAY);
    await desk.recording.settle();
    expect(filesOf(folderOf(desk))).toHaveLength(1);
    desk.clock.advance(DAY);
    await expect
      .poll(async () => {
        await desk.recording.settle();
        return filesOf(folderOf(desk)).length;
      })
      .toBe(0);
  });
});

describe('a start', () => {
  /** Many short recordings, so that there is a mass. */
  async function many(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1)
      await desk.play(2, { again: true, fps: 5, gop: 5, bytes: 50 });
  }
  async function again(): Promise<void> {
    const { dataDir, clock } = desk;
    desk = await openDesk({ dataDir, clock });
    await desk.start();
  }

  it('takes in files that the index does not know, and leaves what it cannot read', async () => {
    await started({ mode: 'continuous' });
    const fromMs = desk.clock.nowMs();
    await many(5);
    const toMs = desk.clock.nowMs();
    const before = await desk.frames(fromMs, toMs);
    await desk.stop();
    for (const name of readdirSync(desk.dataDir))
      if (name.startsWith('recordings.sqlite')) rmSync(path.join(desk.dataDir, name));
    const [one] = filesOf(folderOf(desk));
    const strange = path.join(folderOf(desk), path.dirname(one!), '00000000-0000-4000-8000-000000000000.mp4');
    writeFileSync(strange, 'no recording');
    await again();
    expect(await desk.frames(fromMs, toMs)).toBeGreaterThanOrEqual(before);
    expect((await desk.timeline(fromMs, toMs)).ranges.length).toBeGreaterThan(0);
    expect(filesOf(folderOf(desk))).toContain(path.relative(folderOf(desk), strange));
  });

  it('forgets a few files that are gone, but never most of them by itself', async () => {
    await started({ mode: 'continuous' });
    const fromMs = desk.clock.nowMs();
    await many(60);
    await desk.stop();
    const files = filesOf(folderOf(desk)).map((name) => path.join(folderOf(desk), name));
    for (const file of files.slice(0, 5)) rmSync(file);
    await again();
    expect(desk.recording.volumes.all()[0]).toMatchObject({ isIndexHeld: false, use: { files: 55 } });
    await desk.stop();
    for (const file of files.slice(5, 40)) rmSync(file);
    await again();
    const [volume] = desk.recording.volumes.all();
    expect(volume).toMatchObject({ isIndexHeld: true, use: { files: 55 } });
    expect(desk.recording.volumes.describe(volume!).state).toBe('held');
    expect((await desk.timeline(fromMs, desk.clock.nowMs())).ranges.length).toBeGreaterThan(0);
  });

  it('notes that the station did not run', async () => {
    await started({ mode: 'continuous' });
    const fromMs = desk.clock.nowMs();
    await desk.play(20);
    await desk.stop();
    desk.clock.advance(600_000);
    await again();
    await desk.play(20, { again: true });
    const { gaps } = await desk.timeline(fromMs, desk.clock.nowMs());
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject({ reason: 'station_stopped' });
    expect(gaps[0]!.toMs - gaps[0]!.fromMs).toBeGreaterThan(590_000);
  });
});

describe('a disk', () => {
  it('that is gone or swapped is noticed, an alarm is raised, and recording goes on when it is back', async () => {
    await started({ mode: 'continuous' });
    await desk.play(10);
    const place = folderOf(desk);
    renameSync(place, `${place}-away`);
    mkdirSync(place);
    // What is open goes on to where it is; the next file would need the disk.
    await desk.play(30);
    await desk.play(10, { again: true });
    await desk.recording.settle();
    expect(desk.recording.volumes.all()[0]!.state).toBe('missing');
    expect(desk.events).toContain('raise recording.disk_missing');
    writeFileSync(path.join(place, 'volume.json'), JSON.stringify({ id: 'another' }));
    await desk.play(10);
    await desk.recording.settle();
    expect(desk.recording.volumes.all()[0]!.state).toBe('swapped');
    expect(filesOf(place)).toEqual([]);
    rmSync(place, { recursive: true });
    renameSync(`${place}-away`, place);
    await desk.play(30);
    expect(desk.state()).toMatchObject({ state: 'recording' });
    expect(desk.events).toContain('clear recording.disk_missing');
    const { gaps } = await desk.timeline(desk.clock.nowMs() - 80_000, desk.clock.nowMs());
    expect(gaps.map(({ reason }) => reason)).toContain('disk_missing');
  });
});
