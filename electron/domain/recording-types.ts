/** Words that the rules of recording share with the contract. */

export const RECORDING_MODES = ['off', 'continuous', 'schedule', 'alarm'] as const;
export type RecordingMode = (typeof RECORDING_MODES)[number];

/** Why a picture was recorded. */
export const RECORDING_CAUSES = ['continuous', 'schedule', 'alarm'] as const;
export type RecordingCause = (typeof RECORDING_CAUSES)[number];

/**
 * Why there is no recording, apart from the camera's own reasons.
 * - `off`, `not_scheduled`, `no_alarm`: nobody wanted it
 * - `starting`: wanted, the first picture has not come yet
 * - `station_stopped`: the station did not run
 * - `disk_full`, `disk_missing`, `disk_error`, `disk_slow`: it could not be written
 * - `recorder_restarted`: the recorder's own watchdog had to begin again
 * - `clock`: the clock was set forward over it
 * - `not_yet`: before the camera's first recording
 * - `deleted`: it was there, and its term is over
 * - `unknown`: nothing is noted
 */
export const GAP_REASONS_OF_RECORDING = [
  'off',
  'not_scheduled',
  'no_alarm',
  'starting',
  'station_stopped',
  'disk_full',
  'disk_missing',
  'disk_error',
  'disk_slow',
  'recorder_restarted',
  'clock',
  'not_yet',
  'deleted',
  'unknown',
] as const;

/**
 * - `ok`; `low`: less than an hour is left and nothing more may be deleted; `full`: nothing is written
 * - `missing`: the disk is not there; `swapped`: another disk is in its place
 * - `error`: it cannot be written or asked; `held`: files and index differ by more than half, a person has to look
 */
export const VOLUME_STATES = ['ok', 'low', 'full', 'missing', 'swapped', 'error', 'held'] as const;
export type VolumeState = (typeof VOLUME_STATES)[number];

/** A span of wall time in UTC milliseconds, `fromMs` in it, `toMs` not. */
export interface Span {
  fromMs: number;
  toMs: number;
}
