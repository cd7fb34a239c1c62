/**
 * Which alarm sound to play now. Sound is limited, records never are: one sound for a burst, its own
 * per priority, repeated until acknowledged. Pure; time is the monotonic clock, so that a jump of the
 * wall clock neither silences nor floods.
 */
import type { AlarmPriority } from './alarm-types.ts';

/** What the rule needs of an open alarm. */
export interface SoundingAlarm {
  id: string;
  priority: AlarmPriority;
  acknowledged: boolean;
  drill: boolean;
  /** Rises each time that the alarm asks for attention anew. */
  annunciation: number;
  backlog: boolean;
}
/** A sound file's name: `alarm-1` … `alarm-4`, or `alarm-drill` for any alarm of a drill. */
export type AlarmSound = 'alarm-1' | 'alarm-2' | 'alarm-3' | 'alarm-4' | 'alarm-drill';

export interface SoundRules {
  /** Pause between repeats by priority; 0: not repeated. */
  repeatMs: Readonly<Record<AlarmPriority, number>>;
  /** New alarms of the same or a lower rank share a sound while they follow within this time of each other. */
  burstMs: number;
  /** Backlog of priority 3 and 4 stays silent this long: its end may come right behind it. */
  settleMs: number;
}
/** Defaults of this project; EN 50518 and ISA-18.2 ask for repetition and give no interval. */
export const DEFAULT_SOUND_RULES: SoundRules = {
  repeatMs: { 1: 5_000, 2: 15_000, 3: 60_000, 4: 300_000 },
  burstMs: 3_000,
  settleMs: 15_000,
};

/** Per unacknowledged alarm: the annunciation known, since when, and whether a sound has covered it. */
interface KnownAlarm {
  annunciation: number;
  sinceMs: number;
  isCovered: boolean;
}
/** Memory between two calls. Start with {@link SILENCE}. */
export interface SoundState {
  lastPlayed: { rank: number; atMs: number } | null;
  /** What comes before this time at the last rank or below belongs to the burst that was heard. */
  burstUntilMs: number;
  known: Readonly<Record<string, KnownAlarm>>;
}
export const SILENCE: SoundState = { lastPlayed: null, burstUntilMs: 0, known: {} };

export interface SoundDecision {
  /** Play this now; null: nothing. */
  play: AlarmSound | null;
  state: SoundState;
  /** Ask again then at the latest; null: not before an alarm changes. */
  askAgainAtMs: number | null;
}

/** Real alarms by priority first, then those of drills: a real one breaks through a drill. */
const rankOf = (alarm: SoundingAlarm): number => (alarm.drill ? 4 + alarm.priority : alarm.priority);
const priorityOfRank = (rank: number): AlarmPriority => (rank > 4 ? rank - 4 : rank) as AlarmPriority;
const soundOf = (rank: number): AlarmSound => (rank > 4 ? 'alarm-drill' : (`alarm-${rank}` as AlarmSound));

/**
 * Decides the sound for the open alarms.
 * @param nowMs monotonic milliseconds
 */
export function soundFor(
  open: readonly SoundingAlarm[],
  state: SoundState,
  nowMs: number,
  rules: SoundRules = DEFAULT_SOUND_RULES,
): SoundDecision {
  const known: Record<string, KnownAlarm> = {};
  const audible: SoundingAlarm[] = [];
  let settledAtMs = Infinity;
  for (const alarm of open) {
    if (alarm.acknowledged) continue;
    const entry = knownBefore(alarm, state) ?? {
      annunciation: alarm.annunciation,
      sinceMs: nowMs,
      isCovered: false,
    };
    known[alarm.id] = entry;
    const waitsUntilMs = alarm.backlog && alarm.priority >= 3 ? entry.sinceMs + rules.settleMs : 0;
    if (waitsUntilMs > nowMs) settledAtMs = Math.min(settledAtMs, waitsUntilMs);
    else audible.push(alarm);
  }
  const { lastPlayed } = state;
  let { burstUntilMs } = state;
  const fresh = audible.filter((alarm) => !known[alarm.id]!.isCovered);
  const isInBurst =
    lastPlayed !== null && nowMs < burstUntilMs && fresh.every((one) => rankOf(one) >= lastPlayed.rank);
  if (isInBurst && fresh.length > 0) burstUntilMs = nowMs + rules.burstMs;
  const coverAll = () => {
    for (const { id } of audible) known[id] = { ...known[id]!, isCovered: true };
  };
  if (isInBurst) coverAll();

  const rank = Math.min(...audible.map(rankOf));
  const repeatMs = audible.length > 0 ? rules.repeatMs[priorityOfRank(rank)] : 0;
  const isNew = !isInBurst && fresh.some((alarm) => rankOf(alarm) === rank);
  const repeatAtMs = repeatMs > 0 ? (lastPlayed?.atMs ?? nowMs) + repeatMs : Infinity;
  if (isNew || repeatAtMs <= nowMs) {
    coverAll();
    return {
      play: soundOf(rank),
      state: { lastPlayed: { rank, atMs: nowMs }, burstUntilMs: nowMs + rules.burstMs, known },
      askAgainAtMs: finiteOrNull(Math.min(settledAtMs, repeatMs > 0 ? nowMs + repeatMs : Infinity)),
    };
  }
  return {
    play: null,
    state: { lastPlayed, burstUntilMs, known },
    askAgainAtMs: finiteOrNull(Math.min(settledAtMs, repeatAtMs)),
  };
}

const finiteOrNull = (atMs: number): number | null => (Number.isFinite(atMs) ? atMs : null);

function knownBefore(alarm: SoundingAlarm, state: SoundState): KnownAlarm | undefined {
  const before = Object.hasOwn(state.known, alarm.id) ? state.known[alarm.id] : undefined;
  return before?.annunciation === alarm.annunciation ? before : undefined;
}

/** Since when each backlog alarm is known. Start with `{}`. */
export type SirenMemory = Readonly<Record<string, number>>;
export interface SirenVerdict {
  level: AlarmPriority | null;
  memory: SirenMemory;
  /** Ask again then at the latest; null: not before an alarm changes. */
  askAgainAtMs: number | null;
}
/**
 * The level for a siren that repeats by itself: the highest priority of real alarms that waits for an
 * acknowledgement, null for silence. Drills sound on the consoles only. Late news of low priority wait
 * a little, then they sound like any other: their end has not come.
 * @param nowMs monotonic milliseconds
 */
export function sirenLevel(
  open: readonly SoundingAlarm[],
  memory: SirenMemory,
  nowMs: number,
  { settleMs }: Pick<SoundRules, 'settleMs'> = DEFAULT_SOUND_RULES,
): SirenVerdict {
  const held: Record<string, number> = {};
  let level: AlarmPriority | null = null;
  let askAgainAtMs = Infinity;
  for (const { id, priority, acknowledged, drill, backlog } of open) {
    if (acknowledged || drill) continue;
    if (backlog && priority >= 3) {
      const sinceMs = Object.hasOwn(memory, id) ? (memory[id] as number) : nowMs;
      held[id] = sinceMs;
      if (sinceMs + settleMs > nowMs) {
        askAgainAtMs = Math.min(askAgainAtMs, sinceMs + settleMs);
        continue;
      }
    }
    if (level === null || priority < level) level = priority;
  }
  return { level, memory: held, askAgainAtMs: finiteOrNull(askAgainAtMs) };
}
