/** When one login may be tried at one device. Pure: times and what happened in, answers out. Times are monotonic. */

/** Cameras lock an account for half an hour after three to seven wrong passwords: four tries in that time. */
const REFUSED_MS = [60_000, 300_000, 900_000];
/** A timer may fire a little before its time; that much is waited out instead of being turned away. */
const EARLY_MS = 50;
/**
 * Who was refused last leaves the next try to another for so long: a channel may be barred where the login is right. What
 * goes beside the pictures does so too.
 */
const YIELD_MS = 250;
/** A login of which nothing is known goes alone for so long; then one more each time, until there is an answer. */
export const STAGGER_MS = 500;
/** What was let in lately is not held up, unless something has failed since: that may have been a new password. */
const FRESH_MS = 60_000;
/** For those who are in no hurry. */
const PATIENT_FRESH_MS = 1_000;
/** What goes beside the pictures leaves the first try to them, if they come within this. */
export const PICTURES_FIRST_MS = 3_000;

/** A way in at a device: a stream, or its events. */
export interface Way {
  name: string;
  /** It may have accounts of its own (ONVIF on some cameras), so what it says about a login does not bind the pictures. */
  isBeside: boolean;
}
interface Refusals {
  count: number;
  dueMs: number;
  /** Number of the attempt begun last when it was noted: what had begun by then is part of the same refusal. */
  attempt: number;
}
interface LoginRefusals extends Refusals {
  /** The way that was refused last. */
  by: string;
  /** Only ways beside the pictures were: one for the pictures may find out whether it is the login. */
  isBeside: boolean;
}
export interface Attempt {
  number: number;
  way: Way;
  wasLetIn: boolean;
}
/** What is known of one login at one device. */
export interface LoginRecord {
  /** Without a login there is nothing that could be locked. */
  hasLogin: boolean;
  knownSinceMs: number;
  refused: LoginRefusals | undefined;
  /** Ways that say no while others let in. */
  own: Map<string, Refusals>;
  letIn: Map<string, Way>;
  /** Ways that have been turned away since it was let in, and will come again. */
  turnedAway: Map<string, Way>;
  letInMs: number;
  /** Something has failed since. */
  isDoubtful: boolean;
  /** Under way and without an answer. */
  trying: Set<Attempt>;
  attempts: number;
  triedMs: number;
  /** A try for pictures has ended, whatever came of it. */
  hasTried: boolean;
}

export const newRecord = (hasLogin: boolean, nowMs: number): LoginRecord => ({
  ...{ hasLogin, knownSinceMs: nowMs, refused: undefined, own: new Map(), letIn: new Map() },
  turnedAway: new Map(),
  ...{ letInMs: -Infinity, isDoubtful: false, trying: new Set(), attempts: 0, triedMs: -Infinity },
  hasTried: false,
});

/** `wait`: until then or until something happens. `refused`: not before `untilMs`, so nobody is asked. */
export type Answer =
  { kind: 'go' } | { kind: 'wait'; untilMs: number } | { kind: 'refused'; untilMs: number };

/** From when on a way may be tried; -Infinity where nothing was refused. */
export function dueMs({ own, refused }: LoginRecord, way: Way): number {
  const isBound = refused && (way.isBeside || !refused.isBeside);
  return Math.max(own.get(way.name)?.dueMs ?? -Infinity, isBound ? refused.dueMs : -Infinity);
}

/** Nothing speaks against more than one at a time: it was taken lately, or there is no login. */
export function isTaken(record: LoginRecord, nowMs: number, isPatient = false): boolean {
  if (!record.hasLogin) return true;
  const isFresh = nowMs - record.letInMs < (isPatient ? PATIENT_FRESH_MS : FRESH_MS);
  return isFresh && !record.refused && !record.isDoubtful;
}

