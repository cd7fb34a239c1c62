import { expect, test } from 'vitest';
import type { LiveMessage } from '#contract/base.ts';
import type { Alarm } from '#contract/alarms.contract.ts';
import { startTestStation } from '#tests/fixtures/station.ts';

/** The zone's address is in the small site; nobody listens there, which is what this test is about. */
test('in a whole station a dead speaker becomes an alarm, and every chain of records holds', async () => {
  const park = await startTestStation();
  try {
    const guard = await park.client('guard');
    const follow = (await guard.alarms.live({})) as AsyncIterableIterator<LiveMessage<Alarm>>;
    const begun = await guard.broadcast.start({
      zoneIds: ['bz-north'],
      source: { kind: 'speech', text: '请值班人员到东门。请值班人员到东门。' },
      chime: true,
    });
    let alarm: Alarm | undefined;
    for await (const message of follow) {
      const items =
        message.kind === 'snapshot' ? message.items : message.kind === 'delta' ? message.upsert : [];
      alarm = items.find(({ type }) => type === 'broadcast.zone_failed');
      if (alarm) break;
    }
    expect(alarm).toMatchObject({ deviceId: 'bz-north', active: true, data: { reason: 'audio.refused' } });
    const [record] = (await guard.broadcast.list({})).items;
    expect(record).toMatchObject({ id: begun.id, receipts: [{ rung: 'failed', reason: 'audio.refused' }] });
    const auditor = await park.client('audit');
    expect(await auditor.system.verify()).toMatchObject({ ok: true, problems: [] });
    const entries = (await auditor.system.audit({ text: 'broadcast' })).items;
    expect(entries.map(({ action, target }) => [action, target])).toContainEqual([
      'broadcast.start',
      begun.id,
    ]);
  } finally {
    await park.end();
  }
});
