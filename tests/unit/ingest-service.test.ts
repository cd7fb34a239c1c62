import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listQuarantine, quarantineCounts } from '#features/ingest/quarantine.store.ts';
import type { StoredEvent } from '#station/ports.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { eventOf, ingestRig, messageOf, topicOf, type IngestRig } from '#tests/fixtures/ingest.ts';

let rig: IngestRig;
let clock: TestClock;
let onApply: ((event: StoredEvent) => void) | undefined;
beforeEach(() => {
  clock = new TestClock(1_790_000_000_500);
  onApply = undefined;
  rig = ingestRig({ clock, onApply: (event) => onApply?.(event) });
});
afterEach(() => rig.close());

const refused = () => listQuarantine(rig.ports.db, Number.MAX_SAFE_INTEGER, 100);
const rows = () =>
  rig.ports.db.prepare('SELECT * FROM event ORDER BY row_id').all() as Record<string, unknown>[];
const event = (n: number, over: Record<string, unknown> = {}) =>
  messageOf('event', eventOf({ eventId: `e-${n}`, ...over }));

describe('a batch', () => {
  it('becomes records, alarms and news in one go', () => {
    const heard: StoredEvent[] = [];
    rig.ports.bus.on('park.event', (one) => void heard.push(one));
    rig.ingest.commitBatch([
      event(1, { seq: 1, bootId: 'b', severity: 2, data: { zone: 'N-07' } }),
      event(2, { state: 'clear' }),
    ]);
    expect(rows()[0]).toMatchObject({
      row_id: 1, source: 'mqtt', device_id: 'dev-1', event_id: 'e-1', type: 'intrusion.fence', state: 'raise', severity: 2,
      occurred_at_ms: 1_790_000_000_000, received_at_ms: 1_790_000_000_500, committed_at_ms: 1_790_000_000_500,
      seq: 1, boot_id: 'b', drill: 0, clock_suspect: 0, data: '{"zone":"N-07"}',
    }); // prettier-ignore
    expect(rig.alarms()).toEqual([{ device: 'dev-1', type: 'intrusion.fence', raised: 1, cleared: 1 }]);
    expect(heard.map(({ rowId, eventId }) => [rowId, eventId])).toEqual([
      [1, 'e-1'],
      [2, 'e-2'],
    ]);
    expect(rig.told).toEqual([['seen', 'dev-1', 1_790_000_000_500, 0]]);
  });

  it('knows a repetition, also within one batch, and counts nothing twice', () => {
    rig.ingest.commitBatch([event(1), event(1)]);
    rig.ingest.commitBatch([event(1), event(2)]);
    expect(rows()).toHaveLength(2);
    expect(rig.alarms()).toMatchObject([{ raised: 2 }]);
    expect(rig.ingest.tally).toMatchObject({ messages: 4, events: 2, repeated: 2, quarantined: 0 });
  });

  it('takes the same event id of another device as another event', () => {
    const other = messageOf('event', eventOf({ deviceId: 'dev-2' }), { topic: topicOf('dev-2', 'event') });
    rig.ingest.commitBatch([event(1), { ...other }]);
    expect(rows()).toHaveLength(2);
  });

  it('does not swallow another event under a known id', () => {
    rig.ingest.commitBatch([event(1), event(1, { type: 'fire.smoke' })]);
    expect(rows()).toHaveLength(1);
    expect(refused()).toMatchObject([{ code: 'event_id_reused', path: 'eventId', detail: 'e-1' }]);
  });

  it('records events of devices that nobody listed, and quarantines their values', () => {
    const ghost = (leaf: string, body: unknown) => messageOf(leaf, body, { topic: topicOf('ghost', leaf) });
    rig.ingest.commitBatch([
      ghost('event', eventOf({ deviceId: 'ghost', type: 'fire.smoke' })),
      ghost('telemetry', { occurredAt: 5, values: {} }),
    ]);
    expect(rig.alarms()).toMatchObject([{ device: 'ghost', type: 'fire.smoke', raised: 1 }]);
    expect(refused()).toMatchObject([{ code: 'device_unknown', detail: 'ghost' }]);
    expect(rig.ingest.tally.unknownDevices).toEqual(new Set(['ghost']));
    expect(rig.told).toEqual([]);
  });

  it('hands values, availability and replies on, and tells who lives', () => {
    rig.ingest.commitBatch([
      messageOf('telemetry', { occurredAt: 5, values: { power: 1 } }),
      messageOf(
        'availability',
        { state: 'offline', sessionId: 's' },
        { topic: topicOf('dev-2', 'availability') },
      ),
      messageOf('state', { occurredAt: 5, values: {} }, { topic: topicOf('dev-3', 'state'), retained: true }),
      messageOf('reply', { commandId: 'c', result: 'accepted' }),
    ]);
    // Neither a last will nor a retained message proves that a device lives.
    expect(rig.told.map(([what, device]) => [what, device])).toEqual([
      ['values', 'dev-1'],
      ['availability', 'dev-2'],
      ['values', 'dev-3'],
      ['reply', 'dev-1'],
      ['seen', 'dev-1'],
    ]);
  });

  it('flags clocks that cannot be right, and believes small errors', () => {
    rig.ingest.commitBatch([
      event(1, { occurredAt: 1_790_000_000_500 + 59_000 }),
      event(2, { occurredAt: 1_790_000_000_500 + 61_000 }),
      event(3, { occurredAt: 946_684_800_000 }),
    ]);
    expect(rows().map((row) => row['clock_suspect'])).toEqual([0, 1, 1]);
    expect([...rig.ingest.tally.suspectClocks]).toEqual(['dev-1']);
  });

  it('ignores what is retained, and counts it', () => {
    rig.ingest.commitBatch([
      messageOf('event', eventOf(), { retained: true }),
      messageOf('command', {}, { retained: true }),
    ]);
    expect(rig.ingest.tally.ignored).toEqual({ retained_event: 1, retained_command: 1 });
    expect([rig.count('event'), rig.count('quarantine')]).toEqual([0, 0]);
  });
});

