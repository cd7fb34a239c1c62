/**
 * Which alarm the matrix shows. Alarms queue by priority, then age; a higher one takes over only when the guard is not
 * at work in the one that is shown and that has been on the screen long enough to be seen, so that a burst changes the
 * screen at a bounded rate and ends at the right alarm. Pure; times are of one clock, milliseconds.
 */
import type { AlarmPriority } from './alarm-types.ts';

/** What the rule needs of an open alarm that has cameras. */
export interface MatrixAlarm {
  id: string;
  priority: AlarmPriority;
  drill: boolean;
  acknowledged: boolean;
  /** Since when it stands; the older of two of one priority comes first. */
  sinceMs: number;
}
/** Memory between two calls. Start with {@link EMPTY_MATRIX}. */
export interface MatrixState {
  shownId: string | null;
  shownSinceMs: number;
  /** Since when the shown alarm is acknowledged or closed; null: it still waits for somebody. */
  handledSinceMs: number | null;
}
export const EMPTY_MATRIX: MatrixState = { shownId: null, shownSinceMs: 0, handledSinceMs: null };

/** What the guard does with the shown alarm. */
export interface GuardFocus {
  /** Held by a key: nothing takes it away. */
  held: boolean;
  /** A dialog is open, a text is half written, a camera is being steered. */
  busy: boolean;
  /** When something was last pressed or turned here; -Infinity: never. */
  workedAtMs: number;
}
export interface MatrixRules {
  /** An alarm stays at least this long before another takes its place by itself. */
  dwellMs: number;
  /** What was pressed here counts as work for this long. */
  workMs: number;
  /** An acknowledged or closed alarm stays this long before the next one comes. */
  lingerMs: number;
}
/**
 * Defaults of this project. Dwell: under the 10 s within which GB 25506 5.1 e) wants a fire on the screen. Work: as long
 * as control of a PTZ camera lasts without use.
 */
export const MATRIX_RULES: MatrixRules = { dwellMs: 6_000, workMs: 15_000, lingerMs: 10_000 };

/** Real alarms by priority, then those of drills: 1 is the first of 8. */
export const matrixRank = ({ priority, drill }: Pick<MatrixAlarm, 'priority' | 'drill'>): number =>
  drill ? 4 + priority : priority;

/** The order of the queue: who waits for somebody first, then rank, then age. */
export function matrixOrder(a: MatrixAlarm, b: MatrixAlarm): number {
  return (
    Number(a.acknowledged) - Number(b.acknowledged) ||
    matrixRank(a) - matrixRank(b) ||
    a.sinceMs - b.sinceMs ||
    (a.id < b.id ? -1 : 1)
  );
}

/** A person's choice: shown at once, whatever waits. */
export const chooseAlarm = (id: string, nowMs: number): MatrixState => ({
  shownId: id,
  shownSinceMs: nowMs,
  handledSinceMs: null,
});

/**
 * The state now. Call it when an alarm changes and every second.
 * @param alarms every open alarm that may be shown; one that is not among them is closed
 */
export function stepMatrix(
  state: MatrixState,
  alarms: readonly MatrixAlarm[],
  focus: GuardFocus,
  nowMs: number,
  rules: MatrixRules = MATRIX_RULES,
): MatrixState {
  const next = alarms.filter((alarm) => !alarm.acknowledged).toSorted(matrixOrder)[0];
  if (state.shownId === null) return next ? chooseAlarm(next.id, nowMs) : state;
  const shown = alarms.find(({ id }) => id === state.shownId);
  const handledSinceMs = shown && !shown.acknowledged ? null : (state.handledSinceMs ?? nowMs);
  const now = handledSinceMs === state.handledSinceMs ? state : { ...state, handledSinceMs };

  const mayLeave = Math.max(state.shownSinceMs + rules.dwellMs, focus.workedAtMs + rules.workMs);
  if (focus.held || focus.busy || nowMs < mayLeave) return now;
  const isOutranked = next !== undefined && (!shown || matrixRank(next) < matrixRank(shown));
  if (shown && !shown.acknowledged)
    return isOutranked && next.id !== shown.id ? chooseAlarm(next.id, nowMs) : now;
  // A higher alarm does not wait for the picture of one that is dealt with.
  const isOver = nowMs >= (handledSinceMs ?? nowMs) + rules.lingerMs;
  if (next && (isOver || (shown && isOutranked))) return chooseAlarm(next.id, nowMs);
  // An acknowledged alarm that is still open stays in sight while nothing else waits.
  return !shown && isOver ? EMPTY_MATRIX : now;
}

/** The alarm before or after the shown one in the queue, round at the ends; null when there is none. */
export function neighbour(alarms: readonly MatrixAlarm[], shownId: string | null, by: 1 | -1): string | null {
  const order = alarms.toSorted(matrixOrder);
  if (order.length === 0) return null;
  const at = order.findIndex(({ id }) => id === shownId);
  const to = at < 0 ? (by === 1 ? 0 : order.length - 1) : (at + by + order.length) % order.length;
  return order[to]!.id;
}
