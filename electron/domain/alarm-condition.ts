import type { AlarmPriority } from './alarm-types.ts';
import type { Stamp } from './alarm-order.ts';

export type AlarmWorkflow = 'new' | 'in_progress' | 'on_hold' | 'resolved' | 'closed';
export type AlarmDisposition = 'real' | 'false' | 'test' | 'maintenance';
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type AlarmData = Record<string, Json>;

/** One condition of one device, as far as its life cycle goes. Plain data; changed only by alarm*.ts. */
export interface AlarmCondition {
  id: string;
  deviceId: string;
  type: string;
  /** A drill's condition is another condition: the two never meet. */
  drill: boolean;
  /** The highest of its occurrences; it never sinks. */
  priority: AlarmPriority;
  /** The device says so now. Independent of `acknowledged` (ISA-18.2). */
  active: boolean;
  acknowledged: boolean;
  workflow: AlarmWorkflow;
  count: number;
  /** Times that it asked for attention: created, active again, risen in priority. */
  annunciation: number;
  /** Told long after the fact: its sound waits a little in case the end of it comes right behind. */
  backlog: boolean;
  firstOccurredAtMs: number;
  newest: Stamp;
  /** Receipt of the first occurrence. */
  receivedAtMs: number;
  clearedAtMs: number | null;
  acknowledgedAtMs: number | null;
  acknowledgedBy: string | null;
  closedAtMs: number | null;
  closedBy: string | null;
  disposition: AlarmDisposition | null;
  data: AlarmData;
  commentCount: number;
  lastComment: string | null;
  runId: string | null;
}

export interface AlarmKey {
  deviceId: string;
  type: string;
  drill: boolean;
}
/** What is remembered per key: the latest alarm, open or closed, and the newest clear ever heard. */
export interface AlarmTrack {
  alarm: AlarmCondition | null;
  lastClear: Stamp | null;
}

export type AlarmLogKind =
  | 'raised'
  | 'repeated'
  | 'cleared'
  | 'acknowledged'
  | 'comment'
  | 'workflow'
  | 'closed'
  | 'run_started'
  | 'late_clear';
/** One line of the handling record. `by` null: the device or the station. */
export interface AlarmLogItem {
  atMs: number;
  kind: AlarmLogKind;
  by: string | null;
  params: AlarmData;
}

export type OpenAlarm = AlarmCondition & { workflow: Exclude<AlarmWorkflow, 'closed'> };
/** True while somebody has to deal with it: active, or returned and not closed. */
export function isOpen(alarm: AlarmCondition | null): alarm is OpenAlarm {
  return alarm !== null && alarm.workflow !== 'closed';
}
