import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Broadcast } from '#contract/broadcast.contract.ts';
import { wavBytes } from '#native/audio/wav.ts';
import { guard, leader, openBroadcastPark, type ZonePlan } from '#tests/fixtures/broadcast-park.ts';
import {
  continuity,
  decodeG711,
  loudness,
  startRtpReceiver,
  toneShare,
  type RtpReceiver,
} from '#tests/peers/rtp-receiver.ts';

type Park = ReturnType<typeof openBroadcastPark>;
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function receiver(): Promise<RtpReceiver> {
  const made = await startRtpReceiver();
  ends.push(() => made.close());
  return made;
}
const rtpZone = (id: string, { port }: { port: number }, placeId = 'park'): ZonePlan => ({
  id,
  placeId,
  output: { kind: 'rtp', host: '127.0.0.1', port, codec: 'pcma', ttl: 1 },
});
function park(zones: ZonePlan[], more: Partial<Parameters<typeof openBroadcastPark>[0]> = {}): Park {
  const made = openBroadcastPark({ zones, ...more });
  ends.push(() => made.close());
  return made;
}
/** Resolves when a broadcast has come so far. */
function until(made: Park, id: string, holds: (one: Broadcast) => boolean): Promise<Broadcast> {
  return new Promise((resolve) => {
    const look = () => {
      const one = made.service.live.get(id);
      if (!one || !holds(one)) return;
      stop();
      resolve(one);
    };
    const stop = made.ports.bus.on('broadcast.changed', look);
    look();
  });
}
const rung = (one: Broadcast, zoneId: string) => {
  const receipt = one.receipts.find((each) => each.zoneId === zoneId);
  return receipt && [receipt.rung, receipt.reason].filter(Boolean).join(' ');
};
const ended = (one: Broadcast) => one.endedAtMs !== null;

const spoken = (text: string) => ({ kind: 'speech', text }) as const;
/** One key, two requests: the second is refused and nothing is said twice. */
test('a start is done once per key', async () => {
  const speaker = await receiver();
  const made = park([rtpZone('north', speaker)]);
  const input = {
    zoneIds: ['north'],
    source: { kind: 'message', messageId: 'chime-in' },
    ...manual,
  } as const;
  const start = () =>
    made.service.start(guard, { ...input, zoneIds: ['north'], idempotencyKey: 'key-12345678' });
  await until(made, (await start()).id, ended);
  await expect(start()).rejects.toMatchObject({ code: 'CONFLICT', reason: 'broadcast.already_done' });
  expect(made.service.list(undefined, 10)).toHaveLength(1);
});

const manual = { class: 'manual', repeat: 1, chime: false } as const;
const emergency = { class: 'emergency_recorded', repeat: 1, chime: false } as const;

/** A recording of one tone in the library. */
async function tone(made: Park, hz: number, ms: number): Promise<string> {
  const samples = Int16Array.from(
    { length: ms * 16 },
    (_, n) => 16_000 * Math.sin((2 * Math.PI * hz * n) / 16_000),
  );
  const base64 = Buffer.from(wavBytes({ samples, rateHz: 16_000 })).toString('base64');
  return (await made.service.messages.import(leader, { title: `${hz} Hz`, fileName: `${hz}.wav`, base64 }))
    .id;
}

test('a text is spoken, sent and heard; every rung is on record and the chain holds', async () => {
  const speaker = await receiver();
  const made = park([rtpZone('north', speaker)]);
  const rungs: string[] = [];
  made.ports.bus.on('broadcast.changed', (one) => rungs.push(rung(one, 'north') ?? ''));
  const source = spoken('请注意，三号楼发生火警。');
  const begun = await made.service.start(guard, { zoneIds: ['north'], source, ...manual });
  expect(begun).toMatchObject({ title: source.text, startedBy: 'guard', drill: false, endedAtMs: null });
  const done = await until(made, begun.id, ended);
  await speaker.untilQuiet();

  expect(rungs).toEqual(['accepted', 'started', 'ended']);
  expect(done.endedAtMs).toBeGreaterThanOrEqual(done.requestedAtMs);
  const sound = decodeG711(speaker.packets);
  expect(sound.length / 8000).toBeGreaterThan(1.5);
  expect(loudness(sound)).toBeGreaterThan(0.03);
  expect(continuity(speaker.packets)).toEqual({ lost: 0, disorder: 0 });
  expect(made.service.list(undefined, 10)).toEqual([done]);
  expect(made.service.verify()).toEqual({ ok: true, checked: 3, problems: [] });
  expect(() => made.ports.db.exec(`UPDATE broadcast_receipt SET rung = 'failed'`)).toThrow(/append-only/);
});

