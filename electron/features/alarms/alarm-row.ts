import type { LocalText, LngLat } from '#contract/base.ts';
import type { Alarm } from '#contract/alarms.contract.ts';
import type { AlarmCondition, AlarmDisposition, AlarmData, AlarmWorkflow } from '#domain/alarm-condition.ts';
import type { AlarmCategory, AlarmPriority } from '#domain/alarm-types.ts';

/** The surroundings of an alarm as they were when it was raised: a record outlives an edit of the site. */
export interface AlarmSurroundings {
  deviceName: LocalText;
  placeId: string | null;
  placeName: LocalText | null;
  position: LngLat | null;
  level: number | null;
  cameraIds: string[];
  planIds: string[];
}
/** An alarm as stored: its life cycle, and what is around it. */
export interface StoredAlarm {
  condition: AlarmCondition;
  category: AlarmCategory;
  surroundings: AlarmSurroundings;
}
export interface AlarmRow {
  id: string;
  device_id: string;
  type: string;
  drill: number;
  category: AlarmCategory;
  priority: AlarmPriority;
  active: number;
  acknowledged: number;
  workflow: AlarmWorkflow;
  count: number;
  annunciation: number;
  backlog: number;
  first_occurred_at_ms: number;
  newest_occurred_at_ms: number;
  newest_received_at_ms: number;
  newest_boot_id: string | null;
  newest_seq: number | null;
  received_at_ms: number;
  cleared_at_ms: number | null;
  acknowledged_at_ms: number | null;
  acknowledged_by: string | null;
  closed_at_ms: number | null;
  closed_by: string | null;
  disposition: AlarmDisposition | null;
  data: string;
  comment_count: number;
  last_comment: string | null;
  run_id: string | null;
  place_id: string | null;
  context: string;
}

export function toRow({ condition, category, surroundings }: StoredAlarm): AlarmRow {
  const { newest, ...one } = condition;
  return {
    id: one.id,
    device_id: one.deviceId,
    type: one.type,
    drill: Number(one.drill),
    category,
    priority: one.priority,
    active: Number(one.active),
    acknowledged: Number(one.acknowledged),
    workflow: one.workflow,
    count: one.count,
    annunciation: one.annunciation,
    backlog: Number(one.backlog),
    first_occurred_at_ms: one.firstOccurredAtMs,
    newest_occurred_at_ms: newest.occurredAtMs,
    newest_received_at_ms: newest.receivedAtMs,
    newest_boot_id: newest.bootId,
    newest_seq: newest.seq,
    received_at_ms: one.receivedAtMs,
    cleared_at_ms: one.clearedAtMs,
    acknowledged_at_ms: one.acknowledgedAtMs,
    acknowledged_by: one.acknowledgedBy,
    closed_at_ms: one.closedAtMs,
    closed_by: one.closedBy,
    disposition: one.disposition,
    data: JSON.stringify(one.data),
    comment_count: one.commentCount,
    last_comment: one.lastComment,
    run_id: one.runId,
    place_id: surroundings.placeId,
    context: JSON.stringify(surroundings),
  };
}

export function fromRow(row: AlarmRow): StoredAlarm {
  return {
    category: row.category,
    surroundings: JSON.parse(row.context) as AlarmSurroundings,
    condition: {
      id: row.id,
      deviceId: row.device_id,
      type: row.type,
      drill: row.drill === 1,
      priority: row.priority,
      active: row.active === 1,
      acknowledged: row.acknowledged === 1,
      workflow: row.workflow,
      count: row.count,
      annunciation: row.annunciation,
      backlog: row.backlog === 1,
      firstOccurredAtMs: row.first_occurred_at_ms,
      newest: {
        occurredAtMs: row.newest_occurred_at_ms,
        receivedAtMs: row.newest_received_at_ms,
        bootId: row.newest_boot_id,
        seq: row.newest_seq,
      },
      receivedAtMs: row.received_at_ms,
      clearedAtMs: row.cleared_at_ms,
      acknowledgedAtMs: row.acknowledged_at_ms,
      acknowledgedBy: row.acknowledged_by,
      closedAtMs: row.closed_at_ms,
      closedBy: row.closed_by,
      disposition: row.disposition,
      data: JSON.parse(row.data) as AlarmData,
      commentCount: row.comment_count,
      lastComment: row.last_comment,
      runId: row.run_id,
    },
  };
}

/** As a console sees it. */
export function toAlarm({ condition, category, surroundings }: StoredAlarm): Alarm {
  const { newest, ...rest } = condition;
  return { ...rest, ...surroundings, category, lastOccurredAtMs: newest.occurredAtMs };
}
