import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadScanEvents } from '#features/patrol/patrol.store.ts';
import { appendEvents, insertRun, loadEvents, loadRecent, verifyRuns } from '#features/plans/runs.store.ts';
import { migrate, versionOf } from '#native/sqlite/migrate.ts';
import { openWritable } from '#native/sqlite/open.ts';
import { response } from '#station/migrations/004-response.ts';
import { migrations } from '#station/migrations/index.ts';

test('a database of the version before keeps its events and takes runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guardroom-migrate-'));
  const db = openWritable(join(folder, 'station.sqlite'));
  try {
    const at = migrations.indexOf(response);
    migrate(db, migrations.slice(0, at));
    expect(versionOf(db)).toBe(at);
    db.prepare(
      `INSERT INTO event (row_id, source, device_id, event_id, type, state, occurred_at_ms, received_at_ms,
         committed_at_ms, drill, clock_suspect, data, hash)
       VALUES (1, 'mqtt', 'terminal-1', 'e1', 'patrol.scan', 'info', 5, 6, 7, 0, 0, '{}', 'h')`,
    ).run();
    migrate(db, migrations);
    expect(versionOf(db)).toBe(migrations.length);
    expect(loadScanEvents(db, 0)).toMatchObject([{ deviceId: 'terminal-1', occurredAtMs: 5 }]);

    const plan = {
      id: 'p',
      version: 1,
      name: { zh: '预案', en: '' },
      summary: { zh: '说明', en: '' },
      level: 'III' as const,
      offeredFor: [],
      steps: [
        {
          id: 's',
          title: { zh: '步骤', en: '' },
          by: 'person' as const,
          answer: { kind: 'done' as const },
          commentRequired: false,
        },
      ],
    };
    insertRun(db, { id: 'r', plan, drill: false, alarmId: null, alarmTitle: null, startedAtMs: 9 });
    const started = { drill: false, alarm: null };
    appendEvents(db, 'r', [
      { kind: 'started', stepId: null, params: started, atMs: 9, steadyMs: 9, seq: 1, by: '李' },
    ]);
    expect(loadRecent(db, 0)).toMatchObject([{ id: 'r', plan: { id: 'p' } }]);
    expect(loadEvents(db, 'r')).toMatchObject([{ kind: 'started', by: '李' }]);
    expect(verifyRuns(db)).toEqual({ ok: true, checked: 1, problems: [] });
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