test('an emergency takes the zone: the speaker hears the other sound, the other zone plays on', async () => {
  const [north, south] = [await receiver(), await receiver()];
  const made = park([rtpZone('north', north), rtpZone('south', south)]);
  const [low, high] = [await tone(made, 440, 3000), await tone(made, 1500, 600)];
  const zoneIds = ['north', 'south'];
  const first = await made.service.start(guard, {
    zoneIds,
    source: { kind: 'message', messageId: low },
    ...manual,
  });
  await until(made, first.id, (one) => rung(one, 'north') === 'started' && rung(one, 'south') === 'started');
  const second = await made.service.start(leader, {
    zoneIds: ['south'],
    source: { kind: 'message', messageId: high },
    ...emergency,
  });
  expect(made.service.zonesLive.get('south')).toMatchObject({
    state: 'playing',
    class: 'emergency_recorded',
  });
  const [one, two] = [await until(made, first.id, ended), await until(made, second.id, ended)];
  expect([rung(one, 'north'), rung(one, 'south')]).toEqual(['ended', 'preempted broadcast.higher']);
  expect(rung(two, 'south')).toBe('ended');

  const ssrcs = [...new Set(south.packets.map((packet) => packet.ssrc))];
  expect(ssrcs).toHaveLength(2);
  const bySource = (ssrc: number | undefined) => south.packets.filter((packet) => packet.ssrc === ssrc);
  // One after the other, never both: the emergency's packets are one block at the end.
  expect(south.packets.slice(-bySource(ssrcs[1]).length).every((packet) => packet.ssrc === ssrcs[1])).toBe(
    true,
  );
  expect(toneShare(decodeG711(bySource(ssrcs[0])), 440)).toBeGreaterThan(0.9);
  expect(toneShare(decodeG711(bySource(ssrcs[1]).slice(0, 30)), 1500)).toBeGreaterThan(0.9);
  expect(new Set(north.packets.map((packet) => packet.ssrc)).size).toBe(1);
  expect(north.packets).toHaveLength(150);
});

test('equals wait for each other, and a stop silences at once and lets the next one play', async () => {
  const speaker = await receiver();
  const made = park([rtpZone('north', speaker)]);
  const [long, short] = [await tone(made, 440, 20_000), await tone(made, 1500, 300)];
  const start = (messageId: string) =>
    made.service.start(guard, { zoneIds: ['north'], source: { kind: 'message', messageId }, ...manual });
  const first = await start(long);
  const second = await start(short);
  expect(rung(second, 'north')).toBe('queued');
  await until(made, first.id, (one) => rung(one, 'north') === 'started');
  made.service.stop(guard, first.id);
  const firstSsrc = speaker.packets[0]?.ssrc;
  const [one, two] = [await until(made, first.id, ended), await until(made, second.id, ended)];
  expect([rung(one, 'north'), rung(two, 'north')]).toEqual(['stopped', 'ended']);
  await speaker.untilQuiet();
  expect(speaker.packets.filter((packet) => packet.ssrc === firstSsrc).length).toBeLessThan(900);
  expect(speaker.packets.at(-1)?.ssrc).not.toBe(firstSsrc);
  expect(() => made.service.stop(guard, first.id)).not.toThrow();
  expect(() => made.service.stop(guard, made.ports.newId())).toThrow(/broadcast\.unknown/);
});

test('a confirmed fire takes its building: silence there, nothing starts, other zones go on; a drill and a single smoke detector take nothing', async () => {
  const [inB3, inB5] = [await receiver(), await receiver()];
  const made = park([rtpZone('b3', inB3, 'b3-f2'), rtpZone('b5', inB5, 'b5')]);
  const message = await tone(made, 440, 1500);
  const start = () =>
    made.service.start(leader, {
      zoneIds: ['b3', 'b5'],
      source: { kind: 'message', messageId: message },
      ...emergency,
    });
  const fire = { id: 'f', type: 'fire.confirmed', placeId: 'b3' };
  made.alarm({ id: 's', type: 'fire.smoke', active: true, placeId: 'b3' });
  made.alarm({ id: 'd', type: 'fire.confirmed', active: true, placeId: 'b3', drill: true });
  const first = await start();
  await until(made, first.id, (one) => rung(one, 'b3') === 'started' && rung(one, 'b5') === 'started');
  made.alarm({ ...fire, active: true });
  expect(made.service.zonesLive.get('b3')).toMatchObject({
    state: 'fire',
    class: 'fire',
    reason: 'broadcast.fire',
  });
  const done = await until(made, first.id, ended);
  expect([rung(done, 'b3'), rung(done, 'b5')]).toEqual(['preempted broadcast.fire', 'ended']);

  const heardInB3 = inB3.packets.length;
  const second = await until(made, (await start()).id, ended);
  expect([rung(second, 'b3'), rung(second, 'b5')]).toEqual(['preempted broadcast.fire', 'ended']);
  expect(inB3.packets).toHaveLength(heardInB3);
  made.alarm({ ...fire, active: false });
  const third = await until(made, (await start()).id, ended);
  expect(rung(third, 'b3')).toBe('ended');
});

