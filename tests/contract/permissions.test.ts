import { isContractProcedure } from '@orpc/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MethodMeta } from '#contract/base.ts';
import { contract } from '#contract/index.ts';
import { PERMISSIONS, ROLES, may, permissionsOf, type Role } from '#domain/permissions.ts';
import { startTestStation, type TestStation } from '#tests/fixtures/station.ts';

const methods = Object.entries(contract).flatMap(([group, members]) =>
  Object.entries(members).map(([name, procedure]) => {
    if (!isContractProcedure(procedure)) throw new Error(`${group}.${name} is not a method`);
    return { group, name, path: `${group}.${name}`, meta: procedure['~orpc'].meta as MethodMeta };
  }),
);
/** One account of each role; the small site's demo accounts and, for the others, new ones. */
const usernames: Record<Role, string> = {
  guard: 'guard',
  shift_leader: 'leader',
  commander: 'commander',
  patrol_guard: 'role-patrol',
  viewer: 'role-viewer',
  system_admin: 'admin',
  security_admin: 'security',
  audit_admin: 'audit',
};

let park: TestStation;
beforeAll(async () => {
  park = await startTestStation();
  const security = await park.client('security');
  for (const [role, username] of Object.entries(usernames)) {
    if (!username.startsWith('role-')) continue;
    await security.auth.createAccount({
      username,
      name: username,
      role: role as Role,
      password: `first-${username}`,
    });
    const client = await park.client();
    await client.auth.signIn({ username, password: `first-${username}` });
    await client.auth.changePassword({ current: `first-${username}`, next: `demo-${username}` });
  }
});
afterAll(() => park.end());

/**
 * Calls with an input that no schema takes (an object would do for those whose members are all optional: a search of the
 * network for cameras, for one), so that a permitted call changes nothing.
 */
async function refusal(call: (input: never) => Promise<unknown>): Promise<string> {
  try {
    const answer = await call('nonsense' as never);
    await (answer as AsyncIterator<unknown> | undefined)?.return?.();
    return 'passed';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

describe.each(ROLES)('%s', (role) => {
  // signing out and locking would change the session that the walk uses
  const walked = methods.filter(
    ({ path }) => !['auth.signOut', 'auth.lock', 'auth.signIn', 'auth.resume', 'auth.setup'].includes(path),
  );
  test(`may call what its permissions say and nothing else (${walked.length} methods)`, async () => {
    const client = (await park.client(usernames[role])) as unknown as Record<
      string,
      Record<string, (input: never) => Promise<unknown>>
    >;
    const wrong: string[] = [];
    for (const { group, name, path, meta } of walked) {
      const allowed =
        meta.permission === 'public' || meta.permission === 'session' || may(role, meta.permission);
      const answer = await refusal(client[group]![name]!);
      if (allowed === (answer === 'FORBIDDEN')) wrong.push(`${path}: ${answer}`);
    }
    expect(wrong).toEqual([]);
  });
});

test('without a session every method but the public ones is closed', async () => {
  const client = (await park.client()) as unknown as Record<
    string,
    Record<string, (input: never) => Promise<unknown>>
  >;
  for (const { group, name, path, meta } of methods) {
    const answer = await refusal(client[group]![name]!);
    expect([path, answer === 'UNAUTHENTICATED' && meta.permission !== 'public']).toEqual([
      path,
      meta.permission !== 'public' && true,
    ]);
  }
});

test('no administrator can do the work of another, and none that of a guard', () => {
  const work: [Role, string[]][] = [
    ['system_admin', ['accounts.manage', 'audit.view', 'alarm.handle']],
    ['security_admin', ['settings.edit', 'site.edit', 'audit.view', 'alarm.handle', 'backup.manage']],
    ['audit_admin', ['accounts.manage', 'settings.edit', 'site.edit', 'alarm.handle', 'backup.manage']],
  ];
  for (const [role, others] of work)
    for (const permission of others) expect(permissionsOf(role)).not.toContain(permission);
});
test('every permission is somebody’s and every method has one that exists', () => {
  for (const permission of PERMISSIONS) expect(ROLES.some((role) => may(role, permission))).toBe(true);
  for (const { meta } of methods) expect(['public', 'session', ...PERMISSIONS]).toContain(meta.permission);
});
test('a change of who may call what is a change of this table', async () => {
  const table = methods
    .map(({ path, meta }) => `${path.padEnd(28)} ${meta.permission}${meta.mutates ? ' changes' : ''}`)
    .join('\n');
  await expect(`${table}\n`).toMatchFileSnapshot('../fixtures/permission-table.txt');
});
