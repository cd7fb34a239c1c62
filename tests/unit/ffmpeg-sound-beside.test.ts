import { describe, expect, it } from 'vitest';
import { g711Track } from '#native/ffmpeg/aac-config.ts';
import { FfmpegError } from '#native/ffmpeg/failure.ts';
import type { AudioFrame, MediaFrame, MediaSink, MediaTrack } from '#native/ffmpeg/media.ts';
import { doorOf } from '#native/ffmpeg/login-door.ts';
import { createLoginMemory } from '#native/process/login-memory.ts';
import { soundBeside, type SoundBesideOptions } from '#native/ffmpeg/sound-beside.ts';
import type { SoundOffer } from '#native/ffmpeg/sound-pull.ts';
import type { RtspSource } from '#native/ffmpeg/source.ts';
import { fakeClock } from '#tests/fixtures/fake-clock.ts';

const SOURCE: RtspSource = { url: 'rtsp://127.0.0.1/1', transport: 'udp', sound: true };
const OFFER: SoundOffer = { track: g711Track('pcma'), index: 0 };
const TRACK: MediaTrack = { codec: 'avc1.4d4016', width: 640, height: 360, init: Buffer.from('init') };
const frame = (ticks: number, key = true): MediaFrame => ({
  ...{ key, ticks, data: Buffer.from('picture') },
  receivedAtMs: ticks / 90,
});
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A camera whose answers, and a sound pull whose life, the test decides. */
function stage(answers: (SoundOffer | null | Error)[], source = SOURCE) {
  const clock = fakeClock();
  const seen = { tracks: [] as MediaTrack[], frames: [] as MediaFrame[], sounds: [] as AudioFrame[] };
  const sink: MediaSink = {
    track: (track) => void seen.tracks.push(track),
    frame: (one) => void seen.frames.push(one),
    audio: (one) => void seen.sounds.push(one),
    skipped: () => undefined,
  };
  let asked = 0;
  let gate: Promise<void> = Promise.resolve();
  const pulls: { say: Parameters<SoundBesideOptions['start']>[1]; fail(error: Error): void }[] = [];
  let running = 0;
  const door = doorOf(createLoginMemory(clock), source);
  const beside = soundBeside(
    {
      clock,
      door: () => door,
      async offerOf(_source, onLetIn) {
        const answer = answers[Math.min(asked, answers.length - 1)]!;
        asked += 1;
        await gate;
        if (answer instanceof Error) throw answer;
        onLetIn();
        return answer;
      },
      async start(_offer, onUnit) {
        const ended = Promise.withResolvers<never>();
        ended.promise.catch(() => undefined);
        running += 1;
        pulls.push({ say: onUnit, fail: ended.reject });
        return { ended: ended.promise, stop: async () => void (running -= 1) };
      },
    },
    source,
  );
  function begin() {
    const run = new AbortController();
    const to = beside.around(sink, run.signal);
    void beside.ask(() => undefined).catch(() => undefined);
    return { to, end: () => run.abort() };
  }
  return {
    ...{ beside, clock, pulls, begin, ...seen },
    asked: () => asked,
    running: () => running,
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
  };
}

describe('sound beside pictures that come without', () => {
  it('is announced with the first track, pulled when somebody listens, ended with the last', async () => {
    const { beside, begin, tracks, sounds, pulls, running } = stage([OFFER]);
    const { to } = begin();
    await settled();
    to.track(TRACK);
    to.frame(frame(0));
    expect(tracks.map(({ audio }) => audio?.codec)).toEqual(['pcma']);
    expect(running()).toBe(0);
    beside.wanted(true);
    await settled();
    expect(running()).toBe(1);
    pulls[0]!.say(Buffer.from('sound'), 700, 20);
    expect(sounds.map(({ ticks }) => ticks)).toEqual([20 * 90]);
    beside.wanted(false);
    await settled();
    expect(running()).toBe(0);
    // What a pull that is ended still sends goes nowhere.
    pulls[0]!.say(Buffer.from('late'), 720, 40);
    expect(sounds).toHaveLength(1);
  });

  it('does not begin before the first picture, and ends with their pull', async () => {
    const { beside, begin, running } = stage([OFFER]);
    beside.wanted(true);
    const { to, end } = begin();
    await settled();
    expect(running()).toBe(0);
    to.track(TRACK);
    await settled();
    expect(running()).toBe(1);
    end();
    await settled();
    expect(running()).toBe(0);
    begin().to.track(TRACK);
    await settled();
    expect(running()).toBe(1);
  });

  it('an answer that comes late is told with a key frame, not in the middle of a group', async () => {
    const { begin, tracks, hold } = stage([OFFER]);
    const answer = hold();
    const { to } = begin();
    to.track(TRACK);
    to.frame(frame(0));
    answer();
    await settled();
    to.frame(frame(6_000, false));
    expect(tracks.map(({ audio }) => audio?.codec)).toEqual([undefined]);
    to.frame(frame(12_000));
    to.frame(frame(18_000));
    expect(tracks.map(({ audio }) => audio?.codec)).toEqual([undefined, 'pcma']);
  });

  it('a camera without sound is asked once, until it is another one', async () => {
    const { beside, begin, asked, running, tracks } = stage([null, OFFER]);
    beside.wanted(true);
    for (let round = 0; round < 3; round += 1) {
      const { to, end } = begin();
      await settled();
      to.track(TRACK);
      end();
    }
    await settled();
    expect([asked(), running()]).toEqual([1, 0]);
    beside.forget({ ...SOURCE, url: 'rtsp://127.0.0.1/2' });
    const { to } = begin();
    await settled();
    to.track(TRACK);
    await settled();
    expect([asked(), running(), tracks.at(-1)!.audio?.codec]).toEqual([2, 1, 'pcma']);
  });

  it('one that has lost its track is not tried again; one that sends another is asked anew', async () => {
    for (const [code, questions] of [
      ['no_video', 1],
      ['codec_not_playable', 2],
    ] as const) {
      const { beside, begin, asked, running, pulls, clock } = stage([OFFER]);
      beside.wanted(true);
      const { to, end } = begin();
      await settled();
      to.track(TRACK);
      await settled();
      pulls[0]!.fail(new FfmpegError(code));
      await settled();
      clock.advance(120_000);
      await settled();
      expect([running(), pulls.length]).toEqual([0, 1]);
      end();
      begin();
      await settled();
      expect(asked()).toBe(questions);
    }
  });

  it('one that could not be asked is asked when its pictures begin again', async () => {
    const { begin, asked } = stage([new Error('timeout'), OFFER]);
    begin().end();
    await settled();
    begin();
    await settled();
    begin();
    await settled();
    expect(asked()).toBe(2);
  });

  it('a question to the camera of before says nothing of the next one, whose own run asks it', async () => {
    const { beside, hold, asked } = stage([OFFER]);
    const answerLate = hold();
    const letIn: string[] = [];
    const before = beside.ask(() => void letIn.push('before'));
    beside.forget({ ...SOURCE, password: 'next' });
    const next = beside.ask(() => void letIn.push('next'));
    expect(asked()).toBe(2);
    answerLate();
    await Promise.all([before, next]);
    expect(asked()).toBe(2);
    expect(letIn).toEqual(['before', 'next']);
    // it is known now
    await beside.ask(() => undefined);
    expect(asked()).toBe(2);
  });

  it('whose sound is not wanted at all is not asked', async () => {
    const { beside, begin, asked, running } = stage([OFFER], { ...SOURCE, sound: false });
    beside.wanted(true);
    begin().to.track(TRACK);
    await settled();
    expect([asked(), running()]).toEqual([0, 0]);
  });
});
