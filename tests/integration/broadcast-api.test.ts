import { createRouterClient } from '@orpc/server';
import type { ContractRouterClient } from '@orpc/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LiveMessage } from '#contract/base.ts';
import type { Broadcast } from '#contract/broadcast.contract.ts';
import type { Contract } from '#contract/index.ts';
import type { Role } from '#domain/permissions.ts';
import { broadcastApi } from '#features/broadcast/broadcast.api.ts';
import { createSirenService } from '#features/broadcast/siren.service.ts';
import { createLocalOut } from '#native/audio/local-out.ts';
import { playerNames } from '#native/audio/local-players.ts';
import { rpc, type CallContext } from '#station/rpc.ts';
import { openBroadcastPark } from '#tests/fixtures/broadcast-park.ts';
import { startRtpReceiver, type RtpReceiver } from '#tests/peers/rtp-receiver.ts';

let park: ReturnType<typeof openBroadcastPark>;
let speaker: RtpReceiver;
let client: (role: Role) => ContractRouterClient<Contract>['broadcast'];
let end: () => Promise<void>;

beforeEach(async () => {
  speaker = await startRtpReceiver();
  const output = { kind: 'rtp', host: '127.0.0.1', port: speaker.port, codec: 'pcma', ttl: 1 } as const;
  park = openBroadcastPark({ zones: [{ id: 'north', placeId: 'park', output }] });
  const local = createLocalOut({
    commands: Object.fromEntries(playerNames.map((name) => [name, 'no-such-player'])),
  });
  const siren = createSirenService(park.ports, { local });
  park.ports.settings.define({
    key: 'session.idleLockSeconds',
    kind: 'number',
    defaultValue: 0,
    min: 0,
    max: 9999,
  });
  const router = rpc.router({ broadcast: broadcastApi(park.service, siren) } as never);
  client = (role) => {
    const session = {
      account: { id: role, username: role, name: role, role },
      locked: false,
      lastCommandMs: 0,
    };
    const gate = {
      sessions: { refresh: (one: unknown) => one },
      ports: park.ports,
      open: () => true,
      running: () => {},
    };
    const context = {
      connection: { id: role, transport: 'memory', session },
      gate,
    } as unknown as CallContext;
    return (createRouterClient(router as never, { context } as never) as ContractRouterClient<Contract>)
      .broadcast;
  };
  end = async () => {
    await siren.close();
    await park.close();
    await speaker.close();
  };
});
afterEach(() => end());

const speech = { kind: 'speech', text: '测试广播' } as const;

test('a console starts a broadcast and follows it to its end', async () => {
  const guard = client('guard');
  const follow = (await guard.live({})) as AsyncIterableIterator<LiveMessage<Broadcast>>;
  const rungs: string[] = [];
  const begun = await guard.start({ zoneIds: ['north'], source: speech, chime: false });
  for await (const message of follow) {
    const items =
      message.kind === 'snapshot' ? message.items : message.kind === 'delta' ? message.upsert : [];
    const mine = items.find(({ id }) => id === begun.id);
    if (mine) rungs.push(mine.receipts[0]?.rung ?? '');
    if (mine && mine.endedAtMs !== null) break;
  }
  expect(rungs.filter((rung, at) => rung !== rungs[at - 1]).slice(-2)).toEqual(['started', 'ended']);
  expect(speaker.packets.length).toBeGreaterThan(20);
  const page = await guard.list({ limit: 1 });
  expect(page.items.map(({ id, title }) => [id, title])).toEqual([[begun.id, '测试广播']]);
  expect((await guard.list({ cursor: page.nextCursor ?? '' })).items).toEqual([]);
});

test('who may do what', async () => {
  const start = { zoneIds: ['north'], source: speech };
  await expect(client('viewer').start(start)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(client('guard').start({ ...start, class: 'emergency_recorded' })).rejects.toMatchObject({
    code: 'FORBIDDEN',
    data: { params: { permission: 'broadcast.emergency' } },
  });
  const leader = client('shift_leader');
  const begun = await leader.start({ ...start, class: 'emergency_recorded', repeat: 20 });
  await client('guard').stop({ id: begun.id });
  expect(park.service.live.get(begun.id)?.receipts[0]?.rung).toBe('stopped');
  await expect(
    client('guard').importMessage({ title: 'x', fileName: 'x.wav', base64: '' }),
  ).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  await expect(leader.importMessage({ title: 'x', fileName: 'x.wav', base64: '' })).rejects.toMatchObject({
    code: 'INVALID',
    data: { reason: 'audio.not_audio', params: { file: 'x.wav' } },
  });
});

test('music comes back only after the explicit end of the emergency', async () => {
  const guard = client('guard');
  const music = await guard.start({
    zoneIds: ['north'],
    source: { kind: 'message', messageId: 'chime-in' },
    class: 'background',
    repeat: 20,
  });
  const emergency = await client('commander').start({
    zoneIds: ['north'],
    source: speech,
    class: 'emergency_recorded',
  });
  await guard.stop({ id: emergency.id });
  const receipt = () => park.service.live.get(music.id)?.receipts[0];
  expect(receipt()).toMatchObject({ rung: 'queued', reason: 'broadcast.higher' });
  expect(park.service.zonesLive.get('north')).toMatchObject({
    state: 'free',
    reason: 'broadcast.music_held',
  });
  await guard.resumeMusic({});
  expect(receipt()?.rung).toBe('accepted');
  expect(park.service.zonesLive.get('north')).toMatchObject({ state: 'playing', class: 'background' });
});

test('a sound test says why nothing is heard', async () => {
  expect(await client('guard').soundTest()).toMatchObject({ ok: false, reason: 'audio.no_player' });
  expect(park.health.get('sound')).toMatchObject({
    level: 'bad',
    code: 'failed',
    params: { reason: 'audio.no_player' },
  });
});

test('a preview is the sound that would be sent', async () => {
  const { wavBase64, engine, durationMs } = await client('guard').preview({ source: speech });
  expect(engine).toBe('espeak-ng');
  const soundMs = (Buffer.from(wavBase64, 'base64').length - 44) / 32;
  expect(Math.abs(soundMs - durationMs)).toBeLessThan(1);
  expect((await client('guard').messages()).map(({ id }) => id)).toContain('attention');
});
