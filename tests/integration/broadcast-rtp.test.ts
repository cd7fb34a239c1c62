import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { encodeSound } from '#native/audio/encode.ts';
import { ffmpegCandidates } from '#native/ffmpeg/binary.ts';
import { createRtpOut, type PlaybackEvent, type RtpOut } from '#native/audio/rtp-out.ts';
import type { SoundProgramme } from '#native/audio/programme.ts';
import type { RtpTarget } from '#native/audio/rtp-socket.ts';
import { wavBytes } from '#native/audio/wav.ts';
import {
  continuity,
  decodeG711,
  loudness,
  startRtpReceiver,
  timestampSteps,
  toneShare,
  type RtpReceiver,
} from '#tests/peers/rtp-receiver.ts';

let folder = '';
const tone = (hz: number) => path.join(folder, `${hz}.wav`);
const once = (...files: string[]): SoundProgramme => ({
  lead: [],
  body: files.map((file) => ({ file, gapMs: 0 })),
  rounds: 1,
  tail: [],
});

async function writeTone(hz: number, ms: number): Promise<void> {
  const samples = Int16Array.from(
    { length: ms * 16 },
    (_, n) => 16_000 * Math.sin((2 * Math.PI * hz * n) / 16_000),
  );
  await writeFile(tone(hz), wavBytes({ samples, rateHz: 16_000 }));
}

/** Events as they come, and a way to wait for one. */
function eventLog() {
  const seen: string[] = [];
  const waiting: { line: string; resolve: () => void }[] = [];
  return {
    seen,
    on(event: PlaybackEvent) {
      const extra = event.type === 'failed' ? ` ${event.error.code}` : '';
      seen.push(`${event.targetId} ${event.type}${extra}`);
      for (const waiter of waiting) if (seen.includes(waiter.line)) waiter.resolve();
    },
    until: (line: string) =>
      new Promise<void>((resolve) => {
        if (seen.includes(line)) resolve();
        else waiting.push({ line, resolve });
      }),
  };
}

