import { isScheduled, type LocalTime, type RecordingWindow } from './recording-rule.ts';

/** What a camera does while nobody steers it: stays, goes home, or tours its presets (in the station, not in the camera). */
export const PTZ_REST_MODES = ['stay', 'home', 'tour'] as const;
export type PtzRestMode = (typeof PTZ_REST_MODES)[number];
export interface PtzRestStep {
  presetToken: string;
  dwellSeconds: number;
  /** Part of full speed; absent: full. */
  speed?: number | undefined;
}
export interface PtzRest {
  mode: PtzRestMode;
  steps: readonly PtzRestStep[];
  /** When it tours; empty: always. */
  schedule: readonly RecordingWindow[];
}
export const STAY: PtzRest = { mode: 'stay', steps: [], schedule: [] };

/** Whether it tours at a time of the week; outside of its times it stays where it is. */
export const toursAt = (rest: PtzRest, now: LocalTime): boolean =>
  rest.mode === 'tour' && (rest.schedule.length === 0 || isScheduled(rest.schedule, now));

/** The step after `at` whose preset still is there, round again at the end; null when there is none. */
export function nextStep(rest: PtzRest, at: number, presets: ReadonlySet<string>): number | null {
  const count = rest.steps.length;
  for (let by = 1; by <= count; by += 1) {
    const index = (at + by) % count;
    if (presets.has(rest.steps[index]!.presetToken)) return index;
  }
  return null;
}