/** Whether `way` may be tried now. */
export function answer(record: LoginRecord, way: Way, at: { nowMs: number; isPatient: boolean }): Answer {
  const { nowMs } = at;
  const due = dueMs(record, way);
  if (due - nowMs > EARLY_MS) {
    record.turnedAway.set(way.name, way);
    return { kind: 'refused', untilMs: due };
  }
  if (due > nowMs) return { kind: 'wait', untilMs: due };
  if (!record.hasLogin) return { kind: 'go' };
  const isUnderWay = record.trying.size > 0;
  if (record.refused) {
    if (isUnderWay) return { kind: 'wait', untilMs: Infinity };
    const yieldsUntilMs = record.refused.dueMs + YIELD_MS;
    const isLast = way.isBeside || record.refused.by === way.name;
    const hasOthers = [...record.turnedAway.values()].some((one) => one.name !== way.name && !one.isBeside);
    const yields = isLast && hasOthers && nowMs < yieldsUntilMs;
    return yields ? { kind: 'wait', untilMs: yieldsUntilMs } : { kind: 'go' };
  }
  if (isTaken(record, nowMs, at.isPatient)) return { kind: 'go' };
  const freeMs = isUnderWay ? record.triedMs + STAGGER_MS : -Infinity;
  const firstMs = way.isBeside && !record.hasTried ? record.knownSinceMs + PICTURES_FIRST_MS : -Infinity;
  const untilMs = Math.max(freeMs, firstMs);
  return untilMs > nowMs ? { kind: 'wait', untilMs } : { kind: 'go' };
}

export function begin(record: LoginRecord, way: Way, nowMs: number): Attempt {
  const attempt = { number: (record.attempts += 1), way, wasLetIn: false };
  record.trying.add(attempt);
  record.triedMs = nowMs;
  return attempt;
}

/** @returns whether it was said of the login, so that others need not ask */
export function refused(record: LoginRecord, attempt: Attempt, nowMs: number): boolean {
  const { way } = attempt;
  record.turnedAway.set(way.name, way);
  const isKnownHere = record.letIn.has(way.name);
  const letsOthersIn = [...record.letIn.values()].some((one) => one.name !== way.name && !one.isBeside);
  // of a login that is refused already it is one more refusal
  const isApart = way.isBeside && !record.refused;
  // that one stream wants a login says nothing of another that is open to all
  const isOwn = !record.hasLogin || attempt.wasLetIn || (!isKnownHere && (isApart || letsOthersIn));
  const isBeside = way.isBeside && record.refused?.isBeside !== false;
  const before = isOwn ? record.own.get(way.name) : record.refused;
  if (before && attempt.number <= before.attempt) {
    if (!isOwn && record.refused) record.refused.isBeside = isBeside;
    return !isOwn;
  }
  const count = (before?.count ?? 0) + 1;
  const waitMs = REFUSED_MS[Math.min(count, REFUSED_MS.length) - 1]!;
  const next = { count, dueMs: nowMs + waitMs, attempt: record.attempts };
  if (isOwn) record.own.set(way.name, next);
  else {
    record.refused = { ...next, by: way.name, isBeside };
    // what was let in with it before is no evidence any more
    record.letIn.clear();
    record.letInMs = -Infinity;
  }
  return !isOwn;
}

/** The device took the login. */
export function letIn(record: LoginRecord, way: Way, nowMs: number): void {
  // the login has become right: what ways had against it before may be over too
  if (record.refused) record.own.clear();
  record.refused = undefined;
  record.turnedAway.clear();
  record.letIn.set(way.name, way);
  if (way.isBeside) return;
  record.letInMs = nowMs;
  record.isDoubtful = false;
}

/** A person wants it now: the next one may, and is not held up. What was refused is not forgotten. */
export function allow(record: LoginRecord, way: Way, nowMs: number): void {
  const own = record.own.get(way.name);
  if (own) own.dueMs = Math.min(own.dueMs, nowMs);
  if (record.refused)
    record.refused = { ...record.refused, dueMs: Math.min(record.refused.dueMs, nowMs), by: '' };
}
