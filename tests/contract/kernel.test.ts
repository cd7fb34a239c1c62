import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestStation, type TestStation } from '#tests/fixtures/station.ts';

let park: TestStation;
beforeAll(async () => {
  park = await startTestStation();
});
afterAll(() => park.end());

test('hello is public and shows the demo accounts', async () => {
  const hello = await (await park.client()).auth.hello();
  expect(hello.site.name.zh).toBe('测试园区');
  expect(hello.demoAccounts.map((one) => one.username)).toContain('guard');
  expect(hello.needsSetup).toBe(false);
});
test('nothing else is open without a session', async () => {
  const client = await park.client();
  await expect(client.site.get()).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
    data: { reason: 'session.none' },
  });
});
test('a guard reads the site and may not edit it', async () => {
  const client = await park.client('guard');
  const site = await client.site.get();
  expect(site.devices).toHaveLength(5);
  await expect(client.site.remove({ collection: 'contacts', id: 'c-119' })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
});
test('the system administrator edits it, once per key, and the audit holds', async () => {
  const admin = await park.client('admin');
  const contact = {
    id: 'c-new',
    name: { zh: '维修', en: 'Repair' },
    role: { zh: '维修', en: 'Repair' },
    phone: '1',
    group: 'maintenance',
  };
  const call = { collection: 'contacts' as const, object: contact, idempotencyKey: 'key-12345678' };
  await admin.site.put(call);
  await admin.site.put(call);
  const site = await admin.site.get();
  expect(site.contacts.filter((one) => one.id === 'c-new')).toHaveLength(1);
  const auditor = await park.client('audit');
  const page = await auditor.system.audit({});
  expect(page.items.filter((one) => one.action === 'site.add')).toHaveLength(1);
  expect((await auditor.system.verify()).ok).toBe(true);
});
test('a reference to nothing is refused with its path', async () => {
  const admin = await park.client('admin');
  const device = { id: 'x', kind: 'smoke', name: { zh: 'x', en: 'x' }, placeId: 'nowhere' };
  await expect(admin.site.put({ collection: 'devices', object: device })).rejects.toMatchObject({
    code: 'INVALID',
    data: { reason: 'site.problem', params: { problems: [{ code: 'unknown_reference' }] } },
  });
});
test('half a character is refused with its path, and the audit holds: it could not be read back as it was hashed', async () => {
  const client = await park.client();
  await expect(client.auth.signIn({ username: 'a\ud800', password: 'x' })).rejects.toMatchObject({
    code: 'INVALID',
    data: { reason: 'input', params: { issues: [{ path: 'username', message: 'not_unicode' }] } },
  });
  const auditor = await park.client('audit');
  expect((await auditor.system.verify()).ok).toBe(true);
});
test('wrong passwords lock the account out', async () => {
  const client = await park.client();
  for (let i = 0; i < 5; i += 1)
    await expect(client.auth.signIn({ username: 'leader', password: 'no' })).rejects.toMatchObject({
      data: { reason: 'account.wrong' },
    });
  await expect(client.auth.signIn({ username: 'leader', password: 'demo-leader' })).rejects.toMatchObject({
    code: 'TOO_MANY',
  });
});
test('a locked screen refuses commands and keeps the live data', async () => {
  const client = await park.client('admin');
  await client.auth.lock();
  await expect(client.system.backupNow()).rejects.toMatchObject({ data: { reason: 'session.locked' } });
  const live = await client.system.health();
  expect((await live.next()).value).toMatchObject({ kind: 'snapshot' });
  await live.return?.();
  await client.auth.unlock({ password: 'demo-admin' });
  expect((await client.system.backupNow()).sizeBytes).toBeGreaterThan(0);
});
test('an empty password is a wrong one', async () => {
  const client = await park.client('audit');
  await expect(client.auth.unlock({ password: '' })).rejects.toMatchObject({
    data: { reason: 'account.wrong' },
  });
});