test('a zone without a speaker fails by itself, is told on the bus, and is well again when it works', async () => {
  const gone = await startRtpReceiver();
  const port = gone.port;
  await gone.close();
  const here = await receiver();
  const made = park([
    rtpZone('gone', { port }),
    rtpZone('here', here),
    { id: 'desk', placeId: 'park', output: { kind: 'local' } },
  ]);
  const told: string[] = [];
  made.ports.bus.on('zone.failed', ({ zoneId, reason }) => told.push(`${zoneId} ${reason}`));
  made.ports.bus.on('zone.ok', ({ zoneId }) => told.push(`${zoneId} ok`));
  const messageId = await tone(made, 440, 2600);
  const start = (zoneIds: string[]) =>
    made.service.start(guard, { zoneIds, source: { kind: 'message', messageId }, ...manual });
  const done = await until(made, (await start(['gone', 'here', 'desk'])).id, ended);
  expect(['gone', 'here', 'desk'].map((id) => rung(done, id))).toEqual([
    'failed audio.refused',
    'ended',
    'failed audio.no_player',
  ]);
  expect(told.sort()).toEqual(['desk audio.no_player', 'gone audio.refused']);
  expect(made.service.zonesLive.get('gone')).toMatchObject({ state: 'fault', reason: 'audio.refused' });
  expect(made.health.get('broadcast')).toMatchObject({
    level: 'warn',
    code: 'fault',
    params: { zones: 2, total: 3 },
  });

  const back = await startRtpReceiver({ port });
  ends.push(() => back.close());
  const again = await start(['gone']);
  await until(made, again.id, (one) => rung(one, 'gone') === 'started');
  expect(told.at(-1)).toBe('gone ok');
  expect(made.service.zonesLive.get('gone')?.state).toBe('playing');
});

test('what a dead station left open is closed as interrupted; what it had ended stays as it was', async () => {
  const speaker = await receiver();
  const dataDir = mkdtempSync(path.join(tmpdir(), 'guardroom-broadcast-'));
  ends.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const before = openBroadcastPark({ zones: [rtpZone('north', speaker)], dataDir });
  const [short, long] = [await tone(before, 440, 200), await tone(before, 440, 30_000)];
  const start = (messageId: string) =>
    before.service.start(guard, { zoneIds: ['north'], source: { kind: 'message', messageId }, ...manual });
  const complete = await until(before, (await start(short)).id, ended);
  const playing = await start(long);
  const queued = await start(short);
  await until(before, playing.id, (one) => rung(one, 'north') === 'started');
  before.crash();
  // The process is gone in life; here its sender has to be ended by hand.
  await before.service.close().catch(() => undefined);

  const after = park([rtpZone('north', speaker)], { dataDir });
  const listed = after.service.list(undefined, 10);
  expect(listed.map((one) => [one.id, rung(one, 'north')])).toEqual([
    [queued.id, 'failed broadcast.interrupted'],
    [playing.id, 'failed broadcast.interrupted'],
    [complete.id, 'ended'],
  ]);
  expect(listed.every(ended)).toBe(true);
  expect(after.service.live.get(playing.id)).toEqual(listed[1]);
  expect(after.service.zonesLive.get('north')?.state).toBe('free');
  expect(after.service.verify().ok).toBe(true);
});

test('a plan announces through the gate and hears how it went; a drill never reaches a speaker', async () => {
  const speaker = await receiver();
  const made = park([rtpZone('north', speaker)], { drillRuns: ['drill-run'] });
  const action = {
    type: 'announce',
    zoneIds: ['north'],
    source: spoken('Gas leak, move upwind.'),
    class: 'emergency_recorded',
    repeat: 1,
  } as const;
  const request = { action: { ...action, zoneIds: ['north'] }, drill: false, alarmId: null, actor: leader };
  const drill = await made.effects.execute({ ...request, runId: 'drill-run', idempotencyKey: 'drill' });
  expect(drill).toEqual({ rung: 'simulated', reason: null });
  expect(made.service.list(undefined, 10)).toEqual([]);
  expect(speaker.packets).toEqual([]);

  const rungs: string[] = [];
  const real = await made.effects.execute(
    { ...request, runId: 'real-run', idempotencyKey: 'real' },
    (receipt) => {
      if (rungs.at(-1) !== receipt.rung) rungs.push(receipt.rung);
    },
  );
  expect(real).toEqual({ rung: 'ended', reason: null });
  expect(rungs).toEqual(['accepted', 'started', 'ended']);
  const [record] = made.service.list(undefined, 10);
  expect(record).toMatchObject({ runId: 'real-run', class: 'emergency_recorded', startedBy: 'leader' });
  // Attention tone of nine seconds before the voice.
  expect(toneShare(decodeG711(speaker.packets.slice(0, 24)), 970)).toBeGreaterThan(0.3);
  expect(speaker.packets.length).toBeGreaterThan(450 + 50);
  const unknown = {
    ...request,
    action: { ...action, zoneIds: ['nowhere'] },
    runId: 'real-run',
    idempotencyKey: 'no',
  };
  expect(await made.effects.execute(unknown)).toEqual({ rung: 'failed', reason: 'broadcast.unknown_zone' });
});

