import { describe, expect, it } from 'vitest';
import { decideBroadcast, emptyBroadcastState, nextExpiryMs, zoneOf } from '#domain/broadcast.ts';
import type {
  BroadcastCommand,
  BroadcastEffect,
  BroadcastPriority,
  BroadcastState,
} from '#domain/broadcast-types.ts';

/** Plays commands one after the other and keeps every effect. */
function play(...commands: BroadcastCommand[]): { state: BroadcastState; effects: BroadcastEffect[] } {
  let state = emptyBroadcastState();
  const effects: BroadcastEffect[] = [];
  for (const command of commands) {
    const step = decideBroadcast(state, command);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

const ask = (id: string, priority: BroadcastPriority, ...zoneIds: string[]): BroadcastCommand => ({
  type: 'request',
  request: { id, priority, zoneIds },
  atMs: 0,
});

/** `a@north started`, in order. */
function rungs(effects: readonly BroadcastEffect[]): string[] {
  return effects.flatMap((effect) => {
    if (effect.type !== 'receipt') return [];
    const { requestId, zoneId, step, reason, byId } = effect.receipt;
    return [[`${requestId}@${zoneId}`, step, reason, byId && `by ${byId}`].filter(Boolean).join(' ')];
  });
}

const orders = (effects: readonly BroadcastEffect[]) =>
  effects.flatMap((effect) =>
    effect.type === 'start' || effect.type === 'stop'
      ? [`${effect.type} ${effect.id}#${effect.run} ${effect.zoneIds.join('+')}`]
      : [],
  );

describe('broadcast arbitration', () => {
  it('walks the ladder: accepted, started when the first sound left, ended', () => {
    const { state, effects } = play(
      ask('a', 'manual', 'north'),
      { type: 'started', id: 'a', run: 2, zoneId: 'north', atMs: 40 },
      { type: 'ended', id: 'a', run: 2, zoneId: 'north', atMs: 900 },
    );
    expect(rungs(effects)).toEqual(['a@north accepted', 'a@north started', 'a@north ended completed']);
    expect(state.requests).toEqual({});
  });

  it('starts all free zones of a request as one run, so that they sound together', () => {
    expect(orders(play(ask('a', 'manual', 'north', 'south', 'gate')).effects)).toEqual([
      'start a#2 north+south+gate',
    ]);
  });

  it('takes only the contested zone from a weaker broadcast', () => {
    const { effects, state } = play(
      ask('a', 'manual', 'north', 'south'),
      ask('b', 'emergency_recorded', 'south'),
    );
    expect(orders(effects)).toEqual(['start a#2 north+south', 'stop a#2 south', 'start b#4 south']);
    expect(rungs(effects)).toContain('a@south preempted higher by b');
    expect(zoneOf(state, 'north').playing?.id).toBe('a');
  });

  it('queues equals in order of arrival and never mixes them', () => {
    const { effects, state } = play(
      ask('a', 'manual', 'north'),
      ask('b', 'manual', 'north'),
      ask('c', 'manual', 'north'),
      { type: 'ended', id: 'a', run: 2, zoneId: 'north', atMs: 5 },
    );
    expect(orders(effects)).toEqual(['start a#2 north', 'start b#5 north']);
    expect(zoneOf(state, 'north').queue).toEqual(['c']);
  });

  it('puts a live emergency before a recorded one and lets a weaker one wait', () => {
    const { effects } = play(
      ask('recorded', 'emergency_recorded', 'north'),
      ask('bell', 'scheduled', 'north'),
      ask('live', 'emergency_live', 'north'),
    );
    expect(orders(effects)).toEqual([
      'start recorded#2 north',
      'stop recorded#2 north',
      'start live#5 north',
    ]);
  });

  it('brings music back after an announcement but not after an emergency', () => {
    const music = ask('music', 'background', 'north');
    const afterTalk = play(music, ask('talk', 'manual', 'north'), {
      type: 'ended',
      id: 'talk',
      run: 4,
      zoneId: 'north',
      atMs: 9,
    });
    expect(rungs(afterTalk.effects)).toContain('music@north suspended higher by talk');
    expect(zoneOf(afterTalk.state, 'north').playing?.id).toBe('music');

    const emergency: BroadcastCommand[] = [
      music,
      ask('evacuate', 'emergency_recorded', 'north'),
      { type: 'ended', id: 'evacuate', run: 4, zoneId: 'north', atMs: 9 },
    ];
    expect(zoneOf(play(...emergency).state, 'north').playing).toBeNull();
    const resumed = play(...emergency, { type: 'resume_music', atMs: 20 });
    expect(zoneOf(resumed.state, 'north').playing?.id).toBe('music');
  });

  it('yields to the fire controller: silence, final receipts, and nothing starts until it lets go', () => {
    const { effects, state } = play(
      ask('a', 'emergency_live', 'north'),
      ask('b', 'manual', 'north'),
      { type: 'fire_mirror', zoneIds: ['north'], atMs: 5 },
      ask('c', 'emergency_live', 'north', 'south'),
    );
    expect(orders(effects)).toEqual(['start a#2 north', 'stop a#2 north', 'start c#5 south']);
    expect(rungs(effects)).toEqual(
      expect.arrayContaining(['a@north preempted fire', 'b@north preempted fire', 'c@north preempted fire']),
    );
    expect(zoneOf(state, 'north')).toMatchObject({ fireHeld: true, playing: null, queue: [] });
    const released = decideBroadcast(state, { type: 'fire_mirror', zoneIds: [], atMs: 60 });
    expect(orders(released.effects)).toEqual([]);
    expect(orders(decideBroadcast(released.state, ask('d', 'manual', 'north')).effects)).toEqual([
      'start d#7 north',
    ]);
  });

  it('ignores the late report of a run that was replaced', () => {
    const { state } = play(
      ask('music', 'background', 'north'),
      ask('talk', 'manual', 'north'),
      { type: 'ended', id: 'talk', run: 4, zoneId: 'north', atMs: 5 },
      { type: 'ended', id: 'music', run: 2, zoneId: 'north', atMs: 6 },
    );
    expect(zoneOf(state, 'north').playing).toMatchObject({ id: 'music', run: 5 });
  });

  it('stops one zone, a whole broadcast, or everything', () => {
    const both = ask('a', 'manual', 'north', 'south');
    const one = play(both, { type: 'stop', id: 'a', zoneIds: ['south'], atMs: 3 });
    expect(rungs(one.effects).slice(-1)).toEqual(['a@south ended stopped']);
    expect(zoneOf(one.state, 'north').playing?.id).toBe('a');

    const all = play(both, ask('b', 'manual', 'north'), { type: 'stop_all', atMs: 3 });
    expect(rungs(all.effects)).toContain('b@north ended cancelled');
    expect(orders(all.effects)).toEqual(['start a#2 north+south', 'stop a#2 north+south']);
    expect(all.state.requests).toEqual({});
  });

  it('expires what waited too long', () => {
    const waiting = play(ask('a', 'manual', 'north'), {
      type: 'request',
      request: { id: 'bell', priority: 'scheduled', zoneIds: ['north'], maxWaitMs: 300 },
      atMs: 100,
    });
    expect(nextExpiryMs(waiting.state)).toBe(400);
    expect(decideBroadcast(waiting.state, { type: 'tick', atMs: 399 }).effects).toEqual([]);
    const expired = decideBroadcast(waiting.state, { type: 'tick', atMs: 400 });
    expect(rungs(expired.effects)).toEqual(['bell@north failed broadcast.expired']);
    expect(nextExpiryMs(expired.state)).toBeNull();
  });

  it('refuses a request without zones and a second one with the same id', () => {
    const { effects } = play(ask('a', 'manual'), ask('b', 'manual', 'north'), ask('b', 'manual', 'south'));
    expect(effects.filter((effect) => effect.type === 'refused')).toEqual([
      { type: 'refused', id: 'a', code: 'broadcast.no_zones' },
      { type: 'refused', id: 'b', code: 'broadcast.duplicate_id' },
    ]);
  });
});
