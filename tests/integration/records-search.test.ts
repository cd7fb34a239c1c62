import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { record } from '#contract/records.contract.ts';
import { createAlarms } from '#features/alarms/alarms.service.ts';
import { insertBroadcast, insertReceipt } from '#features/broadcast/broadcast.store.ts';
import { createDevices } from '#features/devices/devices.service.ts';
import { appendEvents, insertRun } from '#features/plans/runs.store.ts';
import { closeIndex, indexFileOf, indexOf } from '#features/records/index-file.ts';
import { indexRecords, rowsBehind } from '#features/records/indexer.ts';
import { createRecords, type Records } from '#features/records/records.service.ts';
import { searchRecords, type SearchArgs } from '#features/records/search.ts';
import { migrations } from '#station/migrations/index.ts';
import type { StoredEvent } from '#station/ports.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { eventWriter, type MadeEvent } from '#tests/fixtures/park-records.ts';
import { GUARD, LEADER, openKernel, type Kernel } from '#tests/fixtures/response-kernel.ts';

const RESOURCES = fileURLToPath(new URL('../../resources', import.meta.url));
const T = Date.UTC(2026, 10, 20);
let folder: string;
let clock: TestClock;
let kernel: Kernel;
let write: (event: MadeEvent) => number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardroom-records-'));
  clock = new TestClock();
  kernel = openKernel(folder, clock, RESOURCES, migrations);
  write = eventWriter(kernel.ports.db);
});
afterEach(async () => {
  closeIndex(kernel.ports.db);
  await kernel.close();
  rmSync(folder, { recursive: true, force: true });
});
const search = (args: Partial<SearchArgs> = {}) =>
  searchRecords(kernel.ports.db, { text: '', kinds: [], limit: 100, resources: RESOURCES, ...args });
const ids = (args: Partial<SearchArgs> = {}) => search(args).items.map(({ id }) => id);

