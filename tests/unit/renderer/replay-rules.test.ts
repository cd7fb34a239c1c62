import { describe, expect, it } from 'vitest';
import type { ReplayNotice } from '#api/media-socket.ts';
import { playbackWord } from '#ui/player/playback-word.ts';
import { firstCameras, firstTime } from '../../../renderer/features/replay/first-cameras.ts';

const notice = (about: Partial<ReplayNotice>): ReplayNotice => ({
  ...{ type: 'replay', sub: 1, jump: 1, state: 'jumped', atMs: null, toMs: null, reason: null },
  ...about,
});

describe('what is told instead of a picture', () => {
  it('nothing is recorded from the time on: the jump says so, and so does the end that follows it', () => {
    expect(playbackWord(null, 5_000)).toBeNull();
    expect(playbackWord(notice({}), 5_000)).toBe('nothing');
    expect(playbackWord(notice({ state: 'ended' }), 5_000)).toBe('nothing');
  });

  it('a picture is to come after a jump to one', () => {
    expect(playbackWord(notice({ atMs: 4_980 }), 5_000)).toBeNull();
  });

  it.each(['gap', 'blocked'] as const)('%s from its beginning up to its end, and no longer', (state) => {
    const told = notice({ state, atMs: 5_000, toMs: 9_000 });
    expect([4_999, 5_000, 8_999, 9_000].map((at) => playbackWord(told, at))).toEqual([
      null,
      state,
      state,
      null,
    ]);
    expect(playbackWord(notice({ state, atMs: 5_000 }), 1e15)).toBe(state);
  });

  it('the end once its last picture has stood for a while', () => {
    const told = notice({ state: 'ended', atMs: 5_000 });
    expect([8_000, 8_001].map((at) => playbackWord(told, at))).toEqual([null, 'ended']);
  });
});

describe('the time that replay opens at', () => {
  const at = (newest: (number | null)[]) =>
    firstTime(
      ['a', 'b'],
      newest.map((newestMs, index) => ({ id: 'abc'[index]!, newestMs })),
      30,
      1_000,
    );
  it('is a while ago; before the last picture of those cameras where it is older', () => {
    expect(at([998, 200])).toBe(968);
    expect(at([500, 200, 999])).toBe(470);
    expect(at([1_005, null])).toBe(970);
    expect(at([null, null, 999])).toBe(970);
  });
});

describe('the cameras that replay opens with', () => {
  const states = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => ({ id, newestMs: null as number | null }));
  const ids = states.map(({ id }) => id);

  it('are those of which anything is kept, in the order of the site', () => {
    const kept = states.map((one) => (['f', 'c'].includes(one.id) ? { ...one, newestMs: 1 } : one));
    expect(firstCameras(ids, kept)).toEqual(['c', 'f']);
    expect(
      firstCameras(
        ids,
        states.map((one) => ({ ...one, newestMs: 1 })),
      ),
    ).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are the first ones where nothing is kept, and wait until that is known', () => {
    expect(firstCameras(ids, states)).toEqual(['a', 'b', 'c', 'd']);
    expect(firstCameras(ids, [])).toEqual([]);
  });
});
