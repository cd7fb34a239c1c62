import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideBroadcast, emptyBroadcastState, zoneOf } from '#domain/broadcast.ts';
import {
  broadcastPriorities,
  finalSteps,
  rankOf,
  type BroadcastCommand,
  type BroadcastEffect,
  type BroadcastState,
} from '#domain/broadcast-types.ts';

const zones = ['z0', 'z1', 'z2'];
const ids = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7'];
const someZones = fc.subarray(zones);

/** What may happen; reports are aimed at a zone and filled in from what really plays there. */
type Move =
  | BroadcastCommand
  | { type: 'report'; zoneId: string; outcome: 'started' | 'ended' | 'failed'; stale: boolean };

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({
        id: fc.constantFrom(...ids),
        priority: fc.constantFrom(...broadcastPriorities),
        zoneIds: someZones,
        maxWaitMs: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
      })
      .map((request): Move => ({ type: 'request', request, atMs: 0 })),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('report' as const),
      zoneId: fc.constantFrom(...zones),
      outcome: fc.constantFrom('started' as const, 'ended' as const, 'failed' as const),
      stale: fc.boolean(),
    }),
  },
  fc
    .record({ id: fc.constantFrom(...ids), zoneIds: fc.option(someZones, { nil: undefined }) })
    .map((stop): Move => ({ type: 'stop', ...stop, atMs: 0 })),
  someZones.map((zoneIds): Move => ({ type: 'fire_mirror', zoneIds, atMs: 0 })),
  fc
    .option(someZones, { nil: undefined })
    .map((zoneIds): Move => ({ type: 'resume_music', zoneIds, atMs: 0 })),
  fc.constant<Move>({ type: 'tick', atMs: 0 }),
  fc.option(someZones, { nil: undefined }).map((zoneIds): Move => ({ type: 'stop_all', zoneIds, atMs: 0 })),
);

function toCommand(state: BroadcastState, step: Move, atMs: number): BroadcastCommand | null {
  if (step.type !== 'report') return { ...step, atMs };
  const playing = zoneOf(state, step.zoneId).playing;
  if (!playing) return null;
  const { id, run } = playing;
  return { type: step.outcome, id, run: step.stale ? run - 1 : run, zoneId: step.zoneId, code: 'x', atMs };
}

/** The outside world: which run sounds in which zone, from the effects alone. */
class Speakers {
  readonly sounding = new Map<string, string>();
  readonly receipts = new Map<string, string[]>();

  apply(effects: readonly BroadcastEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'receipt') {
        const key = `${effect.receipt.requestId}@${effect.receipt.zoneId}`;
        this.receipts.set(key, [...(this.receipts.get(key) ?? []), effect.receipt.step]);
      } else if (effect.type === 'stop') {
        for (const zoneId of effect.zoneIds) {
          expect(this.sounding.get(zoneId)).toBe(`${effect.id}#${effect.run}`);
          this.sounding.delete(zoneId);
        }
      } else if (effect.type === 'start') {
        for (const zoneId of effect.zoneIds) {
          expect(this.sounding.has(zoneId), 'a zone is silent before something new starts').toBe(false);
          this.sounding.set(zoneId, `${effect.id}#${effect.run}`);
        }
      }
    }
  }
}

function checkZone(state: BroadcastState, speakers: Speakers, zoneId: string): void {
  const zone = zoneOf(state, zoneId);
  const sounding = zone.playing ? `${zone.playing.id}#${zone.playing.run}` : undefined;
  expect(speakers.sounding.get(zoneId)).toBe(sounding);
  if (zone.fireHeld) {
    expect(zone.playing, 'fire always wins').toBeNull();
    expect(zone.queue.every((id) => state.requests[id]?.priority === 'background')).toBe(true);
    return;
  }
  const waiting = zone.queue.map((id) => state.requests[id]?.priority ?? 'background');
  const eligible = waiting.filter((priority) => priority !== 'background' || !zone.musicHeld);
  const playing = zone.playing && state.requests[zone.playing.id]?.priority;
  for (const priority of eligible) {
    expect(playing, 'nothing waits at a free zone').toBeTruthy();
    if (playing) expect(rankOf(playing)).toBeLessThanOrEqual(rankOf(priority));
  }
  expect(waiting.map(rankOf)).toEqual(waiting.map(rankOf).sort((a, b) => a - b));
}

describe('broadcast arbitration, any course of events', () => {
  it('keeps one sound per zone, the strongest first, fire above all, and loses no request', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
        let state = emptyBroadcastState();
        const speakers = new Speakers();
        const asked = new Set<string>();
        const used = new Set<string>();
        const run = (command: BroadcastCommand) => {
          const before = structuredClone(state);
          const step = decideBroadcast(state, command);
          expect(state, 'the old state is left alone').toEqual(before);
          state = step.state;
          // A report says that the run is over in its zone, before the effects of that report are carried out.
          if (command.type === 'ended' || command.type === 'failed') {
            const key = `${command.id}#${command.run}`;
            if (speakers.sounding.get(command.zoneId) === key) speakers.sounding.delete(command.zoneId);
          }
          speakers.apply(step.effects);
          for (const zoneId of zones) checkZone(state, speakers, zoneId);
        };
        moves.forEach((step, index) => {
          const command = toCommand(state, step, index);
          if (!command) return;
          if (command.type === 'request') {
            // Ids are unique for ever; a reused one is tested elsewhere.
            if (used.has(command.request.id)) return;
            used.add(command.request.id);
            for (const zoneId of command.request.zoneIds) asked.add(`${command.request.id}@${zoneId}`);
          }
          run(command);
        });
        run({ type: 'stop_all', atMs: moves.length });
        expect(speakers.sounding.size).toBe(0);
        expect(state.requests).toEqual({});
        expect(new Set(speakers.receipts.keys())).toEqual(asked);
        for (const [key, steps] of speakers.receipts) {
          expect(steps[0], key).toBe('accepted');
          expect(
            steps.filter((rung) => finalSteps.includes(rung as never)),
            key,
          ).toHaveLength(1);
          expect(finalSteps, key).toContain(steps.at(-1));
        }
      }),
      { numRuns: 400 },
    );
  });
});
