import type { BroadcastPriority } from './broadcast-types.ts';
import { isEmergency } from './broadcast-types.ts';

/** What is played, in order; `message` is the recorded or spoken content of the broadcast. */
export type ProgrammePart = 'chime_in' | 'attention' | 'message' | 'chime_out';

export interface ProgrammeStep {
  part: ProgrammePart;
  /** Silence after it. */
  gapMs: number;
}

/** How a broadcast is to be played. */
export interface ProgrammeWish {
  priority: BroadcastPriority;
  /** Times the message is played; `until_stopped` is for emergencies and background music. */
  repeat: number | 'until_stopped';
  /** Chime before and after; an emergency takes the attention tone before each message instead. */
  chime: boolean;
}

export interface Programme {
  /** Played once. */
  lead: readonly ProgrammeStep[];
  /** Played `rounds` times. */
  body: readonly ProgrammeStep[];
  rounds: number | 'until_stopped';
  /** Played once at the end. */
  tail: readonly ProgrammeStep[];
}

/** A person must be able to follow it: more than this is a mistake in the form, not a wish. */
export const MAX_REPEAT = 99;

/** Between chime and voice, and between two rounds: long enough to be heard as a pause, short enough not to be taken as the end. */
const AFTER_CHIME_MS = 300;
const BETWEEN_ROUNDS_MS = 1500;
/** The attention tone's file is 3 s long: 9 s together, inside the 8 to 20 s of GB 50116 4.8.6. */
const ATTENTION_ROUNDS = 3;

export type ProgrammeProblem = 'broadcast.repeat_out_of_range' | 'broadcast.endless_not_allowed';

/** What is wrong with a wish, or null. */
export function programmeProblem(wish: ProgrammeWish): ProgrammeProblem | null {
  if (wish.repeat === 'until_stopped') {
    // An endless manual or scheduled message would block its zone for every later one of its kind.
    return isEmergency(wish.priority) || wish.priority === 'background'
      ? null
      : 'broadcast.endless_not_allowed';
  }
  const whole = Number.isInteger(wish.repeat) && wish.repeat >= 1 && wish.repeat <= MAX_REPEAT;
  return whole ? null : 'broadcast.repeat_out_of_range';
}

/**
 * Lays out a broadcast. Emergencies alternate attention tone and voice in every round (GB 50116
 * 4.8.6: tone 8 to 20 s, voice 10 to 30 s); announcements have a chime before the first and after
 * the last round; music has neither and no pause between rounds. The last round is in `tail`,
 * because no pause follows it: the zone is free as soon as there is nothing more to hear.
 */
export function planProgramme(wish: ProgrammeWish): Programme {
  const isMusic = wish.priority === 'background';
  const framed = wish.chime && !isMusic;
  const chimes = framed && !isEmergency(wish.priority);
  const attention = framed && !chimes ? attentionSteps() : [];
  const round = (gapMs: number): ProgrammeStep[] => [...attention, { part: 'message', gapMs }];
  const lead: ProgrammeStep[] = chimes ? [{ part: 'chime_in', gapMs: AFTER_CHIME_MS }] : [];
  const body = round(isMusic ? 0 : BETWEEN_ROUNDS_MS);
  if (wish.repeat === 'until_stopped') return { lead, body, rounds: wish.repeat, tail: [] };
  const end: ProgrammeStep[] = chimes ? [{ part: 'chime_out', gapMs: 0 }] : [];
  return { lead, body, rounds: wish.repeat - 1, tail: [...round(chimes ? AFTER_CHIME_MS : 0), ...end] };
}

function attentionSteps(): ProgrammeStep[] {
  return Array.from({ length: ATTENTION_ROUNDS }, (_, at) => ({
    part: 'attention',
    gapMs: at === ATTENTION_ROUNDS - 1 ? AFTER_CHIME_MS : 0,
  }));
}

/** Length of a programme in milliseconds, or null if it ends only when stopped. `lengths`: of each part's sound. */
export function programmeLengthMs(
  programme: Programme,
  lengths: Readonly<Record<ProgrammePart, number>>,
): number | null {
  if (programme.rounds === 'until_stopped') return null;
  const sum = (steps: readonly ProgrammeStep[]) =>
    steps.reduce((total, step) => total + lengths[step.part] + step.gapMs, 0);
  return sum(programme.lead) + programme.rounds * sum(programme.body) + sum(programme.tail);
}
