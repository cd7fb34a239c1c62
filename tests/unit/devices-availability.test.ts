import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onSaid, onSeen, onSilence, UNHEARD, type Availability } from '#features/devices/availability.ts';

const T0 = 1_800_000_000_000;
const said = (state: 'online' | 'offline', sessionId: string | null, at = 0, retained = false) => ({
  state,
  sessionId,
  receivedAtMs: T0 + at,
  retained,
});
const born = onSaid(UNHEARD, said('online', 's1'), false);

describe('availability', () => {
  it('follows birth and will of one session', () => {
    expect(born).toMatchObject({ availability: 'online', sessionId: 's1' });
    expect(onSaid(born, said('offline', 's1', 5), true)).toMatchObject({
      availability: 'offline',
      reason: 'will',
      changedAtMs: T0 + 5,
    });
  });
  it('does not believe the late will of an older session', () => {
    const again = onSaid(born, said('online', 's2', 10), true);
    expect(onSaid(again, said('offline', 's1', 20), true)).toBe(again);
  });
  it('takes a report without session, but not an old one from the broker against a living device', () => {
    expect(onSaid(born, said('offline', null, 5), true)).toMatchObject({
      availability: 'offline',
      reason: 'reported',
    });
    expect(onSaid(born, said('offline', null, 5, true), true)).toBe(born);
    expect(onSaid(born, said('offline', null, 5, true), false).availability).toBe('offline');
  });
  it('is not brought back by what the broker kept of the same session', () => {
    const silent = onSilence(born, T0 + 100);
    expect(silent).toMatchObject({ availability: 'offline', reason: 'heartbeat' });
    expect(onSaid(silent, said('online', 's1', 200, true), false)).toBe(silent);
    expect(onSaid(silent, said('online', null, 200, true), false)).toBe(silent);
    expect(onSaid(silent, said('online', 's2', 200, true), false).availability).toBe('online');
  });
  it('lives with any message that came after', () => {
    const away = onSaid(born, said('offline', 's1', 50), true);
    expect(onSeen(away, T0 + 50)).toBe(away);
    expect(onSeen(away, T0 + 51).availability).toBe('online');
    expect(onSeen(UNHEARD, T0).availability).toBe('online');
  });
  it('lives again after the station clock was set back by an hour', () => {
    const away = onSaid(born, said('offline', 's1', 50), true);
    expect(onSeen(away, T0 - 3_600_000).availability).toBe('online');
  });
  it('changes its time only together with its state', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('said' as const), state: fc.constantFrom<'online' | 'offline'>('online', 'offline'), session: fc.constantFrom('a', 'b', null), retained: fc.boolean() }),
      fc.record({ kind: fc.constantFrom('seen' as const, 'silence' as const) }),
    ); // prettier-ignore
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let now: Availability = UNHEARD;
        steps.forEach((one, index) => {
          const at = T0 + index;
          const next =
            one.kind === 'said'
              ? onSaid(
                  now,
                  { state: one.state, sessionId: one.session, receivedAtMs: at, retained: one.retained },
                  true,
                )
              : one.kind === 'seen'
                ? onSeen(now, at)
                : onSilence(now, at);
          if (next.availability === now.availability) expect(next.changedAtMs).toBe(now.changedAtMs);
          else expect(next.changedAtMs).toBe(at);
          expect(next.reason === null).toBe(next.availability !== 'offline');
          now = next;
        });
      }),
    );
  });
});