describe('what goes wrong', () => {
  it('a failing rule keeps neither the event nor its neighbours from being recorded', () => {
    onApply = ({ eventId }) => {
      if (eventId === 'e-2') throw new TypeError('a fault of ours');
    };
    rig.ingest.commitBatch([event(1), event(2), event(3)]);
    expect(rows().map((row) => row['event_id'])).toEqual(['e-1', 'e-2', 'e-3']);
    expect(rig.alarms()).toMatchObject([{ raised: 2 }]);
    expect(refused()).toMatchObject([
      { code: 'processing_failed', detail: 'event 2 is recorded without its alarm' },
    ]);
    expect(rig.ingest.tally).toMatchObject({ messages: 3, events: 3, quarantined: 1, rulesFailed: 1 });
    expect(rig.ingest.verify()).toEqual({ ok: true, checked: 3, problems: [] });
  });

  it('failing storage is thrown and leaves nothing behind', () => {
    onApply = ({ eventId }) => {
      if (eventId === 'e-2')
        throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
    };
    expect(() => rig.ingest.commitBatch([event(1), event(2)])).toThrow('disk is full');
    expect([rig.count('event'), rig.count('quarantine'), rig.ingest.tally.messages]).toEqual([0, 0, 0]);
    onApply = undefined;
    rig.ingest.commitBatch([event(1), event(2)]);
    expect(rig.alarms()).toMatchObject([{ raised: 2 }]);
  });

  it('keeps a refused message with its reason, its size and a bounded part of it', () => {
    rig.ingest.commitBatch([
      messageOf('event', `{"eventId": "${'x'.repeat(9000)}`),
      messageOf('event', eventOf({ state: 'x' })),
    ]);
    expect(refused()).toMatchObject([
      { id: 2, code: 'field_value', path: 'state', topic: topicOf('dev-1', 'event') },
      { id: 1, code: 'not_json', path: '', sizeBytes: 9013 },
    ]);
    expect(refused()[1]!.payload).toHaveLength(4096);
    expect(quarantineCounts(rig.ports.db)).toEqual({ total: 2, byCode: { field_value: 1, not_json: 1 } });
  });

  it('does not keep a refused message twice because it was sent twice', () => {
    const bad = messageOf('event', 'nonsense');
    rig.ingest.commitBatch([bad]);
    rig.ingest.commitBatch([{ ...bad, duplicate: true }]);
    expect(rig.count('quarantine')).toBe(1);
    rig.ingest.commitBatch([bad]);
    expect(rig.count('quarantine')).toBe(2);
  });
});

