import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '#contract/base.ts';
import { insertEvent } from '#features/ingest/events.store.ts';
import { createPatrol, type PatrolService } from '#features/patrol/patrol.service.ts';
import { ROUND_GAP_MS } from '#domain/patrol.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { openKernel, type Kernel } from '#tests/fixtures/response-kernel.ts';

let folder: string;
let clock: TestClock;
let kernel: Kernel;
let patrol: PatrolService;
let count = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardroom-patrol-'));
  clock = new TestClock();
  kernel = openKernel(folder, clock);
  patrol = createPatrol(kernel.ports);
});
afterEach(async () => {
  patrol.stop();
  await kernel.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Records a scan as ingest does, and tells it on the bus. */
function scan(data: JsonObject, rest: { agoMs?: number; drill?: boolean } = {}) {
  const nowMs = clock.nowMs();
  const result = kernel.ports.write((tx) =>
    insertEvent(tx, {
      source: 'mqtt',
      eventId: `e${(count += 1)}`,
      deviceId: 'terminal-1',
      type: 'patrol.scan',
      state: 'info',
      severity: null,
      occurredAtMs: nowMs - (rest.agoMs ?? 0),
      receivedAtMs: nowMs,
      committedAtMs: nowMs,
      seq: null,
      bootId: null,
      drill: rest.drill ?? false,
      clockSuspect: false,
      data,
    }),
  );
  if (result.kind === 'stored') kernel.ports.bus.emit('park.event', result.event);
}
const night = (checkpointId: string) => ({ checkpointId, guard: '赵', routeId: 'night-1' });

test('a scan moves the guard on the map, and so it is after a restart', async () => {
  scan(night('cp-1'));
  const walking = {
    id: '赵@night-1',
    guard: '赵',
    routeId: 'night-1',
    lastCheckpointId: 'cp-1',
    lastScanAtMs: clock.nowMs(),
    position: [108.38, 22.82],
    scannedIds: ['cp-1'],
    nextCheckpointId: 'cp-2',
  };
  expect(patrol.live.values()).toEqual([walking]);
  patrol.stop();
  await kernel.close();
  clock.advance(60_000);
  kernel = openKernel(folder, clock);
  patrol = createPatrol(kernel.ports);
  expect(patrol.live.values()).toEqual([walking]);
});

test('a scan synced late takes its place in the round and does not move the guard back', () => {
  clock.advance(600_000);
  scan(night('cp-2'));
  scan(night('cp-1'), { agoMs: 300_000 });
  expect(patrol.live.get('赵@night-1')).toMatchObject({
    lastCheckpointId: 'cp-2',
    scannedIds: ['cp-1', 'cp-2'],
    nextCheckpointId: null,
  });
  expect(patrol.figures()).toEqual({ scannedToday: 2, checkpoints: 2 });
});

test('who has not been seen for long leaves the map', () => {
  scan(night('cp-1'));
  clock.advance(ROUND_GAP_MS + 120_000);
  expect(patrol.live.values()).toEqual([]);
});

test('what cannot be placed moves nobody and is said', () => {
  scan({ guard: '赵' });
  expect(kernel.health('patrol')).toMatchObject({ level: 'warn', code: 'unreadable' });
  scan({ guard: '赵', checkpointId: 'cp-9' });
  expect(kernel.health('patrol')).toMatchObject({ code: 'unknown_checkpoint', params: { scans: 2 } });
  expect(patrol.live.values()).toEqual([]);
});

test('a drill moves nobody', () => {
  scan(night('cp-1'), { drill: true });
  expect(patrol.live.values()).toEqual([]);
  expect(patrol.figures().scannedToday).toBe(0);
});
