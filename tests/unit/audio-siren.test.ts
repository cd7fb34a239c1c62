import { describe, expect, it } from 'vitest';
import { AudioError } from '#native/audio/errors.ts';
import type { LocalOut } from '#native/audio/local-out.ts';
import { createSiren, SIREN_PAUSE_MS, type SirenState } from '#native/audio/siren.ts';
import { fakeClock } from '#tests/fixtures/fake-clock.ts';

/** A speaker whose sounds last until the test ends them. */
function speaker() {
  const played: string[] = [];
  let settle: { resolve: (how: 'ended' | 'stopped') => void; reject: (error: Error) => void } | undefined;
  const playFile: LocalOut['playFile'] = (file) => {
    played.push(file);
    const { promise, resolve, reject } = Promise.withResolvers<'ended' | 'stopped'>();
    settle = { resolve, reject };
    return { finished: promise, stop: () => resolve('stopped') };
  };
  const out = { players: () => ['test'], playFile, play: () => playFile(''), close: () => Promise.resolve() };
  return {
    out: out as LocalOut,
    played,
    end: () => settle?.resolve('ended'),
    fail: () => settle?.reject(new AudioError('audio.no_device')),
  };
}

function setUp() {
  const clock = fakeClock();
  const box = speaker();
  const changes: SirenState[] = [];
  const siren = createSiren({
    out: box.out,
    clock,
    sounds: { 1: 'one', 2: 'two', 3: 'three', 4: 'four' },
    testSound: 'test',
    onChange: (state) => changes.push(state),
  });
  return { clock, siren, changes, ...box };
}

describe('siren', () => {
  it('repeats after its pause until told to be silent', async () => {
    const { siren, clock, played, end } = setUp();
    siren.set(1);
    for (let round = 0; round < 3; round += 1) {
      end();
      await clock.advance(SIREN_PAUSE_MS[1]);
    }
    expect(played).toEqual(['one', 'one', 'one', 'one']);
    siren.set(null);
    await clock.advance(60_000);
    expect(played).toHaveLength(4);
    expect(clock.pending()).toBe(0);
  });

  it('gives one sound for a burst of alarms of one level', async () => {
    const { siren, clock, played } = setUp();
    for (let n = 0; n < 500; n += 1) siren.set(2);
    await clock.advance(100);
    expect(played).toEqual(['two']);
  });

  it('lets a higher level cut in at once and a lower one follow when the sound has ended', async () => {
    const { siren, clock, played, end } = setUp();
    siren.set(3);
    siren.set(1);
    await clock.advance(0);
    expect(played).toEqual(['three', 'one']);
    siren.set(2);
    await clock.advance(0);
    expect(played).toEqual(['three', 'one']);
    end();
    await clock.advance(0);
    expect(played).toEqual(['three', 'one', 'two']);
  });

  it('does not wait out the pause of a lower level', async () => {
    const { siren, clock, played, end } = setUp();
    siren.set(4);
    end();
    await clock.advance(10);
    siren.set(1);
    expect(played).toEqual(['four', 'one']);
  });

  it('says that it cannot be heard, keeps trying, and says when it can again', async () => {
    const { siren, clock, played, changes, fail, end } = setUp();
    siren.set(1);
    fail();
    await clock.advance(0);
    expect(changes).toEqual([{ priority: 1, working: false, code: 'audio.no_device' }]);
    await clock.advance(5_000);
    fail();
    await clock.advance(5_000);
    expect(changes).toHaveLength(1);
    expect(played).toHaveLength(3);
    end();
    await clock.advance(0);
    expect(changes.at(-1)).toEqual({ priority: 1, working: true, code: null });
  });

  it('tests itself with the test tone and tells the result', async () => {
    const { siren, played, end, fail } = setUp();
    const good = siren.test();
    end();
    expect(await good).toBeNull();
    const bad = siren.test();
    fail();
    expect(await bad).toBe('audio.no_device');
    expect(played).toEqual(['test', 'test']);
  });
});