describe('search', () => {
  beforeEach(() => {
    write({ deviceId: 'fence-n07', type: 'intrusion.fence', occurredAtMs: T });
    write({ deviceId: 'fence-n07', type: 'intrusion.fence', state: 'clear', occurredAtMs: T + 1000 });
    write({ deviceId: 'smoke-3-2-01', type: 'fire.smoke', occurredAtMs: T + 2000 });
    write({
      deviceId: 'gate',
      type: 'vehicle.pass',
      state: 'info',
      occurredAtMs: T + 3000,
      data: { plate: '京A12345', person: '张伟' },
    });
    write({
      deviceId: 'terminal-1',
      type: 'patrol.scan',
      state: 'info',
      occurredAtMs: T + 4000,
      data: { guard: '李强', checkpointId: 'cp-1' },
    });
  });
  it.each([
    ['入侵', ['event:2', 'event:1']],
    ['侵', ['event:2', 'event:1']],
    ['烟感', ['event:3']],
    ['smoke', ['event:3']],
    ['北围界 恢复', ['event:2']],
    ['3号楼', ['event:3']],
    ['Building', ['event:3']],
    ['张', ['event:4']],
    ['张伟', ['event:4']],
    ['a123', ['event:4']],
    ['Ａ１２３', ['event:4']],
    ['12345 车辆', ['event:4']],
    ['李强 巡更棒', ['event:5']],
    ['李强 张伟', []],
    ['fence-n07', ['event:2', 'event:1']],
    ['没有这个词', []],
    ['伟张', []],
  ])('finds %s', (text, expected) => {
    expect(ids({ text })).toEqual(expected);
  });
  it('filters by kind, device, priority and time, both ends included', () => {
    expect(ids({ kinds: ['perimeter', 'patrol'] })).toEqual(['event:5', 'event:2', 'event:1']);
    expect(ids({ kinds: ['access'], text: '京A' })).toEqual(['event:4']);
    expect(ids({ deviceId: 'fence-n07', priority: 2 })).toEqual(['event:2', 'event:1']);
    expect(ids({ priority: 1 })).toEqual(['event:3']);
    expect(ids({ fromMs: T + 1000, toMs: T + 3000 })).toEqual(['event:4', 'event:3', 'event:2']);
  });
  it('answers in the form of the contract', () => {
    for (const item of search().items) record.parse(item);
    expect(search({ text: '烟感' }).items[0]).toMatchObject({
      kind: 'event', deviceId: 'smoke-3-2-01', deviceName: '3号楼2层烟感01', placeId: 'b3-f2', priority: 1, state: 'raise',
    }); // prettier-ignore
  });
  it('pages without a row twice or missing', () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = search({ limit: 2, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual(['event:5', 'event:4', 'event:3', 'event:2', 'event:1']);
    expect(search({ cursor: 'nonsense' }).items).toHaveLength(5);
  });
  it('finds a row that was recorded a moment ago, and one that came late in its place', () => {
    expect(ids()).toHaveLength(5);
    write({ deviceId: 'fence-n07', type: 'intrusion.fence', occurredAtMs: T + 2500, receivedAtMs: T + 9000 });
    expect(ids()).toEqual(['event:5', 'event:4', 'event:6', 'event:3', 'event:2', 'event:1']);
  });
  it('does not let a device from the future stay on top', () => {
    write({ deviceId: 'fence-n07', type: 'intrusion.fence', occurredAtMs: T + 9e9, receivedAtMs: T + 3500 });
    expect(ids()[0]).toBe('event:5');
  });
  it('finds a thing under the name that it had', () => {
    expect(ids({ text: 'N-07' })).toHaveLength(2);
    kernel.ports.db
      .prepare(`UPDATE site_object SET doc = replace(doc, 'N-07', 'N-99') WHERE collection = 'devices'`)
      .run();
    kernel.ports.db.prepare('UPDATE site_info SET revision = revision + 1').run();
    write({ deviceId: 'fence-n07', type: 'intrusion.fence', occurredAtMs: T + 9000 });
    expect(ids({ text: 'N-99' })).toEqual(['event:6']);
    expect(ids({ text: 'N-07' })).toEqual(['event:2', 'event:1']);
  });
});

describe('the index', () => {
  it('is made again when it is gone, of another version, or of another database', async () => {
    write({ deviceId: 'fence-n07', type: 'intrusion.fence', occurredAtMs: T });
    expect(ids()).toEqual(['event:1']);
    const again = async (change: () => void) => {
      closeIndex(kernel.ports.db);
      change();
      expect(ids({ text: '入侵' })).toEqual(['event:1']);
    };
    const file = indexFileOf(kernel.ports.db.name);
    expect(existsSync(file)).toBe(true);
    await again(() => ['', '-wal', '-shm'].forEach((side) => rmSync(file + side, { force: true })));
    indexOf(kernel.ports.db).prepare('UPDATE state SET version = 0').run();
    await again(() => undefined);
    // as after restoring a back-up: the same number, another event
    kernel.ports.db.exec('DROP TRIGGER event_no_update');
    await again(() =>
      kernel.ports.db.prepare("UPDATE event SET hash = 'other', device_id = 'smoke-3-2-01'").run(),
    );
    expect(search().items[0]!.deviceId).toBe('smoke-3-2-01');
  });
  it('takes a large backlog in by steps', () => {
    kernel.ports.db.transaction(() => {
      for (let n = 0; n < 5000; n += 1)
        write({ deviceId: 'fence-n07', type: 'intrusion.fence', occurredAtMs: T + (n % 7) });
    })();
    expect(rowsBehind(kernel.ports.db)).toBe(5000);
    // more than a search waits for
    expect(ids()).toEqual([]);
    expect(indexRecords(kernel.ports.db, { limit: 3000 })).toEqual({ indexed: 3000, behind: 2000 });
    expect(indexRecords(kernel.ports.db, { limit: 3000 })).toEqual({ indexed: 2000, behind: 0 });
    let cursor: string | undefined;
    const seen = new Set<string>();
    do {
      const page = search({ limit: 500, cursor, text: '入侵' });
      for (const { id } of page.items) seen.add(id);
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen.size).toBe(5000);
  });
});

describe('search agrees with a look at every record', () => {
  const devices = ['fence-n07', 'smoke-3-2-01', 'terminal-1', 'nobody'];
  const types = ['intrusion.fence', 'fire.smoke', 'patrol.scan', 'vehicle.pass'];
  const names = ['张伟', '张三', '京A1', 'a b'];
  const made = fc.record({
    deviceId: fc.constantFrom(...devices), type: fc.constantFrom(...types), second: fc.nat(50), person: fc.option(fc.constantFrom(...names)),
    state: fc.constantFrom<'raise' | 'clear' | 'info'>('raise', 'clear', 'info'), severity: fc.option(fc.constantFrom<1 | 2 | 3 | 4>(1, 2, 3, 4)),
  }); // prettier-ignore
  const asked = fc.record({
    text: fc.subarray(['张', '张伟', '京a', '入侵', '围界', '恢复', '3号楼', '烟', 'b'], { maxLength: 2 }).map((words) => words.join(' ')),
    deviceId: fc.option(fc.constantFrom(...devices), { nil: undefined }), priority: fc.option(fc.constantFrom<1 | 2 | 3 | 4>(1, 2, 3, 4), { nil: undefined }),
    from: fc.option(fc.nat(50), { nil: undefined }), limit: fc.integer({ min: 1, max: 7 }),
    tuning: fc.record({ budgetRows: fc.constantFrom(1, 30, 60_000), manyTerms: fc.constantFrom(1, 5_000), fewShapes: fc.constantFrom(0, 3, 64) }),
  }); // prettier-ignore
  it('for any records and any question', () => {
    const text = (event: { deviceId: string; type: string; state: string; person: string | null }) => {
      const label = kernel.ports.site.device(event.deviceId);
      const place = label ? kernel.ports.site.placeAndAbove(label.placeId).map(({ name }) => name.zh) : [];
      const words = {
        'intrusion.fence': '围栏入侵',
        'fire.smoke': '烟感火警',
        'patrol.scan': '巡更打点',
        'vehicle.pass': '车辆通行',
      };
      const state = { raise: '发生', clear: '恢复', info: '记录' };
      return [label?.name.zh, label?.name.en, ...place, words[event.type as keyof typeof words], state[event.state as keyof typeof state], event.person, event.deviceId, 'b' ].join(' ').toLowerCase(); // prettier-ignore
    };
    // The Latin letter stands in too many English words to be told apart by this model.
    const question = asked.map((one) => ({ ...one, text: one.text.replace(/(^| )b( |$)/, ' ').trim() }));
    fc.assert(
      fc.property(
        fc.array(made, { maxLength: 40 }),
        fc.array(question, { minLength: 1, maxLength: 5 }),
        (events, questions) => {
          const { db } = kernel.ports;
          closeIndex(db);
          db.exec('DROP TRIGGER IF EXISTS event_no_delete; DELETE FROM event');
          for (const side of ['', '-wal', '-shm']) rmSync(indexFileOf(db.name) + side, { force: true });
          const add = eventWriter(db);
          db.transaction(() => {
            for (const { second, person, ...event } of events)
              add({ ...event, occurredAtMs: T + second * 1000, data: person === null ? {} : { person } });
          })();
          const rows = events.map((event, n) => ({ ...event, n: n + 1, text: text(event) }));
          const priorityOf = (row: (typeof rows)[number]) =>
            row.state === 'info'
              ? row.severity
              : (row.severity ??
                { 'intrusion.fence': 2, 'fire.smoke': 1, 'patrol.scan': 4, 'vehicle.pass': 4 }[row.type]);
          for (const { from, limit, tuning, ...filter } of questions) {
            const expected = rows
              .filter((row) => filter.text.split(' ').every((word) => row.text.includes(word)))
              .filter((row) => filter.deviceId === undefined || row.deviceId === filter.deviceId)
              .filter((row) => filter.priority === undefined || priorityOf(row) === filter.priority)
              .filter((row) => from === undefined || row.second >= from)
              .sort((a, b) => b.second - a.second || b.n - a.n)
              .map((row) => `event:${row.n}`);
            const found: string[] = [];
            let cursor: string | undefined;
            do {
              const page = search({
                ...filter,
                limit,
                cursor,
                tuning,
                ...(from === undefined ? {} : { fromMs: T + from * 1000 }),
              });
              expect(page.items.length).toBeLessThanOrEqual(limit);
              found.push(...page.items.map(({ id }) => id));
              cursor = page.nextCursor ?? undefined;
            } while (cursor);
            expect(found).toEqual(expected);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('all that is recorded', () => {
  let records: Records;
  beforeEach(() => {
    records = createRecords(kernel.ports);
  });
  afterEach(() => records.stop());
  it('is found in the read pool: events, alarms with their handling, commands', async () => {
    const { ports } = kernel;
    const alarms = createAlarms(ports, { offersFor: () => [] });
    const devices = createDevices(ports, {
      events: { record: () => ({}) as StoredEvent },
      publisher: { publish: () => Promise.resolve() },
    });
    ports.write((tx) => {
      const rowId = write({ deviceId: 'fence-n07', type: 'intrusion.fence', occurredAtMs: tx.nowMs });
      alarms.port.apply(tx, {
        rowId, source: 'mqtt', eventId: 'x', deviceId: 'fence-n07', type: 'intrusion.fence', state: 'raise', severity: null,
        occurredAtMs: tx.nowMs, receivedAtMs: tx.nowMs, seq: null, bootId: null, drill: false, data: {},
      }); // prettier-ignore
    });
    const { id } = alarms.port.open()[0]!;
    clock.advance(1000);
    alarms.comment(GUARD, id, '派张三到现场');
    clock.advance(1000);
    alarms.close(LEADER, id, { disposition: 'false', comment: '野猫' });
    const answer = devices.command(GUARD, {
      deviceId: 'fence-controller',
      command: 'arm',
      params: { zone: 'north' },
    });
    await new Promise((done) => setImmediate(done));
    devices.stop();
    await answer;

    const find = async (text: string) =>
      (await records.search({ text, kinds: [], limit: 50 })).items.map(
        ({ kind, state }) => `${kind} ${state}`,
      );
    expect(await find('围界')).toContain('perimeter raise');
    expect(await find('派张三')).toEqual(['alarm comment']);
    expect(await find('野猫')).toEqual(['alarm comment']);
    expect(await find('误报')).toEqual([]);
    expect(await find('主机 arm')).toEqual(['command sent']);
    expect((await records.search({ text: '', kinds: ['alarm'], limit: 50 })).items.map(({ state }) => state)).toEqual([
      'closed', 'comment', 'acknowledged', 'comment', 'raised',
    ]); // prettier-ignore
  });
  it('has runs with their notes and broadcasts with their zones', async () => {
    const { db } = kernel.ports;
    const plan = { id: 'p-intrusion', name: { zh: '入侵处置预案', en: 'Intrusion plan' } } as never;
    insertRun(db, { id: 'r1', plan, drill: true, alarmId: null, alarmTitle: null, startedAtMs: T });
    appendEvents(db, 'r1', [
      {
        seq: 1,
        kind: 'started',
        stepId: null,
        params: { drill: true, alarm: null },
        atMs: T,
        steadyMs: 1,
        by: '李',
      },
      {
        seq: 2,
        kind: 'note',
        stepId: null,
        params: { text: '发现翻越痕迹' },
        atMs: T + 1,
        steadyMs: 2,
        by: '李',
      },
    ]);
    insertBroadcast(db, {
      id: 'b1', class: 'emergency_recorded', source: { kind: 'speech', text: '请立即撤离' }, title: '请立即撤离', repeat: 1,
      drill: false, runId: 'r1', startedBy: '李', requestedAtMs: T + 2, zoneIds: ['bz-north'], chime: true,
    }); // prettier-ignore
    insertReceipt(db, 'b1', { zoneId: 'bz-north', rung: 'failed', reason: 'audio.no_route', atMs: T + 3 });
    const find = async (text: string) =>
      (await records.search({ text, kinds: [], limit: 50 })).items.map(({ kind, type, state, drill }) => [
        kind,
        type,
        state,
        drill,
      ]);
    expect(await find('翻越')).toEqual([['run', 'run.note', 'note', true]]);
    expect(await find('处置预案 启动')).toEqual([['run', 'run.started', 'started', true]]);
    expect(await find('撤离')).toEqual([['broadcast', 'announcement.emergency_recorded', 'failed', false]]);
    expect(await find('应急广播 北侧 失败')).toHaveLength(1);
  });
  it('goes into CSV that a spreadsheet reads and does not run', async () => {
    write({ deviceId: 'fence-n07', type: 'intrusion.fence', occurredAtMs: T });
    write({
      deviceId: '=cmd',
      type: 'vehicle.pass',
      state: 'info',
      occurredAtMs: T + 1000,
      data: { plate: '京A12345, "x"' },
    });
    const parts: string[] = [];
    let rows = 0;
    for await (const part of records.exportCsv({ text: '', kinds: [], language: 'zh' })) {
      parts.push(part.text);
      rows = part.rows;
    }
    const text = parts.join('');
    expect(rows).toBe(2);
    expect(text.startsWith('\uFEFF发生时间,接收时间,类别,类型,')).toBe(true);
    const lines = text.split('\r\n');
    expect(lines[1]).toContain("2026-11-20 08:00:01.000,2026-11-20 08:00:01.000,通行,车辆通行,记录,,'=cmd,");
    expect(lines[1]).toContain('"{""plate"":""京A12345, \\""x\\""""}"');
    expect(lines[2]).toContain('围栏入侵,发生,2,fence-n07,北围界 N-07,');
    const english: string[] = [];
    for await (const part of records.exportCsv({ text: 'N-07', kinds: [], language: 'en' }))
      english.push(part.text);
    expect(english.join('').split('\r\n')[1]).toMatch(/,North fence N-07,/);
  });
  it('ends an export that nobody reads on', async () => {
    for (let n = 0; n < 3; n += 1)
      write({ deviceId: 'fence-n07', type: 'intrusion.fence', occurredAtMs: T + n });
    const stop = new AbortController();
    stop.abort();
    const parts = [];
    for await (const part of records.exportCsv({ text: '', kinds: [], language: 'zh' }, stop.signal))
      parts.push(part.rows);
    expect(parts).toEqual([0]);
  });
  it('is indexed soon after it is recorded, and says so', async () => {
    records.start();
    write({ deviceId: 'fence-n07', type: 'intrusion.fence', occurredAtMs: T });
    kernel.ports.bus.emit('park.event', {} as StoredEvent);
    clock.advance(250);
    await expect.poll(() => kernel.health('records')).toMatchObject({ level: 'ok', code: 'indexed' });
    await expect.poll(() => rowsBehind(kernel.ports.db)).toBe(0);
  });
});
