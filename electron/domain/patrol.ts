/**
 * Where walking guards are, from scans of checkpoints. Scans may come late and out of order (a
 * terminal without network syncs afterwards): each is put in its place by the time it was made, and
 * the round is read anew from the ordered scans.
 */

/** A pause this long ends a round: what is scanned after it begins the next one. */
export const ROUND_GAP_MS = 2 * 3_600_000;
/** Scans kept per patrol; a round has at most 200 checkpoints. */
const KEEP = 500;

export interface PatrolScan {
  /** Same id, same scan: a repeat changes nothing. */
  id: string;
  guard: string;
  routeId: string | null;
  checkpointId: string;
  /** What the terminal claims. */
  occurredAtMs: number;
  receivedAtMs: number;
}
/** One guard on one route; `scans` in the order in which they were made. */
export interface PatrolTrack {
  id: string;
  guard: string;
  routeId: string | null;
  scans: readonly PatrolScan[];
}
export interface PatrolProgress {
  lastCheckpointId: string;
  lastScanAtMs: number;
  /** Checkpoints scanned on this round, in order, none twice. */
  scannedIds: string[];
  /** Null: the round is complete, or the guard walks no known route. */
  nextCheckpointId: string | null;
}

/** Id of the patrol that a scan belongs to. */
export function patrolId(scan: Pick<PatrolScan, 'guard' | 'routeId'>): string {
  return scan.routeId === null ? scan.guard : `${scan.guard}@${scan.routeId}`;
}

/**
 * When a scan was made: what the terminal says, but never later than it was received, or a terminal
 * whose clock is fast would hold the patrol at one place for ever.
 */
export function scannedAtMs(scan: PatrolScan): number {
  return Math.min(scan.occurredAtMs, scan.receivedAtMs);
}

/** The track with one more scan; the same object when it is known already. */
export function addScan(track: PatrolTrack | undefined, scan: PatrolScan): PatrolTrack {
  if (!track) return { id: patrolId(scan), guard: scan.guard, routeId: scan.routeId, scans: [scan] };
  if (track.scans.some(({ id }) => id === scan.id)) return track;
  const scans = [...track.scans, scan].sort(
    (a, b) => scannedAtMs(a) - scannedAtMs(b) || (a.id < b.id ? -1 : 1),
  );
  return { ...track, scans: scans.slice(-KEEP) };
}

/**
 * Where the patrol is. A new round begins after a pause of {@link ROUND_GAP_MS}, after a complete
 * round, and when the route's first checkpoint is scanned again. A checkpoint scanned twice counts
 * once. `route`: its checkpoints in walking order; null when the route is unknown.
 */
export function patrolProgress(track: PatrolTrack, route: readonly string[] | null): PatrolProgress | null {
  const last = track.scans.at(-1);
  if (!last) return null;
  let round: string[] = [];
  let previous: PatrolScan | null = null;
  for (const scan of track.scans) {
    const here = scan.checkpointId;
    const paused = previous !== null && scannedAtMs(scan) - scannedAtMs(previous) > ROUND_GAP_MS;
    // The same point again at once is a second press, not a second round.
    const again = here !== previous?.checkpointId;
    const complete = again && route !== null && route.every((id) => round.includes(id));
    const fromStart = again && here === route?.[0] && round.includes(here);
    if (paused || complete || fromStart) round = [];
    if (!round.includes(here)) round.push(here);
    previous = scan;
  }
  return {
    lastCheckpointId: last.checkpointId,
    lastScanAtMs: scannedAtMs(last),
    scannedIds: round,
    nextCheckpointId: route ? nextOf(route, round, last.checkpointId) : null,
  };
}

/** The next one along the route that this round lacks; at its end, the first that was left out. */
function nextOf(route: readonly string[], scanned: readonly string[], at: string): string | null {
  const from = route.indexOf(at) + 1;
  const onward = [...route.slice(from), ...route.slice(0, from)];
  return onward.find((id) => !scanned.includes(id)) ?? null;
}

/** False for a patrol that has gone home: it leaves the map. */
export function isWalking(progress: PatrolProgress, nowMs: number): boolean {
  return nowMs - progress.lastScanAtMs <= ROUND_GAP_MS;
}

/**
 * Distinct checkpoints scanned since a moment, whoever scanned them.
 * @param tracks every patrol of the day
 */
export function checkpointsSince(tracks: Iterable<PatrolTrack>, sinceMs: number): number {
  const seen = new Set<string>();
  for (const { scans } of tracks) {
    for (const scan of scans) if (scannedAtMs(scan) >= sinceMs) seen.add(scan.checkpointId);
  }
  return seen.size;
}
