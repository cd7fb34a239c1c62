/**
 * The life cycle of an alarm as far as devices drive it: an occurrence (raise) and its end (clear).
 * What operators do is in alarm-handling.ts. Pure: a track and a message in, a track out.
 */
import type { AlarmCondition, AlarmData, AlarmKey, AlarmLogItem, AlarmTrack } from './alarm-condition.ts';
import { isOpen } from './alarm-condition.ts';
import type { AlarmPriority } from './alarm-types.ts';
import { believedAtMs, delayMs, isOlder, type Stamp } from './alarm-order.ts';

export interface Occurrence {
  stamp: Stamp;
  priority: AlarmPriority;
  data: AlarmData;
}
export interface AlarmRules {
  /** Received later than this after it occurred, a message is backlog. */
  backlogMs: number;
}
/** 10 minutes: an outage, not a slow link. A setting; no standard gives a number. */
export const DEFAULT_ALARM_RULES: AlarmRules = { backlogMs: 600_000 };
/** Backlog of this priority and below that has already ended is history; above it, it still asks for attention. */
const HISTORY_FROM: AlarmPriority = 3;

/**
 * created: a new open alarm. history: a new alarm, closed at once. again: returned and now active
 * again. repeated: counted on an active one. late: counted or noted, older than what is known.
 * returned: no longer active. none: nothing to show.
 */
export type AlarmChange = 'created' | 'history' | 'again' | 'repeated' | 'late' | 'returned' | 'none';
export interface AlarmOutcome {
  track: AlarmTrack;
  change: AlarmChange;
  log: AlarmLogItem[];
}

/**
 * A device reports the condition.
 * @param newId id for a new alarm, used only when one is made
 */
export function raise(
  track: AlarmTrack,
  key: AlarmKey,
  occurrence: Occurrence,
  newId: string,
  rules: AlarmRules = DEFAULT_ALARM_RULES,
): AlarmOutcome {
  const { alarm, lastClear } = track;
  const isEnded = lastClear !== null && isOlder(occurrence.stamp, lastClear);
  if (!isOpen(alarm)) return begin(key, occurrence, newId, isEnded ? lastClear : null, track, rules);
  const counted = count(alarm, occurrence, rules);
  const hasRisen = counted.priority < alarm.priority;
  if (!alarm.active && !isEnded) {
    const again = askAgain({ ...counted, active: true, clearedAtMs: null });
    again.workflow = alarm.workflow === 'resolved' ? 'in_progress' : alarm.workflow;
    return outcome(track, again, 'again', [
      logAt(occurrence.stamp, 'raised', { again: true, priority: again.priority }),
    ]);
  }
  const isLate = isEnded || isOlder(occurrence.stamp, alarm.newest);
  const params: AlarmData = { count: counted.count };
  if (isLate) params.late = true;
  if (hasRisen) params.priority = counted.priority;
  return outcome(track, hasRisen ? askAgain(counted) : counted, isLate ? 'late' : 'repeated', [
    logAt(occurrence.stamp, 'repeated', params),
  ]);
}

/** A device reports the end of the condition. Also ends a closed alarm that was closed while active. */
export function clear(track: AlarmTrack, stamp: Stamp): AlarmOutcome {
  const { alarm } = track;
  const lastClear = track.lastClear && isOlder(stamp, track.lastClear) ? track.lastClear : stamp;
  const next: AlarmTrack = { alarm, lastClear };
  if (!alarm?.active) return { track: next, change: 'none', log: [] };
  if (isOlder(stamp, alarm.newest)) return outcome(next, alarm, 'late', [logAt(stamp, 'late_clear', {})]);
  const returned: AlarmCondition = { ...alarm, active: false, clearedAtMs: believedAtMs(stamp) };
  const cleared = logAt(stamp, 'cleared', {});
  if (!wasOverOnArrival(alarm, stamp)) return outcome(next, returned, 'returned', [cleared]);
  return outcome(next, toHistory(returned, stamp.receivedAtMs), 'history', [cleared, closedAsBacklog(stamp)]);
}

