import { describe, expect, it } from 'vitest';
import { FfmpegError } from '#native/ffmpeg/failure.ts';
import { doorOf } from '#native/ffmpeg/login-door.ts';
import type { MediaSink } from '#native/ffmpeg/media.ts';
import { pullChoice, type DirectFor } from '#native/ffmpeg/pull-choice.ts';
import type { RtspSource } from '#native/ffmpeg/source.ts';
import { createLoginMemory } from '#native/process/login-memory.ts';
import type { Worker, WorkerContext } from '#native/process/supervise.ts';
import { fakeClock } from '#tests/fixtures/fake-clock.ts';

const sink: MediaSink = { track() {}, frame() {}, audio() {}, skipped() {} };
const LOGIN = { url: 'rtsp://cam/1', user: 'guard', password: 'secret' };

/** A stream of a device that has just taken the login, and whose pulls never end. */
function stage(source: RtspSource, serves: DirectFor, ffmpeg?: () => Promise<never>) {
  const clock = fakeClock();
  const logins = createLoginMemory(clock);
  const started: string[] = [];
  const pull = (kind: string) => (_options: unknown, context: WorkerContext) => {
    started.push(kind);
    const { promise, reject } = Promise.withResolvers<Worker>();
    context.signal.addEventListener('abort', () => reject(new FfmpegError('ended')));
    return promise;
  };
  const options = {
    ...{ label: 'cam', source, pull: pull('ffmpeg') },
    ffmpeg:
      ffmpeg ?? (async () => ({ path: 'ffmpeg', origin: 'system', version: '5', formatMajor: 59 }) as const),
    handover: { addressFor: async () => '', close: async () => undefined },
    direct: { start: pull('direct'), serves: () => serves },
  };
  const door = doorOf(logins, source);
  door.letIn();
  const abort = new AbortController();
  const context = { generation: 1, signal: abort.signal, progress: () => undefined };
  const choice = pullChoice(options, () => false, clock, logins);
  return { choice, door, started, context, end: () => abort.abort(), clock };
}

describe('which pull, and what it says of the login', () => {
  it('datagrams are left to ffmpeg without a try that would make the login doubtful', async () => {
    const { choice, door, started, context, end, clock } = stage({ ...LOGIN, transport: 'udp' }, 'everybody');
    expect(choice.wanted()).toBe('ffmpeg');
    const starting = choice.start('ffmpeg', sink, context).catch((error: { code: string }) => error.code);
    await clock.advance(0);
    expect(started).toEqual(['ffmpeg']);
    expect(door.isTaken()).toBe(true);
    end();
    expect(await starting).toBe('ended');
  });

  it('a missing ffmpeg says nothing of the camera', async () => {
    const missing = () => Promise.reject(new FfmpegError('no_ffmpeg'));
    const { choice, door, context, started } = stage({ ...LOGIN, transport: 'tcp' }, 'working', missing);
    await expect(choice.start('ffmpeg', sink, context)).rejects.toMatchObject({ code: 'no_ffmpeg' });
    expect(started).toEqual([]);
    expect(door.isTaken()).toBe(true);
  });

  it('a camera that refuses its sound alone lets pictures in as before', async () => {
    const clock = fakeClock();
    const logins = createLoginMemory(clock);
    const source: RtspSource = { ...LOGIN, transport: 'tcp' };
    const [pictures, sound] = [doorOf(logins, source), doorOf(logins, source, 'sound')];
    pictures.letIn();
    sound.heard(new FfmpegError('wrong_password'));
    expect(sound.waitMs()).toBe(60_000);
    expect([pictures.waitMs(), doorOf(logins, { ...source, url: 'rtsp://cam/2' }).waitMs()]).toEqual([0, 0]);
  });
});
