import { describe, expect, it } from 'vitest';
import { decideBroadcast, emptyBroadcastState } from '#domain/broadcast.ts';
import type { BroadcastCommand } from '#domain/broadcast-types.ts';
import { isZoneFault } from '#features/broadcast/audio-refusal.ts';
import { outcomeOf, receiptsOf } from '#features/broadcast/receipts.ts';

function rungsOf(...commands: BroadcastCommand[]): string[] {
  let state = emptyBroadcastState();
  return commands.flatMap((command) => {
    const step = decideBroadcast(state, command);
    state = step.state;
    return receiptsOf(step.effects, 1).map(({ broadcastId, receipt }) =>
      [`${broadcastId}@${receipt.zoneId}`, receipt.rung, receipt.reason].filter(Boolean).join(' '),
    );
  });
}
const ask = (
  id: string,
  priority: 'manual' | 'background' | 'emergency_live',
  ...zoneIds: string[]
): BroadcastCommand => ({
  type: 'request',
  request: { id, priority, zoneIds },
  atMs: 0,
});

describe('receipts in the words of the contract', () => {
  it('is queued while it waits and accepted when its start is ordered', () => {
    expect(
      rungsOf(ask('a', 'manual', 'n', 's'), ask('b', 'manual', 'n'), {
        type: 'ended',
        id: 'a',
        run: 2,
        zoneId: 'n',
        atMs: 1,
      }),
    ).toEqual(['a@n accepted', 'a@s accepted', 'b@n queued', 'a@n ended', 'b@n accepted']);
  });

  it('puts music back in the queue with the reason, and ends others', () => {
    expect(
      rungsOf(ask('m', 'background', 'n'), ask('a', 'manual', 'n'), ask('e', 'emergency_live', 'n')),
    ).toEqual([
      'm@n accepted',
      'm@n queued broadcast.higher',
      'a@n accepted',
      'a@n preempted broadcast.higher',
      'e@n accepted',
    ]);
  });

  it('tells a stop from a cancellation', () => {
    expect(
      rungsOf(ask('a', 'manual', 'n'), ask('b', 'manual', 'n'), { type: 'stop_all', atMs: 1 }).slice(-2),
    ).toEqual(['b@n stopped broadcast.cancelled', 'a@n stopped']);
  });

  it('sums up for the effect that asked', () => {
    const at = (rung: 'ended' | 'failed' | 'preempted' | 'stopped', reason: string | null = null) => ({
      zoneId: 'z',
      rung,
      reason,
      atMs: 1,
    });
    expect(outcomeOf([at('ended'), at('ended')])).toEqual({ rung: 'ended', reason: null });
    expect(outcomeOf([at('ended'), at('preempted', 'broadcast.fire')])).toEqual({
      rung: 'ended',
      reason: null,
    });
    expect(outcomeOf([at('preempted', 'broadcast.fire')])).toEqual({
      rung: 'failed',
      reason: 'broadcast.fire',
    });
    expect(outcomeOf([at('failed', 'audio.refused')])).toEqual({ rung: 'failed', reason: 'audio.refused' });
    expect(outcomeOf([at('ended'), at('failed', 'audio.refused')]).reason).toBe(
      'broadcast.some_zones_failed',
    );
    expect(outcomeOf([at('stopped')])).toEqual({ rung: 'ended', reason: 'broadcast.stopped' });
  });

  it('blames the zone for its speaker and not for a broken message', () => {
    expect(['audio.refused', 'audio.no_device', 'audio.unreachable'].every(isZoneFault)).toBe(true);
    expect(['audio.encode_failed', 'audio.file_missing', 'broadcast.expired'].some(isZoneFault)).toBe(false);
  });
});
