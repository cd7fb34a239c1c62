import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openReadable } from '#native/sqlite/open.ts';
import { startTestStation, type TestStation } from '#tests/fixtures/station.ts';
import { TestClock } from '#tests/fixtures/clock.ts';

const small = readFileSync(new URL('../fixtures/site-small.yaml', import.meta.url), 'utf8');
const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
async function start(options: Parameters<typeof startTestStation>[0]): Promise<TestStation> {
  const park = await startTestStation(options);
  ends.push(() => park.end());
  return park;
}
function realSite(): { siteFile: string; dataDir: string } {
  const folder = mkdtempSync(join(tmpdir(), 'guardroom-real-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  const siteFile = join(folder, 'site.yaml');
  writeFileSync(siteFile, small.replace('kind: demo', 'kind: real'));
  return { siteFile, dataDir: join(folder, 'data') };
}
const admin = (username: string) => ({ username, name: username, password: `${username}-long-enough` });
const three = { systemAdmin: admin('sys'), securityAdmin: admin('sec'), auditAdmin: admin('aud') };

test('a real site starts with no account, no demo password, and makes its three administrators', async () => {
  const park = await start(realSite());
  const client = await park.client();
  expect(await client.auth.hello()).toMatchObject({ needsSetup: true, demoAccounts: [] });
  await expect(client.auth.signIn({ username: 'guard', password: 'demo-guard' })).rejects.toMatchObject({
    data: { reason: 'account.wrong' },
  });
  await expect(client.auth.setup({ ...three, auditAdmin: admin('sys') })).rejects.toMatchObject({
    data: { reason: 'setup.same_person' },
  });
  await client.auth.setup(three);
  expect(await client.auth.hello()).toMatchObject({ needsSetup: false });
  await expect(client.auth.setup(three)).rejects.toMatchObject({ data: { reason: 'setup.done' } });
  expect(await client.auth.signIn({ username: 'sec', password: 'sec-long-enough' })).toMatchObject({
    account: { role: 'security_admin' },
  });
});
test('a failed setup makes nobody', async () => {
  const park = await start(realSite());
  const client = await park.client();
  await expect(
    client.auth.setup({
      ...three,
      auditAdmin: { username: 'sneaky-name', name: 'x', password: 'sneaky-name' },
    }),
  ).rejects.toMatchObject({ data: { reason: 'account.password_is_username' } });
  expect(await client.auth.hello()).toMatchObject({ needsSetup: true });
  await client.auth.setup(three);
});
test('a demo park cannot become a real site on the same data', async () => {
  const { siteFile, dataDir } = realSite();
  const demo = await start({ dataDir });
  await demo.station.stop();
  await expect(start({ dataDir, siteFile })).rejects.toThrow(/belongs to the demo site/);
});
test('a session outlives a restart and ends with its account', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'guardroom-session-'));
  ends.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const first = await start({ dataDir });
  const { token } = await (await first.client()).auth.signIn({ username: 'guard', password: 'demo-guard' });
  await first.station.stop();
  const second = await start({ dataDir });
  const console = await second.client();
  expect(await console.auth.resume({ token })).toMatchObject({ account: { username: 'guard' } });
  const security = await second.client('security');
  const guard = (await security.auth.accounts()).find((one) => one.username === 'guard')!;
  await security.auth.updateAccount({ id: guard.id, enabled: false });
  await expect(console.site.get()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  await expect((await second.client()).auth.resume({ token })).rejects.toMatchObject({
    data: { reason: 'session.expired' },
  });
});
test('the last administrator of a kind stays', async () => {
  const park = await start({});
  const security = await park.client('security');
  const self = (await security.auth.accounts()).find((one) => one.username === 'security')!;
  await expect(security.auth.updateAccount({ id: self.id, role: 'viewer' })).rejects.toMatchObject({
    data: { reason: 'account.last_admin' },
  });
});
test('a lockout ends by itself, and a reset password must be changed first', async () => {
  const clock = new TestClock();
  const park = await start({ clock });
  const client = await park.client();
  for (let i = 0; i < 5; i += 1)
    await expect(client.auth.signIn({ username: 'guard', password: 'x' })).rejects.toBeTruthy();
  await expect(client.auth.signIn({ username: 'guard', password: 'demo-guard' })).rejects.toMatchObject({
    data: { reason: 'account.locked_out', params: { seconds: 300 } },
  });
  clock.advance(301_000);
  await client.auth.signIn({ username: 'guard', password: 'demo-guard' });
  const security = await park.client('security');
  const guard = (await security.auth.accounts()).find((one) => one.username === 'guard')!;
  await security.auth.updateAccount({ id: guard.id, password: 'set-by-admin' });
  await client.auth.signIn({ username: 'guard', password: 'set-by-admin' });
  await expect(client.demo.start({ id: 'intrusion' })).rejects.toMatchObject({
    data: { reason: 'session.must_change_password' },
  });
  await client.auth.changePassword({ current: 'set-by-admin', next: 'my-own-password' });
  await (await park.client()).auth.signIn({ username: 'guard', password: 'my-own-password' });
});
test('an idle screen locks: commands are refused, live data go on', async () => {
  const clock = new TestClock();
  const park = await start({ clock });
  const admin = await park.client('admin');
  await admin.system.putSetting({ key: 'backup.keep', value: 3 });
  clock.advance(601_000);
  await expect(admin.system.putSetting({ key: 'backup.keep', value: 4 })).rejects.toMatchObject({
    data: { reason: 'session.locked' },
  });
  const live = await admin.system.health();
  expect((await live.next()).value).toMatchObject({ kind: 'snapshot' });
  await live.return?.();
});
test('settings refuse what they cannot be, by name', async () => {
  const park = await start({});
  const admin = await park.client('admin');
  const refused = (key: string, value: unknown) =>
    admin.system
      .putSetting({ key, value: value as never })
      .catch((error: { data: { reason: string; params: unknown } }) => error.data);
  expect(await refused('backup.keep', 0)).toMatchObject({
    reason: 'setting.invalid',
    params: { key: 'backup.keep', problem: 'out_of_range' },
  });
  expect(await refused('backup.keep', 'many')).toMatchObject({ params: { problem: 'not_a_number' } });
  expect(await refused('no.such', 1)).toMatchObject({ reason: 'setting.unknown' });
});

test('a station is as slow with passwords as it should be unless it is told otherwise', async () => {
  // three accounts: each hash at the product's cost is a part of a second of one core, much on a machine that is busy
  const { siteFile, dataDir } = realSite();
  const park = await start({ siteFile, dataDir, passwordCost: undefined });
  await (await park.client()).auth.setup(three);
  await park.station.stop();
  const db = openReadable(join(dataDir, 'guardroom.sqlite'));
  const hashes = db.prepare('SELECT password_hash FROM account').pluck().all() as string[];
  db.close();
  expect(hashes).toHaveLength(3);
  // argon2id with 19 MiB, 2 passes, 1 lane
  expect(hashes.filter((hash) => !hash.startsWith('$argon2id$v=19$m=19456,t=2,p=1$'))).toEqual([]);
});
