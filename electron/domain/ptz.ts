/**
 * Who steers a camera. One person at a time; a higher role takes over at once, an equal one only from
 * somebody who has been idle, a lower one never. Without a move for {@link IDLE_RELEASE_MS} control ends
 * by itself (Milestone's default, which guards know), unless the holder keeps it.
 */
import type { Role } from './permissions.ts';

export const IDLE_RELEASE_MS = 15_000;
/** A keeper who has gone home must not hold a camera through the night. */
export const KEEP_AT_MOST_MS = 10 * 60_000;

export interface PtzPerson {
  id: string;
  name: string;
  role: Role;
}
/** Times are of one monotonic clock. */
export interface PtzHold extends PtzPerson {
  sinceMs: number;
  lastActMs: number;
  /** Null: not kept. */
  keptSinceMs: number | null;
}
export type PtzAnswer =
  | { granted: true; hold: PtzHold; takenFrom: PtzHold | null }
  /** `freeAtMs`: when the present holder's control ends if nothing more is done. */
  | { granted: false; hold: PtzHold; freeAtMs: number };

const RANKS: Partial<Record<Role, number>> = { guard: 1, shift_leader: 2, commander: 3 };
/** Rank in the steering of cameras; 0 for those who may not. */
export const ptzRank = (role: Role): number => RANKS[role] ?? 0;

/** When control ends if nothing more is done. */
export function releaseAtMs(hold: PtzHold): number {
  const idleMs = hold.lastActMs + IDLE_RELEASE_MS;
  return hold.keptSinceMs === null ? idleMs : Math.max(idleMs, hold.keptSinceMs + KEEP_AT_MOST_MS);
}

/** The hold as it is now: null when it has run out. */
export function holdAt(hold: PtzHold | null, nowMs: number): PtzHold | null {
  return hold && nowMs < releaseAtMs(hold) ? hold : null;
}

/** Asks for control, or does something with it (which renews it). */
export function askControl(before: PtzHold | null, who: PtzPerson, nowMs: number): PtzAnswer {
  const hold = holdAt(before, nowMs);
  const fresh: PtzHold = { ...who, sinceMs: nowMs, lastActMs: nowMs, keptSinceMs: null };
  if (!hold) return { granted: true, hold: fresh, takenFrom: null };
  if (hold.id === who.id)
    return { granted: true, hold: { ...hold, ...who, lastActMs: nowMs }, takenFrom: null };
  const above = ptzRank(who.role) - ptzRank(hold.role);
  const isIdle = nowMs - hold.lastActMs >= IDLE_RELEASE_MS;
  if (above > 0 || (above === 0 && isIdle)) return { granted: true, hold: fresh, takenFrom: hold };
  return { granted: false, hold, freeAtMs: releaseAtMs(hold) };
}

/** Keeps control beyond the idle time, or no longer. Only for the holder; null when `who` is not. */
export function keepControl(
  before: PtzHold | null,
  who: PtzPerson,
  keep: boolean,
  nowMs: number,
): PtzHold | null {
  const hold = holdAt(before, nowMs);
  if (hold?.id !== who.id) return null;
  return { ...hold, lastActMs: nowMs, keptSinceMs: keep ? nowMs : null };
}
