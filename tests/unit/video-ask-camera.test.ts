import { expect, it } from 'vitest';
import { askCamera } from '#features/video/ask-camera.ts';
import { doorOf } from '#native/ffmpeg/login-door.ts';
import type { RtspSource } from '#native/ffmpeg/source.ts';
import { createLoginMemory } from '#native/process/login-memory.ts';
import { fakeClock } from '#tests/fixtures/fake-clock.ts';

it('a question that waits for its turn at the camera ends with the station and asks nobody', async () => {
  const clock = fakeClock();
  // nobody listens there: an answer would be another reason
  const source: RtspSource = {
    url: 'rtsp://127.0.0.1:1/1',
    transport: 'tcp',
    user: 'guard',
    password: 'secret',
  };
  const door = doorOf(createLoginMemory(clock), source);
  const other = Promise.withResolvers<void>();
  const passing = door.pass(() => other.promise);
  const stopping = new AbortController();
  const asking = askCamera(source, door, stopping.signal);
  await clock.advance(0);
  stopping.abort();
  expect(await Promise.race([asking, clock.advance(0).then(() => 'waits')])).toBe('aborted');
  expect(clock.pending()).toBe(0);
  other.resolve();
  await passing;
});
