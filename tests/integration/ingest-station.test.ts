import { connectAsync } from 'mqtt';
import { expect, it } from 'vitest';
import { startTestStation } from '#tests/fixtures/station.ts';

it('in the whole station: an alarm, a refused message and the verified chain, as a console sees them', async () => {
  const test = await startTestStation();
  try {
    const admin = await test.client('admin');
    const auditor = await test.client('audit');
    const guard = await test.client('guard');
    const { broker } = await admin.system.info({});
    expect(broker.kind).toBe('embedded');
    const device = await connectAsync(broker.address, { protocolVersion: 4 });
    const event = {
      eventId: 'e-1',
      deviceId: 'smoke-3-2-01',
      type: 'fire.smoke',
      state: 'raise',
      occurredAt: Date.now(),
    };
    const topic = 'guardroom/v1/test/smoke-3-2-01/event';
    await device.publishAsync(topic, JSON.stringify(event), { qos: 1 });
    await device.publishAsync(topic, JSON.stringify(event), { qos: 1 });
    await device.publishAsync(topic, JSON.stringify({ ...event, eventId: 'e-2', state: 'burning' }), {
      qos: 1,
    });
    await device.endAsync();

    const { items } = await guard.alarms.list({ open: true });
    expect(items).toMatchObject([
      { deviceId: 'smoke-3-2-01', type: 'fire.smoke', priority: 1, count: 1, active: true },
    ]);
    expect(await admin.quarantine.list({})).toMatchObject({
      items: [{ code: 'field_value', path: 'state', topic }],
      nextCursor: null,
      total: 1,
      byCode: { field_value: 1 },
    });
    expect(await auditor.system.verify({})).toMatchObject({ ok: true });
    for await (const message of await guard.system.health({})) {
      if (message.kind !== 'snapshot') continue;
      expect(message.items.map((item) => `${item.id} ${item.code}`)).toContain('broker online');
      break;
    }
  } finally {
    await test.end();
  }
});