describe('RTP out, heard by an independent receiver', () => {
  let out: RtpOut;
  const receivers: RtpReceiver[] = [];
  const listen = async () => {
    const receiver = await startRtpReceiver();
    receivers.push(receiver);
    return receiver;
  };
  const target = (id: string, receiver: { port: number }, more: Partial<RtpTarget> = {}): RtpTarget => ({
    id,
    host: '127.0.0.1',
    port: receiver.port,
    codec: 'pcma',
    ...more,
  });

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'guardroom-rtp-'));
    await Promise.all([writeTone(1000, 1000), writeTone(440, 600), writeTone(2000, 600)]);
    out = createRtpOut({ ffmpegPath: () => 'ffmpeg' });
  });
  afterEach(async () => {
    await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
  });
  afterAll(async () => {
    await out.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    ['pcma', 8],
    ['pcmu', 0],
  ] as const)(
    'sends %s without a gap, one packet per 20 ms, and the tone is in it',
    async (codec, payloadType) => {
      const receiver = await listen();
      const log = eventLog();
      await out.play(once(tone(1000)), [target('north', receiver, { codec })], log.on).finished;
      await receiver.untilQuiet();

      const { packets } = receiver;
      expect(log.seen).toEqual(['north started', 'north ended']);
      expect(packets).toHaveLength(50);
      expect(continuity(packets)).toEqual({ lost: 0, disorder: 0 });
      expect(timestampSteps(packets)).toEqual([160]);
      expect(new Set(packets.map((packet) => packet.payload.length))).toEqual(new Set([160]));
      expect(new Set(packets.map((packet) => packet.ssrc)).size).toBe(1);
      expect(new Set(packets.map((packet) => `${packet.version} ${packet.payloadType}`))).toEqual(
        new Set([`2 ${payloadType}`]),
      );
      expect(packets.filter((packet) => packet.marker)).toEqual([packets[0]]);
      const sound = decodeG711(packets);
      expect(toneShare(sound, 1000)).toBeGreaterThan(0.9);
      expect(toneShare(sound, 440)).toBeLessThan(0.05);
      expect(loudness(sound)).toBeGreaterThan(0.2);
    },
  );

  it('plays chime, message twice and closing chime in order, with silence between', async () => {
    const receiver = await listen();
    const programme: SoundProgramme = {
      lead: [{ file: tone(2000), gapMs: 200 }],
      body: [{ file: tone(1000), gapMs: 100 }],
      rounds: 2,
      tail: [{ file: tone(440), gapMs: 0 }],
    };
    await out.play(programme, [target('north', receiver)], () => undefined).finished;
    await receiver.untilQuiet();
    const { packets } = receiver;
    const part = (from: number, count: number) => decodeG711(packets.slice(from, from + count));
    expect(packets).toHaveLength(30 + 10 + 50 + 5 + 50 + 5 + 30);
    expect(timestampSteps(packets)).toEqual([160]);
    expect(toneShare(part(2, 26), 2000)).toBeGreaterThan(0.9);
    expect(loudness(part(31, 8))).toBeLessThan(0.001);
    expect(toneShare(part(42, 46), 1000)).toBeGreaterThan(0.9);
    expect(loudness(part(91, 3))).toBeLessThan(0.001);
    expect(toneShare(part(97, 46), 1000)).toBeGreaterThan(0.9);
    expect(toneShare(part(152, 26), 440)).toBeGreaterThan(0.9);
  });

  it('keeps zones in step and lets go of one without touching the other', async () => {
    const [north, south] = [await listen(), await listen()];
    const log = eventLog();
    const endless: SoundProgramme = { ...once(tone(1000)), rounds: 'until_stopped' };
    const playback = out.play(endless, [target('north', north), target('south', south)], log.on);
    await log.until('south started');
    await log.until('north started');
    await south.until((packets) => packets.length >= 10);
    // In step: sent by the same turn of one loop, so that neighbouring halls give no echo.
    expect(Math.abs(north.packets.length - south.packets.length)).toBeLessThanOrEqual(3);
    playback.stop(['south']);
    await south.untilQuiet();
    const [northThen, southThen] = [north.packets.length, south.packets.length];
    await north.until((packets) => packets.length > northThen + 60);
    expect(south.packets).toHaveLength(southThen);
    // Longer than the file: it went round without a gap.
    expect(continuity(north.packets)).toEqual({ lost: 0, disorder: 0 });
    expect(timestampSteps(north.packets)).toEqual([160]);
    playback.stop();
    await playback.finished;
    expect(log.seen).not.toContain('north ended');
  });

  it('tells a zone whose speaker is not there as failed and plays on in the others', async () => {
    const here = await listen();
    const gone = await startRtpReceiver();
    const port = gone.port;
    await gone.close();
    const log = eventLog();
    const long: SoundProgramme = { ...once(tone(1000)), rounds: 4 };
    await out.play(long, [target('here', here), target('gone', { port })], log.on).finished;
    expect(log.seen).toEqual(
      expect.arrayContaining(['gone failed audio.refused', 'here started', 'here ended']),
    );
    expect(log.seen).not.toContain('gone started');
    expect(here.packets).toHaveLength(200);
  });

  it.each(ffmpegCandidates().map(({ origin, path: file }) => [origin, file]))(
    'encodes G.711 and Opus with the ffmpeg of %s',
    async (_, ffmpeg) => {
      for (const [codec, packetMs] of [
        ['pcma', 20],
        ['pcmu', 40],
        ['opus', 20],
        ['opus', 60],
      ] as const) {
        const sound = encodeSound(() => ffmpeg, tone(1000), { codec, packetMs });
        await sound.beyond(Infinity);
        expect(sound.error, codec).toBeNull();
        // Opus adds its look-ahead at the end.
        expect(sound.packets.length - Math.ceil(1000 / packetMs)).toBeOneOf(codec === 'opus' ? [0, 1] : [0]);
      }
    },
  );

  it('names what it cannot encode, and refuses a wrong address before anything is sent', async () => {
    const receiver = await listen();
    const log = eventLog();
    const notSound = path.join(folder, 'text.wav');
    await writeFile(notSound, 'this is no sound');
    await out.play(once(notSound), [target('a', receiver)], log.on).finished;
    await out.play(once(path.join(folder, 'nothing.wav')), [target('b', receiver)], log.on).finished;
    const noEncoder = createRtpOut({ ffmpegPath: () => path.join(folder, 'no-ffmpeg') });
    await noEncoder.play(once(tone(440)), [target('c', receiver)], log.on).finished;
    await noEncoder.close();
    expect(log.seen).toEqual([
      'a failed audio.encode_failed',
      'b failed audio.file_missing',
      'c failed audio.encode_failed',
    ]);
    expect(() => out.play(once(tone(440)), [target('d', receiver, { host: 'speaker' })], log.on)).toThrow(
      /field=host/,
    );
    expect(() => out.play(once(tone(440)), [target('d', { port: 70_000 })], log.on)).toThrow(/field=port/);
    expect(receiver.packets).toHaveLength(0);
  });
});
