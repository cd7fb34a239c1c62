/** Which camera is in which tile of the matrix. Pure. */

/** As many cameras as an alarm is given (`device.cameraIds` in the site file holds as many). */
export const MATRIX_TILES = 15;

/** A tile that the guard keeps: its camera stays where it is, whatever alarm is shown. */
export interface HeldTile {
  cameraId: string;
  /** Its place when it was held; 0 is the primary tile. */
  at: number;
}

/**
 * Cameras of the tiles, the primary one first: held tiles where they were held (or last, when there are fewer tiles now),
 * then the camera that was made primary, then the alarm's own in their order. None is shown twice.
 * @param cameraIds the alarm's cameras, best first
 * @param primary the camera that a person wants large; ignored when it is none of the alarm's
 */
export function arrangeTiles(
  cameraIds: readonly string[],
  primary: string | null,
  held: readonly HeldTile[],
  most = MATRIX_TILES,
): string[] {
  const kept = new Map<number, string>();
  const homeless: string[] = [];
  const heldIds = new Set(held.map(({ cameraId }) => cameraId));
  const own = [...new Set(cameraIds)]
    .filter((id) => !heldIds.has(id))
    .slice(0, Math.max(0, most - heldIds.size));
  const count = own.length + heldIds.size;
  for (const { cameraId, at } of held) {
    if (at < count && !kept.has(at)) kept.set(at, cameraId);
    else homeless.push(cameraId);
  }
  const first = primary !== null && own.includes(primary) ? [primary] : [];
  const flow = [...first, ...own.filter((id) => !first.includes(id)), ...homeless];
  return Array.from({ length: count }, (_, at) => kept.get(at) ?? flow.shift()).filter(
    (id): id is string => id !== undefined,
  );
}

/** A person makes a tile primary: held tiles change places with it and stay held. */
export function swapPrimary(held: readonly HeldTile[], cameraId: string, at: number): HeldTile[] {
  return held.map((tile) => {
    if (tile.cameraId === cameraId) return { cameraId, at: 0 };
    return tile.at === 0 ? { ...tile, at } : tile;
  });
}

/** What is recorded around an alarm and played in a loop beside the live picture. */
export interface LoopSpan {
  /** When it happened, by the station's clock. */
  alarmMs: number;
  fromMs: number;
  toMs: number;
}
/** Shown before and after the moment: what led to it, and what it was. */
export const LOOP_BEFORE_MS = 10_000;
const LOOP_AFTER_MS = 5_000;
/** A device's clock that is further off than this is not believed. */
const CLOCK_SLACK_MS = 10_000;

/** What the rule needs of an alarm; UTC milliseconds. */
export interface LoopAlarm {
  firstOccurredAtMs: number;
  lastOccurredAtMs: number;
  receivedAtMs: number;
  /** Told long after the fact: then the device's time is right, and the time of receipt is not. */
  backlog: boolean;
}

/**
 * The loop of an alarm: around its newest occurrence, by the station's clock, which recordings carry. A device that
 * repeats itself does not restart the loop with each repeat: only what lies beyond the present loop makes a new one.
 */
export function loopSpan(alarm: LoopAlarm, present: LoopSpan | null): LoopSpan {
  const off = alarm.receivedAtMs - alarm.firstOccurredAtMs;
  const skewMs = alarm.backlog || Math.abs(off) <= CLOCK_SLACK_MS ? 0 : off;
  const alarmMs = alarm.lastOccurredAtMs + skewMs;
  if (present && alarmMs - present.alarmMs < LOOP_BEFORE_MS + LOOP_AFTER_MS && alarmMs >= present.alarmMs)
    return present;
  return { alarmMs, fromMs: alarmMs - LOOP_BEFORE_MS, toMs: alarmMs + LOOP_AFTER_MS };
}