test('refusals name what is wrong', async () => {
  const speaker = await receiver();
  const made = park([rtpZone('north', speaker)]);
  const start = (more: object) =>
    made.service.start(guard, { zoneIds: ['north'], source: spoken('test'), ...manual, ...more });
  await expect(start({ zoneIds: ['north', 'moon'] })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    reason: 'broadcast.unknown_zone',
    params: { zones: ['moon'] },
  });
  await expect(start({ class: 'emergency_recorded' })).rejects.toMatchObject({
    code: 'FORBIDDEN',
    reason: 'permission',
  });
  await expect(start({ source: spoken('……') })).rejects.toMatchObject({
    code: 'INVALID',
    reason: 'audio.text_empty',
  });
  await expect(start({ source: { kind: 'message', messageId: 'x' } })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    reason: 'broadcast.unknown_message',
  });
  const mute = park([rtpZone('north', speaker)], { deps: { speechCommands: { 'espeak-ng': 'none' } } });
  await expect(
    mute.service.start(guard, { zoneIds: ['north'], source: spoken('test'), ...manual }),
  ).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'audio.no_speech_engine' });
  const nobody = { ...guard, role: 'viewer' } as const;
  await expect(
    made.service.start(nobody, { zoneIds: ['north'], source: spoken('test'), ...manual }),
  ).rejects.toMatchObject({ code: 'FORBIDDEN', reason: 'effect.denied' });
  expect(made.service.list(undefined, 10)).toEqual([]);
  expect(speaker.packets).toEqual([]);
});

test('the library takes sound files, refuses others, and keeps what is being broadcast', async () => {
  const speaker = await receiver();
  const made = park([rtpZone('north', speaker)]);
  const messages = () => made.service.messages.list();
  expect((await messages()).filter((message) => message.builtIn).map(({ id }) => id)).toEqual([
    'attention',
    'chime-in',
    'test-tone',
  ]);
  const wrong = {
    title: 'x',
    fileName: '../../etc/x.mp3',
    base64: Buffer.from('no song').toString('base64'),
  };
  await expect(made.service.messages.import(leader, wrong)).rejects.toMatchObject({
    code: 'INVALID',
    reason: 'audio.not_audio',
  });
  const id = await tone(made, 440, 5000);
  expect((await messages()).find((message) => message.id === id)).toMatchObject({
    durationMs: 5000,
    builtIn: false,
  });
  const preview = await made.service.preview({ kind: 'message', messageId: id });
  expect(preview).toMatchObject({ durationMs: 5000, engine: 'recording' });
  expect(Buffer.from(preview.wavBase64, 'base64').toString('latin1', 0, 4)).toBe('RIFF');

  const source = { kind: 'message', messageId: id } as const;
  const begun = await made.service.start(guard, { zoneIds: ['north'], source, ...manual });
  expect(() => made.service.messages.delete(leader, id)).toThrow(/message_in_use/);
  expect(() => made.service.messages.delete(leader, 'attention')).toThrow(/message_built_in/);
  made.service.stop(guard, begun.id);
  made.service.messages.delete(leader, id);
  expect((await messages()).some((message) => message.id === id)).toBe(false);
  expect(readdirSync(path.join(made.dataDir, 'messages'))).toEqual([]);
  expect(made.service.list(undefined, 1)[0]?.title).toBe('440 Hz');
});

test('an edit of the site silences a zone that is gone', async () => {
  const speaker = await receiver();
  const made = park([rtpZone('north', speaker), rtpZone('south', speaker)]);
  const messageId = await tone(made, 440, 20_000);
  const begun = await made.service.start(guard, {
    zoneIds: ['north'],
    source: { kind: 'message', messageId },
    ...manual,
  });
  await until(made, begun.id, (one) => rung(one, 'north') === 'started');
  made.changeSite([rtpZone('south', speaker)]);
  expect(rung(await until(made, begun.id, ended), 'north')).toBe('stopped');
  await speaker.untilQuiet();
  expect(speaker.packets.length).toBeLessThan(900);
  expect(made.service.zonesLive.values().map(({ id }) => id)).toEqual(['south']);
});
