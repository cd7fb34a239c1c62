import { setTimeout as delay } from 'node:timers/promises';
import { createRouterClient } from '@orpc/server';
import { isContractProcedure } from '@orpc/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { commonErrors, type MethodMeta } from '#contract/base.ts';
import { contract } from '#contract/index.ts';
import { may, type Role } from '#domain/permissions.ts';
import { silentLog, type Log } from '#station/log.ts';
import { nearValid } from '#tests/fixtures/near-valid.ts';
import { startTestStation, type TestStation } from '#tests/fixtures/station.ts';

/**
 * No input of any method breaks the station: each call answers, or is refused with a code of the contract and a reason.
 * Each method is called by a role that may call it, on the whole station.
 */
const ACCOUNTS: Partial<Record<Role, string>> = {
  shift_leader: 'leader',
  commander: 'commander',
  guard: 'guard',
  system_admin: 'admin',
  security_admin: 'security',
  audit_admin: 'audit',
};
/** Calls that hash passwords (argon2id), copy the database or start programs: fewer of them say as much. */
const COSTLY =
  /^(auth\.(setup|signIn|signOut|lock|unlock|changePassword|createAccount|updateAccount)|system\.(backupNow|verify)|broadcast\.(start|preview|soundTest|importMessage)|records\.exportCsv)/;
const RUNS = 60;
const COSTLY_RUNS = 12;
/** A call that waits for a device or plays something is not waited for; how it ended is looked at when the station stops. */
const PATIENCE_MS = 250;

const methods = Object.entries(contract).flatMap(([group, members]) =>
  Object.entries(members).map(([name, procedure]) => {
    if (!isContractProcedure(procedure)) throw new Error(`${group}.${name} is not a method`);
    const { meta, inputSchema } = procedure['~orpc'];
    return {
      path: `${group}.${name}`,
      permission: (meta as MethodMeta).permission,
      schema: inputSchema as z.ZodType | undefined,
      call: (client: unknown, input: unknown) =>
        (client as Record<string, Record<string, (given: unknown) => Promise<unknown>>>)[group]![name]!(
          input,
        ),
    };
  }),
);

let park: TestStation;
const tokens = new Map<string, string>();
const unanswered: { path: string; call: Promise<string> }[] = [];
/** Ids of things that exist, so that inputs reach behind the schemas. */
const KNOWN = [
  'fence-n07',
  'fence-controller',
  'meter-1',
  'cam-n07',
  'zone-north',
  'bz-north',
  'c-119',
  'cp-1',
  'park',
  'intrusion',
  'arm',
  'power',
  'backup.keep',
  'session.idleLockSeconds',
];

const admin = (username: string) => ({ username, name: username, password: `${username}-password` });
const name = { zh: '新' };
const VIEW = { name: '夜间', layout: '1x1', places: [{ cameraId: 'cam-n07' }] };
const PICTURE = {
  ...{ cameraId: 'cam-n07', takenAtMs: 1_000, shown: 'live', area: 'whole' },
  base64: Buffer.from([0xff, 0xd8, 0xff]).toString('base64'),
};
/** Inputs that come further than most that a schema alone suggests. */
const SAMPLES: Record<string, unknown[]> = {
  'auth.setup': [{ systemAdmin: admin('one'), securityAdmin: admin('two'), auditAdmin: admin('three') }],
  'auth.signIn': [{ username: 'guard', password: 'demo-guard' }],
  'site.put': [
    { collection: 'contacts', object: { id: 'c-1', name, role: name, phone: '1', group: 'tenant' } },
    {
      collection: 'cameras',
      object: { id: 'cam-2', name, placeId: 'park', mainUrl: 'rtsp://127.0.0.1:9/2' },
    },
    { collection: 'devices', object: { id: 'd-1', kind: 'other', name, placeId: 'b3', commands: ['arm'] } },
  ],
  'cameras.addMany': [
    { cameras: [{ camera: { id: 'cam-3', name, placeId: 'park', mainUrl: 'rtsp://127.0.0.1:9/3' } }] },
  ],
  'cameras.trust': [{ host: '127.0.0.1', port: 9, sha256: 'ab'.repeat(32) }],
  'site.remove': [{ collection: 'contacts', id: 'c-119' }],
  'auth.updateAccount': [{ id: '0197f000-0000-7000-8000-0000000000aa', name: 'x' }],
  'records.search': [{ text: '入侵' }, { text: '"a" OR *', cursor: 'x' }],
  'devices.command': [{ deviceId: 'fence-controller', command: 'arm' }],
  'perimeter.arm': [{ zoneId: 'zone-north', armed: true }],
  'runs.start': [{ planId: 'intrusion', drill: true }],
  'broadcast.start': [{ zoneIds: ['bz-north'], source: { kind: 'speech', text: '测试' } }],
  'tours.saveRoute': [{ route: { name, groups: [{ cameraIds: ['cam-n07'] }], times: ['08:00'] } }],
  'views.save': [{ view: VIEW }],
  'views.share': [{ view: VIEW }],
  'views.arrange': [{ ids: ['0197f000-0000-7000-8000-0000000000aa'] }],
  'pictures.keep': [PICTURE],
  'pictures.report': [{ type: 'fire.smoke', picture: PICTURE }],
  'recording.days': [{ cameraIds: ['cam-n07'], dayStartsMs: [0, 86_400_000] }],
  'evidence.start': [{ cameraIds: ['cam-n07'], fromMs: 0, toMs: 1000, reason: '调查' }],
  'system.putSetting': [{ key: 'backup.keep', value: 3 }],
};