describe('gaps', () => {
  const numbered = (...numbers: number[]) =>
    rig.ingest.commitBatch(numbers.map((seq) => event(seq, { seq, bootId: 'b', state: 'info' })));
  const gaps = () => rows().filter((row) => row['type'] === 'system.gap');

  it('become records when they stay open, once', () => {
    numbered(1, 2, 5, 9);
    rig.ingest.sweep();
    expect(gaps()).toEqual([]);
    clock.advance(10_000);
    rig.ingest.sweep();
    rig.ingest.sweep();
    expect(gaps()).toMatchObject([
      {
        source: 'station',
        device_id: 'dev-1',
        state: 'info',
        data: '{"missed":2,"fromSeq":3,"toSeq":4,"bootId":"b"}',
      },
      { data: '{"missed":3,"fromSeq":6,"toSeq":8,"bootId":"b"}' },
    ]);
    expect(rig.ingest.tally.missed).toBe(5);
    expect(
      rig.told.filter(([, , , missed]) => missed).map(([what, device, , missed]) => [what, device, missed]),
    ).toEqual([
      ['seen', 'dev-1', 2],
      ['seen', 'dev-1', 3],
    ]);
  });

  it('are forgotten when the late ones come', () => {
    numbered(1, 5, 3, 2, 4);
    clock.advance(10_000);
    rig.ingest.sweep();
    expect(gaps()).toEqual([]);
  });

  it('of another boot are counted apart', () => {
    numbered(1, 2);
    rig.ingest.commitBatch([event(100, { seq: 7, bootId: 'c' })]);
    clock.advance(10_000);
    rig.ingest.sweep();
    expect(gaps()).toEqual([]);
  });
});

describe('the chain', () => {
  const tamper = (sql: string) => {
    for (const name of ['event_no_update', 'event_no_delete']) rig.ports.db.exec(`DROP TRIGGER ${name}`);
    rig.ports.db.exec(sql);
  };
  beforeEach(() => rig.ingest.commitBatch([event(1), event(2), event(3), event(4)]));

  it('holds, and refuses to be edited', () => {
    expect(rig.ingest.verify()).toEqual({ ok: true, checked: 4, problems: [] });
    expect(() => rig.ports.db.exec(`UPDATE event SET state = 'info'`)).toThrow('append-only');
    expect(() => rig.ports.db.exec('DELETE FROM event')).toThrow('append-only');
  });
  it('shows an edited entry', () => {
    tamper(`UPDATE event SET data = '{"x":1}' WHERE row_id = 2`);
    expect(rig.ingest.verify().problems).toEqual([{ chain: 'event', code: 'edited', seq: 2 }]);
  });
  it('shows a deleted entry', () => {
    tamper('DELETE FROM event WHERE row_id = 2');
    expect(rig.ingest.verify().problems).toEqual([{ chain: 'event', code: 'missing', seq: 2 }]);
  });
  it('shows that the end was cut off, by the seal in the audit', () => {
    rig.ingest.stop();
    tamper('DELETE FROM event WHERE row_id > 2');
    expect(rig.ingest.verify().problems).toEqual([{ chain: 'event', code: 'cut_off', seq: 4 }]);
  });
});

it('the station’s own events go through the same door', () => {
  const stored = rig.ports.write((tx) =>
    rig.ingest.events.record(tx, {
      deviceId: 'cam-1',
      type: 'video.lost',
      state: 'raise',
      data: { reason: 'no_route' },
    }),
  );
  expect(stored).toMatchObject({
    rowId: 1,
    source: 'station',
    deviceId: 'cam-1',
    occurredAtMs: clock.nowMs(),
  });
  expect(rig.alarms()).toEqual([{ device: 'cam-1', type: 'video.lost', raised: 1, cleared: 0 }]);
});
