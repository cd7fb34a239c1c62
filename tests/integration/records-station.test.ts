import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestStation, type TestStation } from '#tests/fixtures/station.ts';

let station: TestStation;
beforeAll(async () => {
  station = await startTestStation();
});
afterAll(() => station.end());

describe('records of a running station', () => {
  it('are searched and exported by who may, and the export is on the audit', async () => {
    const guard = await station.client('guard');
    const leader = await station.client('leader');
    const command = guard.devices.command({
      deviceId: 'fence-controller',
      command: 'arm',
      params: { note: '夜间布防' },
    });
    await expect
      .poll(async () => (await guard.records.search({ text: '夜间', kinds: ['command'] })).items.length)
      .toBeGreaterThan(0);
    const page = await guard.records.search({ text: '围界 主机' });
    expect(page.tookMs).toBeGreaterThanOrEqual(0);
    expect(page.items[0]).toMatchObject({
      kind: 'command',
      deviceName: '围界主机',
      data: { note: '夜间布防' },
    });

    await expect(guard.records.exportCsv({})).rejects.toMatchObject({ code: 'FORBIDDEN' });
    let text = '';
    for await (const part of await leader.records.exportCsv({ text: '夜间', language: 'en' }))
      text += part.text;
    expect(text).toContain('Fence controller');
    const audit = await station.client('audit');
    const { items } = await audit.system.audit({ text: 'records.export' });
    expect(items[0]).toMatchObject({ action: 'records.export', params: { text: '夜间' } });
    void command.catch(() => undefined);
  });
  it('have alarms, figures and history behind the same contract', async () => {
    const guard = await station.client('guard');
    expect((await guard.alarms.list({})).items).toEqual([]);
    expect(await guard.alarms.figures()).toEqual({
      meanAcknowledgeMs: null,
      raisedLastTenMinutes: 0,
      raisedToday: 0,
    });
    expect(await guard.devices.history({ deviceId: 'meter-1', key: 'power', fromMs: 0, toMs: 1000 })).toEqual(
      [],
    );
    const stop = new AbortController();
    const live = await guard.devices.live({}, { signal: stop.signal });
    const first = await live.next();
    expect(first.value).toMatchObject({ kind: 'snapshot' });
    stop.abort();
    await live.return?.();
  });
});
