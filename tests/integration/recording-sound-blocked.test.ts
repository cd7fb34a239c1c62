import { afterEach, describe, expect, it } from 'vitest';
import { MEDIA_HEADER_BYTES, readMediaHeader, type MediaHeader } from '#contract/media-wire.ts';
import { g711Track, parseAacConfig } from '#native/ffmpeg/aac-config.ts';
import type { AudioTrack } from '#native/ffmpeg/media.ts';
import { STATION_ACTOR, type MediaOutlet } from '#station/ports.ts';
import { openDesk, type Desk } from '#tests/fixtures/recording-desk.ts';
import { madeFrames, madeTrack } from '#tests/fixtures/recorded-frames.ts';
import { LEADER } from '#tests/fixtures/response-kernel.ts';

/** Sound at the edges of what is blocked for privacy: packets last up to half a second and come before or after their pictures. */
const AAC = parseAacConfig(Buffer.from('1408', 'hex'))!;
const SECONDS = 40;
let desk: Desk;
afterEach(async () => {
  await desk.end();
  expect(desk.errors).toEqual([]);
});

/** Every packet says when it was heard, so that it is found wherever it goes. */
const label = (wallMs: number) => Buffer.from(`<${Math.round(wallMs)}>`);

/** @param behindMs how much later than its picture sound comes */
async function recorded(audio: AudioTrack, behindMs: number): Promise<number> {
  desk = await openDesk();
  const about = { id: 'cam', name: { zh: 'cam', en: 'cam' }, placeId: 'park', mainUrl: 'rtsp://127.0.0.1/x' };
  const camera = { ...about, sound: 'record', recording: { mode: 'continuous', stream: 'main' } };
  desk.kernel.site.put(STATION_ACTOR, 'cameras', camera as never);
  await desk.start();
  const stream = desk.stream('cam');
  expect(stream.listeners).toBe(1);
  stream.begin({ ...madeTrack(), audio });
  const startMs = desk.clock.nowMs();
  const packetMs = audio.codec === 'aac' ? 64 : 20;
  let heardMs = Math.max(0, -behindMs);
  for (const frame of madeFrames({ startMs, seconds: SECONDS })) {
    desk.clock.advance(Math.max(0, frame.receivedAtMs - desk.clock.nowMs()));
    stream.send(frame);
    for (; heardMs + packetMs <= frame.ticks / 90 - behindMs; heardMs += packetMs) {
      const data = audio.codec === 'aac' ? label(startMs + heardMs) : Buffer.alloc(160, heardMs % 251);
      stream.hear({ data, receivedAtMs: frame.receivedAtMs, ticks: Math.round(heardMs * 90) });
    }
    if (frame.key) await desk.settle();
  }
  desk.clock.advance(2_000);
  await desk.settle();
  return startMs;
}

/** What a console that listens is sent from the beginning to the end. */
async function replayed(fromMs: number, withBlocked: boolean) {
  const sounds: { header: MediaHeader; data: Buffer }[] = [];
  const outlet: MediaOutlet = {
    unsentBytes: 0,
    sendNotice: () => undefined,
    sendBytes(bytes) {
      const header = readMediaHeader(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
      if (header.sound) sounds.push({ header, data: Buffer.from(bytes.subarray(MEDIA_HEADER_BYTES)) });
    },
  };
  const request = { type: 'replay', sub: 1, jump: 1, cameraId: 'cam', atMs: fromMs, speed: 1 } as const;
  const tile = desk.recording.openReplay(request, outlet, withBlocked)!;
  tile.listen(true);
  for (let second = 0; second < SECONDS; second += 1) {
    await tile.rested();
    desk.clock.advance(1_000);
  }
  await tile.rested();
  tile.close();
  desk.clock.advance(1_000);
  await tile.ended;
  return sounds;
}
async function exported(fromMs: number, toMs: number, withBlocked = false): Promise<string> {
  const all: Buffer[] = [];
  for await (const { data } of desk.recording.recordings.readParts('cam', 'main', fromMs, toMs, {
    withBlocked,
  }))
    all.push(data);
  return Buffer.concat(all).toString('latin1');
}
const labels = (text: string) => [...text.matchAll(/<(\d{13})>/g)].map(([, at]) => Number(at));

/** In the middle of a part, and with the beginning and the end of one. */
const BLOCKS = [
  [10_300, 20_450],
  [12_000, 20_000],
  [14_010, 14_060],
];

describe.each([0, 400, -400])('sound that comes %d ms behind its picture', (behindMs) => {
  it.each(BLOCKS)('AAC, blocked from %d to %d ms: nothing of it is sent or exported', async (from, to) => {
    const startMs = await recorded(AAC, behindMs);
    const block = { fromMs: startMs + from!, toMs: startMs + to! };
    desk.recording.holds.addBlock(LEADER, { cameraIds: ['cam'], ...block, reason: '隐私' });
    const isBlocked = (at: number) => at < block.toMs && at + 64 > block.fromMs;

    const toGuard = (await replayed(startMs, false)).map(({ data }) => labels(data.toString())[0]!);
    expect(toGuard.length).toBeGreaterThan(100);
    expect(toGuard.filter(isBlocked)).toEqual([]);
    const toLeader = (await replayed(startMs, true)).map(({ data }) => labels(data.toString())[0]!);
    expect(toLeader.filter(isBlocked).length).toBeGreaterThan(0);

    const endMs = startMs + SECONDS * 1_000;
    const whole = labels(await exported(startMs, endMs, true));
    expect(whole.filter(isBlocked).length).toBeGreaterThan(0);
    const cut = labels(await exported(startMs, endMs));
    expect(cut.length).toBeGreaterThan(100);
    expect(cut.filter(isBlocked)).toEqual([]);
    // An export that begins with what was blocked, or right after it.
    expect(labels(await exported(block.fromMs + 5, endMs)).filter(isBlocked)).toEqual([]);
    expect(labels(await exported(block.toMs, endMs)).filter(isBlocked)).toEqual([]);
  });

  it('G.711, whose packets in a file are long: none that reaches into what is blocked', async () => {
    const startMs = await recorded(g711Track('pcma'), behindMs);
    const open = await replayed(startMs, true);
    const starts = open.map(({ header }) => header.receivedAtMs);
    expect(Math.max(...starts.slice(1).map((at, index) => at - starts[index]!))).toBeGreaterThan(300);
    const block = { fromMs: startMs + 10_300, toMs: startMs + 20_450 };
    desk.recording.holds.addBlock(LEADER, { cameraIds: ['cam'], ...block, reason: '隐私' });
    const sent = (await replayed(startMs, false)).map(({ header }) => header.receivedAtMs);
    expect(sent.length).toBeGreaterThan(20);
    const endOf = (at: number) => starts.find((one) => one > at) ?? Infinity;
    expect(sent.filter((at) => at < block.toMs && endOf(at) > block.fromMs + 1)).toEqual([]);
  });
});