/** A new alarm; `ended` is the clear that is already known to be newer than it. */
function begin(
  key: AlarmKey,
  occurrence: Occurrence,
  id: string,
  ended: Stamp | null,
  track: AlarmTrack,
  rules: AlarmRules,
): AlarmOutcome {
  const { stamp, priority, data } = occurrence;
  const backlog = delayMs(stamp) > rules.backlogMs;
  const alarm: AlarmCondition = {
    id,
    deviceId: key.deviceId,
    type: key.type,
    drill: key.drill,
    priority,
    active: ended === null,
    acknowledged: false,
    workflow: 'new',
    count: 1,
    annunciation: 1,
    backlog,
    firstOccurredAtMs: believedAtMs(stamp),
    newest: stamp,
    receivedAtMs: stamp.receivedAtMs,
    clearedAtMs: ended && believedAtMs(ended),
    acknowledgedAtMs: null,
    acknowledgedBy: null,
    closedAtMs: null,
    closedBy: null,
    disposition: null,
    data,
    commentCount: 0,
    lastComment: null,
    runId: null,
  };
  const log = [logAt(stamp, 'raised', { priority })];
  if (ended === null) return outcome(track, alarm, 'created', log);
  log.push(logAt(stamp, 'cleared', {}));
  if (!backlog || priority < HISTORY_FROM) return outcome(track, alarm, 'created', log);
  return outcome(track, toHistory(alarm, stamp.receivedAtMs), 'history', [...log, closedAsBacklog(stamp)]);
}

/** Counts an occurrence: newest data win, the priority never sinks, the first time is the earliest. */
function count(
  alarm: AlarmCondition,
  { stamp, priority, data }: Occurrence,
  rules: AlarmRules,
): AlarmCondition {
  const isNewest = !isOlder(stamp, alarm.newest);
  return {
    ...alarm,
    count: alarm.count + 1,
    priority: Math.min(alarm.priority, priority) as AlarmPriority,
    firstOccurredAtMs: Math.min(alarm.firstOccurredAtMs, believedAtMs(stamp)),
    newest: isNewest ? stamp : alarm.newest,
    data: isNewest ? data : alarm.data,
    backlog: alarm.backlog && delayMs(stamp) > rules.backlogMs,
  };
}

function askAgain(alarm: AlarmCondition): AlarmCondition {
  return {
    ...alarm,
    acknowledged: false,
    acknowledgedAtMs: null,
    acknowledgedBy: null,
    annunciation: alarm.annunciation + 1,
  };
}

/** Untouched backlog of low priority whose end had come before the station even heard of it. */
function wasOverOnArrival(alarm: AlarmCondition, clearStamp: Stamp): boolean {
  return (
    isOpen(alarm) &&
    alarm.backlog &&
    alarm.priority >= HISTORY_FROM &&
    !alarm.acknowledged &&
    alarm.workflow === 'new' &&
    alarm.commentCount === 0 &&
    alarm.runId === null &&
    believedAtMs(clearStamp) <= alarm.newest.receivedAtMs
  );
}

function toHistory(alarm: AlarmCondition, atMs: number): AlarmCondition {
  return { ...alarm, workflow: 'closed', closedAtMs: atMs };
}

const closedAsBacklog = (stamp: Stamp): AlarmLogItem => logAt(stamp, 'closed', { reason: 'backlog' });
const logAt = (stamp: Stamp, kind: AlarmLogItem['kind'], params: AlarmData): AlarmLogItem => ({
  atMs: stamp.receivedAtMs,
  kind,
  by: null,
  params,
});
const outcome = (
  track: AlarmTrack,
  alarm: AlarmCondition,
  change: AlarmChange,
  log: AlarmLogItem[],
): AlarmOutcome => ({ track: { ...track, alarm }, change, log });
