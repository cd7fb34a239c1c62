import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from '#station/migrations/index.ts';
import { migrate } from '#native/sqlite/migrate.ts';
import { openWritable } from '#native/sqlite/open.ts';
import { openRecordingPark, type RecordingPark } from '#tests/fixtures/recording-park.ts';
import { startTestStation, type TestStation } from '#tests/fixtures/station.ts';
import { startRtspServer } from '#tests/peers/rtsp-server.ts';
import { waitFor } from '#tests/peers/wait-for.ts';

describe('through the contract', () => {
  let park: TestStation;
  beforeEach(async () => (park = await startTestStation()));
  afterEach(() => park.end());

  it('bookmarks are found by their words, their tags and their cameras, page by page', async () => {
    const guard = await park.client('guard');
    const add = (atMs: number, text: string, tags: string[]) =>
      guard.recording.addBookmark({ cameraIds: ['cam-n07'], atMs, text, tags });
    const ladder = await add(1_000, '有人翻墙 100%', ['翻越']);
    await add(2_000, 'delivery', ['van', '送货']);
    await add(3_000, 'nothing', []);
    const find = async (query: object) =>
      (await guard.recording.findBookmarks(query as never)).items.map(({ text }) => text);
    expect(await find({})).toEqual(['nothing', 'delivery', '有人翻墙 100%']);
    expect(await find({ text: '翻墙' })).toEqual(['有人翻墙 100%']);
    expect(await find({ text: '送' })).toEqual(['delivery']);
    expect(await find({ text: '0%' })).toEqual(['有人翻墙 100%']);
    expect(await find({ text: '_' })).toEqual([]);
    expect(await find({ tag: 'van' })).toEqual(['delivery']);
    expect(await find({ cameraIds: ['another'] })).toEqual([]);
    expect(await find({ fromMs: 2_000, toMs: 3_000 })).toEqual(['delivery']);
    const first = await guard.recording.findBookmarks({ limit: 2 });
    const second = await guard.recording.findBookmarks({ limit: 2, cursor: first.nextCursor! });
    expect([...first.items, ...second.items]).toHaveLength(3);
    const edited = await guard.recording.editBookmark({
      id: ladder.id,
      text: '折叠梯',
      tags: ['盗窃', '盗窃'],
    });
    expect(edited).toMatchObject({ id: ladder.id, text: '折叠梯', tags: ['盗窃'] });
    expect((await guard.recording.findBookmarks({ text: '折叠' })).items).toEqual([edited]);
    await guard.recording.removeBookmark({ id: ladder.id });
    await expect(guard.recording.editBookmark({ id: ladder.id, text: 'x' })).rejects.toMatchObject({
      data: { params: { id: ladder.id } },
    });
    expect(await find({ text: '翻墙' })).toEqual([]);
    await expect(guard.recording.removeBookmark({ id: ladder.id })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('locks and blocks need evidence rights, are audited, and refuse what makes no sense', async () => {
    const guard = await park.client('guard');
    const leader = await park.client('leader');
    const range = { cameraIds: ['cam-n07'], fromMs: 1_000, toMs: 2_000, reason: '冲突' };
    await expect(guard.recording.addLock({ ...range, untilMs: null })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(leader.recording.addLock({ ...range, untilMs: 5 })).rejects.toMatchObject({
      code: 'INVALID',
    });
    await expect(leader.recording.addLock({ ...range, toMs: 10, untilMs: null })).rejects.toBeDefined();
    await expect(
      leader.recording.addLock({ ...range, cameraIds: ['cam-none'], untilMs: null }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const lock = await leader.recording.addLock({ ...range, untilMs: null });
    expect(await guard.recording.locks({ ended: false })).toEqual([lock]);
    const { cameras } = await guard.recording.timeline({ cameraIds: ['cam-n07'], fromMs: 0, toMs: 1_500 });
    expect(cameras[0]!.locks).toEqual([{ id: lock.id, fromMs: 1_000, toMs: 1_500 }]);
    expect(await guard.recording.locks({ text: '冲' })).toEqual([lock]);
    expect(await guard.recording.locks({ text: '火' })).toEqual([]);
    const untilMs = Date.now() + 86_400_000;
    await expect(
      leader.recording.setLockTerm({ id: lock.id, untilMs: 5, reason: '延期' }),
    ).rejects.toMatchObject({ code: 'INVALID' });
    await expect(guard.recording.setLockTerm({ id: lock.id, untilMs, reason: '延期' })).rejects.toMatchObject(
      { code: 'FORBIDDEN' },
    );
    expect(await leader.recording.setLockTerm({ id: lock.id, untilMs, reason: '延期' })).toEqual({
      ...lock,
      untilMs,
    });
    await leader.recording.releaseLock({ id: lock.id, reason: '结案' });
    await expect(
      leader.recording.setLockTerm({ id: lock.id, untilMs: null, reason: '延期' }),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(leader.recording.releaseLock({ id: lock.id, reason: '再次' })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(await guard.recording.locks({ ended: false })).toEqual([]);
    expect(await guard.recording.locks({ ended: true })).toMatchObject([
      { id: lock.id, releasedBy: expect.any(String) },
    ]);
    const block = await leader.recording.addBlock(range);
    await expect(guard.recording.blocks()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await leader.recording.removeBlock({ id: block.id, reason: '误设' });
    expect(await leader.recording.blocks()).toEqual([]);
    const audit = await (await park.client('audit')).system.audit({});
    const actions = audit.items.map(({ action }) => action);
    expect(actions).toEqual(
      expect.arrayContaining(['recording.lock', 'recording.unlock', 'recording.block', 'recording.unblock']),
    );
  });

  it('volumes are added, limited and removed by who edits settings', async () => {
    const admin = await park.client('admin');
    const guard = await park.client('guard');
    await waitFor('the first volume', async () => (await guard.recording.volumes())[0]?.state === 'ok');
    const [first] = await guard.recording.volumes();
    const limited = await admin.recording.putVolume({ path: first!.path, quotaBytes: 2_000_000_000 });
    expect(limited).toMatchObject({ id: first!.id, quotaBytes: 2_000_000_000 });
    await expect(admin.recording.putVolume({ path: 'somewhere' })).rejects.toMatchObject({ code: 'INVALID' });
    await expect(admin.recording.putVolume({ path: `${first!.path}/none` })).rejects.toMatchObject({
      code: 'INVALID',
    });
    await expect(guard.recording.putVolume({ path: first!.path })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(admin.recording.allowDeletion({ id: first!.id })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await expect(admin.recording.adoptVolume({ id: first!.id })).rejects.toMatchObject({ code: 'CONFLICT' });
    await admin.recording.removeVolume({ id: first!.id });
    expect(await guard.recording.volumes()).toEqual([]);
  });
});

describe('thumbnails', () => {
  let park: RecordingPark;
  afterEach(() => park?.end());
  it('are pictures of the moment, made once, and none where nothing is', async () => {
    const cameras = await startRtspServer([{ path: '/one' }]);
    try {
      park = await openRecordingPark([
        { id: 'cam-one', url: cameras.url('/one'), rule: { mode: 'continuous' } },
      ]);
      const spanOf = async () => {
        const nowMs = Date.now();
        return (await park.recording.recordings.ranges('cam-one', nowMs - 60_000, nowMs)).ranges[0];
      };
      await waitFor('three seconds', async () => {
        const span = await spanOf();
        return span && span.toMs - span.fromMs > 3_000;
      });
      const atMs = (await spanOf())!.fromMs + 1_500;
      const { thumbnails } = park.recording;
      const [one, again] = await Promise.all([1, 2].map(() => thumbnails.at('cam-one', atMs, 320, false)));
      expect(one!.jpeg.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
      const probe = execFileSync(
        'ffprobe',
        [
          '-v',
          'error',
          '-show_entries',
          'stream=width,height',
          '-of',
          'csv=p=0',
          '-f',
          'mjpeg',
          '-i',
          'pipe:0',
        ],
        { input: one!.jpeg, encoding: 'utf8' },
      );
      expect(probe.trim()).toBe('320,180');
      expect(again).toBe(one);
      expect(Math.abs(one!.atMs - atMs)).toBeLessThan(1_500);
      expect(await thumbnails.at('cam-one', atMs - 3_600_000, 320, false)).toBeNull();
    } finally {
      await cameras.stop();
    }
  });
});

it('the migration keeps what people decided from being deleted', () => {
  const db = openWritable(':memory:');
  migrate(db, migrations.slice(0, 5));
  db.prepare("INSERT INTO setting (key, value) VALUES ('a', '1')").run();
  migrate(db, migrations.slice(0, 6));
  db.prepare(
    "INSERT INTO recording_lock (id, camera_ids, from_ms, to_ms, reason, by, created_at_ms) VALUES ('1', '[]', 0, 1, 'x', 'y', 0)",
  ).run();
  expect(() => db.prepare('DELETE FROM recording_lock').run()).toThrow('is kept');
  expect(db.prepare('SELECT value FROM setting').pluck().all()).toEqual(['1']);
  db.close();
});
