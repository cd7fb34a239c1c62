/**
 * Words of the broadcast arbitration. A zone is a broadcast zone (a group of speakers that always
 * play the same thing); a request is one announcement for one or more zones; a run is one
 * uninterrupted playing of a request in some zones.
 */

/**
 * Highest first (GB 50116 4.8, and the practice of voice-alarm systems). `fire` is not in this
 * list on purpose: the fire controller is mirrored as a hold on a zone, never requested from here.
 */
export const broadcastPriorities = [
  'emergency_live',
  'emergency_recorded',
  'manual',
  'scheduled',
  'background',
] as const;
export type BroadcastPriority = (typeof broadcastPriorities)[number];

/** 0 is the strongest. */
export function rankOf(priority: BroadcastPriority): number {
  return broadcastPriorities.indexOf(priority);
}

/** Emergencies hold the music afterwards and may repeat until stopped. */
export function isEmergency(priority: BroadcastPriority): boolean {
  return priority === 'emergency_live' || priority === 'emergency_recorded';
}

export interface BroadcastRequest {
  /** Unique for ever (UUIDv7 in practice). */
  id: string;
  priority: BroadcastPriority;
  /** At least one, no duplicates. */
  zoneIds: readonly string[];
  /** Waiting longer than this ends in `failed` with `broadcast.expired`; absent: waits for ever. */
  maxWaitMs?: number;
}

/**
 * Rungs of a zone's receipt. `suspended` happens to background music only and can be followed by
 * another `started`; `ended`, `failed` and `preempted` are final and come exactly once.
 */
export type ReceiptStep = 'accepted' | 'started' | 'suspended' | 'ended' | 'failed' | 'preempted';
export const finalSteps: readonly ReceiptStep[] = ['ended', 'failed', 'preempted'];

/**
 * Why a rung was reached. `completed`: played to the end. `stopped`: a person ended it while it
 * played. `cancelled`: ended before it played. `higher`: by the broadcast in `byId`. `fire`: the
 * fire controller has the zone. Failures carry an error code of the driver or `broadcast.expired`.
 */
export type ReceiptReason = 'completed' | 'stopped' | 'cancelled' | 'higher' | 'fire' | (string & {});

export interface BroadcastReceipt {
  requestId: string;
  zoneId: string;
  step: ReceiptStep;
  atMs: number;
  reason?: ReceiptReason;
  /** The broadcast that took the zone. */
  byId?: string;
}

export interface ZonePlaying {
  id: string;
  run: number;
  /** False between the start command and the first sound that really left. */
  heard: boolean;
}

export interface BroadcastZoneState {
  /** The fire controller owns the zone: nothing of ours may sound. */
  fireHeld: boolean;
  /** An emergency or a fire was here: music waits for an explicit `resume_music`. */
  musicHeld: boolean;
  playing: ZonePlaying | null;
  /** Waiting request ids, next one first. */
  queue: readonly string[];
}

export interface LiveRequest extends BroadcastRequest {
  /** Arrival order; equal priorities play in it. */
  order: number;
  acceptedAtMs: number;
  /** Zones that have no final receipt yet. */
  open: readonly string[];
}

export interface BroadcastState {
  /** Source of arrival orders and run numbers. */
  counter: number;
  requests: Readonly<Record<string, LiveRequest>>;
  zones: Readonly<Record<string, BroadcastZoneState>>;
}

export type BroadcastCommand =
  | { type: 'request'; request: BroadcastRequest; atMs: number }
  /** The first sound of a run left for this zone. */
  | { type: 'started'; id: string; run: number; zoneId: string; atMs: number }
  /** A run played to its end in this zone. */
  | { type: 'ended'; id: string; run: number; zoneId: string; atMs: number }
  | { type: 'failed'; id: string; run: number; zoneId: string; code: string; atMs: number }
  /** A person (or a plan) ends a broadcast; `zoneIds` absent: in all its zones. */
  | { type: 'stop'; id: string; zoneIds?: readonly string[]; atMs: number }
  /** Everything that plays or waits, in these zones or everywhere. */
  | { type: 'stop_all'; zoneIds?: readonly string[]; atMs: number }
  /** The complete set of zones that the fire controller has now (a level, not an edge). */
  | { type: 'fire_mirror'; zoneIds: readonly string[]; atMs: number }
  /** The explicit end of an emergency: music may play again. */
  | { type: 'resume_music'; zoneIds?: readonly string[]; atMs: number }
  /** Time has passed: what waited too long expires. */
  | { type: 'tick'; atMs: number };

export type BroadcastEffect =
  /** Silence these zones of the run now. Always comes before the start that replaces it. */
  | { type: 'stop'; id: string; run: number; zoneIds: readonly string[] }
  /** Play the request in these zones, together. */
  | { type: 'start'; id: string; run: number; zoneIds: readonly string[] }
  | { type: 'receipt'; receipt: BroadcastReceipt }
  /** The command made no sense and changed nothing. */
  | { type: 'refused'; id: string; code: 'broadcast.duplicate_id' | 'broadcast.no_zones' };

export interface BroadcastStep {
  state: BroadcastState;
  effects: readonly BroadcastEffect[];
}
