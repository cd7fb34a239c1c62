/** How far an effect has come: shared by broadcasts, commands and steps of a plan. */

/** Rungs that an effect climbs one after the other. */
export const LADDERS = {
  command: ['sent', 'accepted', 'started', 'confirmed'],
  effect: ['accepted', 'started', 'confirmed'],
  zone: ['accepted', 'started', 'ended'],
} as const;
export type LadderKind = keyof typeof LADDERS;
/** `open` may still change; `good` reached its end; `bad` will not; `none` touched nothing (a drill). */
export type LadderTone = 'open' | 'good' | 'bad' | 'none';

const BAD = ['failed', 'timeout', 'preempted', 'stopped'];
/** A recording that has been played and a command that was carried out are both the end that was wanted. */
const SAME: Record<string, Partial<Record<LadderKind, string>>> = { ended: { effect: 'confirmed' } };

/** The rungs of a ladder with those that were reached, and how it stands. `rung` null: nothing was heard yet. */
export function ladderOf(
  kind: LadderKind,
  rung: string | null,
): { rungs: readonly string[]; reached: number; tone: LadderTone } {
  const rungs: readonly string[] = LADDERS[kind];
  if (rung === null || rung === 'queued') return { rungs, reached: 0, tone: 'open' };
  if (rung === 'simulated') return { rungs, reached: 0, tone: 'none' };
  if (BAD.includes(rung)) return { rungs, reached: 0, tone: 'bad' };
  const at = rungs.indexOf(SAME[rung]?.[kind] ?? rung) + 1;
  return { rungs, reached: at, tone: at === rungs.length ? 'good' : 'open' };
}