/** What the station itself said about calls that it could not answer. */
const errors: string[] = [];
const log: Log = { ...silentLog, error: (what, more) => void errors.push(`${what} ${JSON.stringify(more)}`) };
beforeAll(async () => {
  park = await startTestStation({ log });
});
afterAll(() => park.end());

/** A client of a role on a connection of its own; signs in again when an earlier call has ended the session. */
async function clientOf(role: Role): Promise<unknown> {
  const username = ACCOUNTS[role]!;
  const connection = park.station.connect('memory');
  const client = createRouterClient(park.station.router as never, {
    context: park.station.context(connection) as never,
  }) as unknown as Awaited<ReturnType<TestStation['client']>>;
  const token = tokens.get(username);
  if (!token || !park.station.authenticate(connection, token) || connection.session?.locked) {
    const session = await client.auth.signIn({ username, password: `demo-${username}` });
    tokens.set(username, session.token);
  }
  return client;
}

/** Reads what a method answered to its end; a live collection, which has none, for one message. */
async function drain(answer: unknown, path: string): Promise<void> {
  if (typeof answer !== 'object' || answer === null || !(Symbol.asyncIterator in answer)) return;
  const iterator = answer as AsyncIterableIterator<unknown>;
  const live = path !== 'records.exportCsv';
  for (;;) {
    const { done } = await iterator.next();
    if (done) return;
    if (live) return void (await iterator.return?.());
  }
}

/** What is wrong with how a call ended: nothing (empty), or words for a person. */
function complaint(error: unknown): string {
  const { code, data } = error as { code?: string; data?: { reason?: unknown } };
  if (code === undefined || !(code in commonErrors)) return `no error of the contract: ${String(error)}`;
  if (code === 'FAILED') return `failed: ${JSON.stringify(data)}; the log: ${errors.at(-1)}`;
  const reason = data?.reason;
  return typeof reason === 'string' && reason !== '' ? '' : `refused without a reason: ${code}`;
}

describe.each(methods)('$path', ({ path, permission, schema, call }) => {
  const role = (Object.keys(ACCOUNTS) as Role[]).find(
    (one) => permission === 'public' || permission === 'session' || may(one, permission),
  )!;
  test('takes or refuses every input, with a reason', async () => {
    let understood = 0;
    const property = fc.asyncProperty(nearValid(schema, KNOWN, SAMPLES[path]), async (input) => {
      const client = await clientOf(role);
      const ended = (async () => drain(await call(client, input), path))().then(
        () => {
          understood += 1;
          return '';
        },
        (error: unknown) => {
          if ((error as { data?: { reason?: string } }).data?.reason !== 'input') understood += 1;
          return complaint(error);
        },
      );
      const late = delay(PATIENCE_MS, undefined);
      const answer = await Promise.race([ended, late]);
      if (answer === undefined) {
        understood += 1;
        unanswered.push({ path, call: ended });
      } else if (answer !== '') throw new Error(answer);
    });
    // Else the fuzzing would stop at the schema.
    const fitting = fc.sample(nearValid(schema, KNOWN, SAMPLES[path]), { numRuns: 2000 });
    const examples = fitting.filter((input) => schema?.safeParse(input).success ?? true).slice(0, 5);
    await fc.assert(property, {
      numRuns: COSTLY.test(path) ? COSTLY_RUNS : RUNS,
      examples: examples.map((input) => [input] as [unknown]),
    });
    expect(understood, 'inputs that came behind the schema: an entry in SAMPLES would').toBeGreaterThan(0);
  }, 60_000);
});

test('the station answers as before, and what it was still doing ends with a reason too', async () => {
  const client = (await clientOf('guard')) as Awaited<ReturnType<TestStation['client']>>;
  expect(await client.auth.hello()).toMatchObject({ site: { id: 'test' } });
  expect((await client.site.get()).site.id).toBe('test');
  const audit = (await clientOf('audit_admin')) as typeof client;
  expect((await audit.system.verify()).problems).toEqual([]);
  await park.station.stop();
  const ends = await Promise.all(unanswered.map(async ({ path, call }) => ({ path, complaint: await call })));
  expect(ends.filter(({ complaint: text }) => text !== '')).toEqual([]);
}, 30_000);
