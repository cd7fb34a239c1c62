import type { Camera } from '#contract/site.ts';
import { mountOf } from '#domain/ptz-mount.ts';

/** How a camera hangs, as a form holds it; null: not known. Degrees, metres. */
export interface MountDraft {
  heightMetres: number | null;
  panZeroDegrees: number | null;
  /** Which way a growing pan turns, seen from above. */
  turn: 'usual' | 'clockwise' | 'anticlockwise';
  /** Elevation at the camera's own tilt -1 and +1; 0 is the horizon. */
  lowDegrees: number | null;
  highDegrees: number | null;
  zoomTimes: number | null;
}
export const noMount = (): MountDraft => ({
  heightMetres: null,
  panZeroDegrees: null,
  turn: 'usual',
  lowDegrees: null,
  highDegrees: null,
  zoomTimes: null,
});
/** A calibration measures finer than a person reads. */
const round = (value: number) => Math.round(value * 10) / 10 || 0;
const rounded = (value: number | undefined) => (value === undefined ? null : round(value));

export function mountDraftOf({ mount }: Pick<Camera, 'mount'>): MountDraft {
  if (!mount) return noMount();
  const { tiltZeroDegrees: zero, tiltDegrees: per } = mountOf({ mount });
  const hasTilt = mount.tiltZeroDegrees !== undefined || mount.tiltDegrees !== undefined;
  return {
    heightMetres: rounded(mount.heightMetres),
    panZeroDegrees: rounded(mount.panZeroDegrees),
    turn: mount.clockwise === undefined ? 'usual' : mount.clockwise ? 'clockwise' : 'anticlockwise',
    lowDegrees: hasTilt ? round(zero - per) : null,
    highDegrees: hasTilt ? round(zero + per) : null,
    zoomTimes: rounded(mount.zoomTimes),
  };
}
/** Half a tilt range says nothing. */
export const isTiltRight = ({ lowDegrees: low, highDegrees: high }: MountDraft): boolean =>
  (low === null) === (high === null) && (low === null || low !== high);

/**
 * A camera's mount after the form: what was not touched stays as fine as it was measured, what was emptied goes.
 * @returns undefined when nothing is known of it
 */
export function mountOfDraft(draft: MountDraft, base: Camera['mount']): Record<string, unknown> | undefined {
  const before = base ? mountDraftOf({ mount: base }) : noMount();
  const mount: Record<string, unknown> = { ...base };
  const keep = (key: string, value: unknown) => {
    if (value === null) delete mount[key];
    else mount[key] = value;
  };
  for (const key of ['heightMetres', 'panZeroDegrees', 'zoomTimes'] as const)
    if (draft[key] !== before[key]) keep(key, draft[key]);
  if (draft.turn !== before.turn) keep('clockwise', draft.turn === 'usual' ? null : draft.turn === 'clockwise'); // prettier-ignore
  const { lowDegrees: low, highDegrees: high } = draft;
  if (low !== before.lowDegrees || high !== before.highDegrees) {
    const isGiven = low !== null && high !== null;
    keep('tiltZeroDegrees', isGiven ? (low + high) / 2 : null);
    keep('tiltDegrees', isGiven ? (high - low) / 2 : null);
  }
  return Object.keys(mount).length > 0 ? mount : undefined;
}
