/** What an export goes through: approval by another person, cancelling, a station that ends in the middle, a full disk. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { encodeClip, fileOf, recordingsOf } from '#tests/fixtures/recordings.ts';
import { commander, leader, openEvidencePark } from '#tests/fixtures/evidence-park.ts';
import { verifyBundle } from '../../resources/verify/verify.mjs';

const START = Date.UTC(2026, 10, 22, 11, 26, 5);
const clip = encodeClip({ seconds: 3 });
const cameras = () => ({ 'CAM-1': fileOf(clip, 'f1', START), 'CAM-2': fileOf(clip, 'f2', START) });
const request = {
  ...{ cameraIds: ['CAM-1', 'CAM-2'], fromMs: START, toMs: START + 3_000, reason: 'case 7' },
  ...{ burnTime: false, withBlocked: false, withSound: true, streams: 'all' as const, secondPerson: false },
};
type Park = ReturnType<typeof openEvidencePark>;
const parks: Park[] = [];
const open = (...args: Parameters<typeof openEvidencePark>): Park => {
  const park = openEvidencePark(...args);
  parks.push(park);
  return park;
};
afterEach(async () => {
  for (const park of parks.splice(0)) {
    if (park.ports.db.open) await park.close();
    rmSync(park.dataDir, { recursive: true, force: true });
  }
});

test('a second person: waits, holds the recordings, refuses the one who asked, then runs', async () => {
  const recordings = recordingsOf(cameras());
  const park = open({ recordings });
  park.ports.write((tx) => park.ports.settings.put(tx, leader, 'evidence.secondPerson', true));
  const { id, state, secondPerson } = park.service.start(leader, request);
  expect([state, secondPerson, recordings.held]).toEqual(['awaiting_approval', true, 1]);
  expect(() => park.service.approve(leader, id)).toThrow(
    expect.objectContaining({ reason: 'evidence.same_person' }),
  );
  expect(existsSync(park.folder(id))).toBe(false);
  park.service.approve(commander, id);
  const done = await park.reaches(id, 'done');
  expect(done.decidedBy).toBe(commander.name);
  expect(recordings.held).toBe(0);
  const manifest = JSON.parse(readFileSync(path.join(park.folder(id), 'manifest.json'), 'utf8')) as {
    approvedBy: string;
  };
  expect(manifest.approvedBy).toBe(commander.name);
  expect(() => park.service.approve(commander, id)).toThrow(
    expect.objectContaining({ reason: 'evidence.not_waiting' }),
  );
  expect(park.actions()).toEqual(['evidence.done', 'evidence.approve', 'evidence.start', 'setting.put']);
});

test('a second person says no: nothing is made, nothing is held', () => {
  const recordings = recordingsOf(cameras());
  const park = open({ recordings });
  const { id } = park.service.start(leader, { ...request, secondPerson: true });
  park.service.reject(commander, id, 'no ground');
  expect(park.service.list({ limit: 10 }).items[0]).toMatchObject({
    id,
    state: 'rejected',
    decidedReason: 'no ground',
    decidedBy: commander.name,
  });
  expect(recordings.held).toBe(0);
});

test('blocked intervals are left out and said so; with them a second person is always asked', async () => {
  const blocked = [{ fromMs: START + 900, toMs: START + 1_100 }];
  const park = open({ recordings: recordingsOf(cameras(), { blocked }) });
  const without = park.service.start(leader, request);
  const done = await park.reaches(without.id, 'done');
  expect(done.warnings).toEqual(['blocked_left_out']);
  const read = (id: string) =>
    JSON.parse(readFileSync(path.join(park.folder(id), 'manifest.json'), 'utf8')) as {
      cameras: { videos: { frames: number }[] }[];
    };
  expect(read(without.id).cameras[0]?.videos.map(({ frames }) => frames)).toEqual([15]);
  const all = park.service.start(leader, { ...request, withBlocked: true });
  expect(all.state).toBe('awaiting_approval');
  park.service.approve(commander, all.id);
  await park.reaches(all.id, 'done');
  expect(read(all.id).cameras[0]?.videos.map(({ frames }) => frames)).toEqual([45]);
});

test('cancelled in the middle: nothing is left but the record', async () => {
  const recordings = recordingsOf(cameras());
  const reached = Promise.withResolvers<void>();
  recordings.beforeChunk = async (chunk) => {
    if (chunk.fileId !== 'f2') return;
    reached.resolve();
    await new Promise((next) => setImmediate(next));
  };
  const park = open({ recordings });
  const { id } = park.service.start(leader, request);
  await reached.promise;
  await park.service.cancel(leader, id);
  expect(existsSync(park.folder(id))).toBe(false);
  expect(park.service.live.get(id)?.state).toBe('cancelled');
  expect(recordings.held).toBe(0);
  await expect(park.service.cancel(leader, id)).rejects.toMatchObject({ reason: 'evidence.not_running' });
});

test('the station ends in the middle: the next run goes on with the cameras that are left', async () => {
  const recordings = recordingsOf(cameras());
  const reached = Promise.withResolvers<void>();
  recordings.beforeChunk = async (chunk) => {
    if (chunk.fileId !== 'f2' || chunk.wallMs === START) return;
    reached.resolve();
    await new Promise((next) => setImmediate(next));
  };
  const first = open({ recordings });
  const { id } = first.service.start(leader, request);
  await reached.promise;
  await first.close(true);
  expect(readdirSync(path.join(first.folder(id), 'video'))).toHaveLength(2);

  const asked: string[] = [];
  const again = recordingsOf(cameras());
  again.beforeChunk = async (chunk) => void asked.push(chunk.fileId);
  const second = open({ recordings: again }, first.dataDir);
  second.service.resume();
  const done = await second.reaches(id, 'done');
  expect(new Set(asked)).toEqual(new Set(['f2']));
  expect(await verifyBundle(second.folder(id), done.keyFingerprint!)).toMatchObject({
    ok: true,
    problems: [],
  });
  expect(done.files.filter(({ name }) => name.startsWith('video/'))).toHaveLength(2);
});

test('a disk that gets full: the export fails, its files go, the station keeps its room', async () => {
  const recordings = recordingsOf(cameras());
  const park = open({ recordings });
  park.ports.write((tx) => park.ports.settings.put(tx, leader, 'evidence.keepFreeMegabytes', 10_000_000));
  const { id } = park.service.start(leader, request);
  await expect(park.reaches(id, 'done')).rejects.toThrow('failed disk_low');
  expect(existsSync(park.folder(id))).toBe(false);
  expect(recordings.held).toBe(0);
});

test('nothing recorded fails and says so; an unreadable part is a warning', async () => {
  const empty = open({ recordings: recordingsOf({}) });
  const { id } = empty.service.start(leader, request);
  await expect(empty.reaches(id, 'done')).rejects.toThrow('failed nothing_recorded');

  const recordings = recordingsOf(cameras());
  const whole = recordings.readParts;
  recordings.readParts = async function* (cameraId, stream, fromMs, toMs, options) {
    options?.onProblem?.({ fileId: 'f0', wallMs: START, endWallMs: START + 1_000, error: 'bad_file' });
    yield* whole(cameraId, stream, fromMs, toMs, options);
  };
  const park = open({ recordings });
  expect((await park.reaches(park.service.start(leader, request).id, 'done')).warnings).toEqual([
    'unreadable_part',
  ]);
});

test('without ffmpeg, or with one that fails, the originals are made all the same', async () => {
  const none = open({ recordings: recordingsOf(cameras()), ffmpeg: async () => null });
  const one = await none.reaches(none.service.start(leader, { ...request, burnTime: true }).id, 'done');
  expect(one.warnings).toEqual(['no_ffmpeg']);
  const failing = open({ recordings: recordingsOf(cameras()), ffmpeg: async () => '/bin/false' });
  const two = await failing.reaches(failing.service.start(leader, { ...request, burnTime: true }).id, 'done');
  expect(two.warnings).toEqual(['burn_failed']);
  expect(await verifyBundle(failing.folder(two.id))).toMatchObject({ ok: true });
});

test('deleted: the files go, the hashes stay on record, downloads end', async () => {
  const park = open({ recordings: recordingsOf(cameras()) });
  const { id } = park.service.start(leader, request);
  const done = await park.reaches(id, 'done');
  const { grant } = park.service.download(leader, id);
  await park.service.remove(leader, id, 'handed over');
  expect(existsSync(park.folder(id))).toBe(false);
  expect(park.service.list({ limit: 10 }).items[0]).toMatchObject({ state: 'deleted', files: done.files });
  await expect(park.service.read(leader, grant, 0, 10)).rejects.toMatchObject({ reason: 'evidence.grant' });
  expect(park.actions().slice(0, 2)).toEqual(['evidence.remove', 'evidence.download']);
});

test('refuses unknown cameras and times to come', () => {
  const park = open({ recordings: recordingsOf({}) });
  const refusal = (change: Partial<typeof request>) => () =>
    park.service.start(leader, { ...request, ...change });
  expect(refusal({ cameraIds: ['CAM-9'] })).toThrow(expect.objectContaining({ reason: 'camera.unknown' }));
  const later = Date.now() + 60_000;
  expect(refusal({ fromMs: later, toMs: later + 1 })).toThrow(
    expect.objectContaining({ reason: 'evidence.future' }),
  );
});
