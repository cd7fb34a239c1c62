/** All that is recorded and searched: one entry per table. */
import type { JsonObject, LocalText, Priority } from '#contract/base.ts';
import { alarmTypeOf, priorityOf } from '#domain/alarm-types.ts';
import { prepared } from '#native/sqlite/prepared.ts';
import { sourceOf, type RecordKind, type RecordSource } from './source.ts';

const parse = (text: string) => JSON.parse(text) as JsonObject;
/** Scalars of a row's parameters beside what every record of the table has. */
const dataOf = (base: Record<string, string | number | null>, params: JsonObject): JsonObject => ({
  ...Object.fromEntries(Object.entries(base).filter(([, value]) => value !== null)),
  ...params,
});

/** Patrol, perimeter and gate events are found under their own kind; what is left is an event. */
function kindOfEvent(type: string): RecordKind {
  if (type === 'system.gap') return 'gap';
  const { category } = alarmTypeOf(type);
  if (category === 'patrol' || category === 'access') return category;
  return category === 'intrusion' ? 'perimeter' : 'event';
}

const events = sourceOf<{
  ref: number; device_id: string; type: string; state: 'raise' | 'clear' | 'info'; severity: Priority | null;
  occurred_at_ms: number; received_at_ms: number; drill: number; data: string;
}>({
  name: 'event',
  kinds: ['event', 'patrol', 'perimeter', 'access', 'gap'],
  table: 'event',
  key: 'row_id',
  select: 'SELECT row_id ref, device_id, type, state, severity, occurred_at_ms, received_at_ms, drill, data FROM event',
  mark: 'hash',
  read: (row, labels) => ({
    ref: row.ref,
    kind: kindOfEvent(row.type),
    occurredAtMs: row.occurred_at_ms,
    receivedAtMs: row.received_at_ms,
    deviceId: row.device_id,
    type: row.type,
    state: row.state,
    priority: row.state === 'info' ? row.severity : priorityOf(row.type, row.severity, labels.priorities),
    drill: row.drill === 1,
    data: parse(row.data),
  }),
}, prepared); // prettier-ignore

const alarms = sourceOf<{
  ref: number; alarm_id: string; at_ms: number; kind: string; by: string | null; params: string; device_id: string;
  type: string; priority: Priority; drill: number; context: string;
}>({
  name: 'alarm',
  kinds: ['alarm'],
  table: 'alarm_log',
  key: 'seq',
  select: `SELECT seq ref, alarm_id, at_ms, kind, by, params, device_id, type, priority, drill, context
    FROM alarm_log JOIN alarm ON alarm.id = alarm_id`,
  mark: 'hash',
  read: (row) => {
    const { deviceName, placeId } = JSON.parse(row.context) as { deviceName: LocalText; placeId: string | null };
    return {
      ref: row.ref,
      kind: 'alarm',
      occurredAtMs: row.at_ms,
      receivedAtMs: row.at_ms,
      deviceId: row.device_id,
      deviceName,
      placeId,
      type: row.type,
      state: row.kind,
      priority: row.priority,
      drill: row.drill === 1,
      data: dataOf({ alarmId: row.alarm_id, by: row.by }, parse(row.params)),
    };
  },
}, prepared); // prettier-ignore

const runs = sourceOf<{
  ref: number; run_id: string; at_ms: number; kind: string; step_id: string | null; by: string | null; params: string;
  plan_id: string; name_zh: string; name_en: string | null; drill: number; alarm_id: string | null;
}>({
  name: 'run',
  kinds: ['run'],
  table: 'run_event',
  key: 'run_event.seq',
  select: `SELECT run_event.seq ref, run_id, at_ms, kind, step_id, by, params, plan_id, drill, alarm_id,
    plan ->> '$.name.zh' name_zh, plan ->> '$.name.en' name_en FROM run_event JOIN run ON run.id = run_id`,
  mark: 'hash',
  read: (row) => ({
    ref: row.ref,
    kind: 'run',
    occurredAtMs: row.at_ms,
    receivedAtMs: row.at_ms,
    deviceId: null,
    deviceName: { zh: row.name_zh, en: row.name_en ?? '' },
    type: `run.${row.kind}`,
    state: row.kind,
    priority: null,
    drill: row.drill === 1,
    data: dataOf(
      { runId: row.run_id, planId: row.plan_id, alarmId: row.alarm_id, stepId: row.step_id, by: row.by },
      parse(row.params),
    ),
  }),
}, prepared); // prettier-ignore

const broadcasts = sourceOf<{
  ref: number; broadcast_id: string; zone_id: string; rung: string; reason: string | null; at_ms: number;
  class: string; title: string; drill: number; run_id: string | null; started_by: string;
}>({
  name: 'broadcast',
  kinds: ['broadcast'],
  table: 'broadcast_receipt',
  key: 'seq',
  select: `SELECT seq ref, broadcast_id, zone_id, rung, reason, at_ms, class, title, drill, run_id, started_by
    FROM broadcast_receipt JOIN broadcast ON broadcast.id = broadcast_id`,
  mark: 'hash',
  read: (row) => ({
    ref: row.ref,
    kind: 'broadcast',
    occurredAtMs: row.at_ms,
    receivedAtMs: row.at_ms,
    deviceId: row.zone_id,
    type: `announcement.${row.class}`,
    state: row.rung,
    priority: null,
    drill: row.drill === 1,
    data: dataOf(
      { title: row.title, by: row.started_by, reason: row.reason, broadcastId: row.broadcast_id, runId: row.run_id },
      {},
    ),
  }),
}, prepared); // prettier-ignore

const commands = sourceOf<{
  ref: number; command_id: string; at_ms: number; rung: string; reason: string | null; device_id: string; name: string;
  params: string; actor: string;
}>({
  name: 'command',
  kinds: ['command'],
  table: 'device_command_receipt',
  key: 'device_command_receipt.seq',
  select: `SELECT device_command_receipt.seq ref, command_id, at_ms, rung, reason, device_id, name, params, actor
    FROM device_command_receipt JOIN device_command ON device_command.id = command_id`,
  mark: "command_id || ' ' || rung",
  read: (row) => ({
    ref: row.ref,
    kind: 'command',
    occurredAtMs: row.at_ms,
    receivedAtMs: row.at_ms,
    deviceId: row.device_id,
    type: `command.${row.name}`,
    state: row.rung,
    priority: null,
    drill: false,
    data: dataOf({ by: row.actor, reason: row.reason, commandId: row.command_id }, parse(row.params)),
  }),
}, prepared); // prettier-ignore

const pictures = sourceOf<{
  ref: number; picture_id: string; kind: string; camera_id: string; taken_at_ms: number; at_ms: number;
  by: string | null; params: string;
}>({
  name: 'picture',
  kinds: ['snapshot'],
  table: 'picture_record',
  key: 'seq',
  select: 'SELECT seq ref, picture_id, kind, camera_id, taken_at_ms, at_ms, by, params FROM picture_record',
  mark: 'hash',
  read: (row) => ({
    ref: row.ref,
    kind: 'snapshot',
    occurredAtMs: row.kind === 'removed' ? row.at_ms : row.taken_at_ms,
    receivedAtMs: row.at_ms,
    deviceId: row.camera_id,
    type: `snapshot.${row.kind}`,
    state: '',
    priority: null,
    drill: false,
    data: dataOf({ by: row.by, pictureId: row.picture_id }, parse(row.params)),
  }),
}, prepared); // prettier-ignore

const tours = sourceOf<{
  ref: number; run_id: string; kind: string; camera_id: string | null; by: string | null; at_ms: number; params: string;
  route_id: string; name_zh: string; name_en: string | null;
}>({
  name: 'tour',
  kinds: ['tour'],
  table: 'tour_record',
  key: 'seq',
  select: `SELECT seq ref, run_id, kind, camera_id, by, at_ms, params, route_id,
    route ->> '$.name.zh' name_zh, route ->> '$.name.en' name_en FROM tour_record JOIN tour_run ON tour_run.id = run_id`,
  mark: 'hash',
  read: (row) => {
    const { picture: _picture, ...params } = parse(row.params);
    const route = { zh: row.name_zh, en: row.name_en ?? '' };
    return {
      ref: row.ref,
      kind: 'tour',
      occurredAtMs: row.at_ms,
      receivedAtMs: row.at_ms,
      // a camera is found under its own name, the round under the route's as it was
      deviceId: row.camera_id ?? row.route_id,
      ...(row.camera_id === null ? { deviceName: route } : {}),
      type: `tour.${row.kind}`,
      state: '',
      priority: null,
      drill: false,
      data: dataOf({ by: row.by, route: row.camera_id === null ? null : route.zh, tourRunId: row.run_id }, params),
    };
  },
}, prepared); // prettier-ignore

export const recordSources: readonly RecordSource[] = [
  ...[events, alarms, runs, broadcasts],
  ...[commands, pictures, tours],
];

const byKind = new Map(
  recordSources.flatMap((source) => source.kinds.map((kind) => [kind, source] as const)),
);
/** The table that records of a kind are in. */
export const sourceOfKind = (kind: RecordKind): RecordSource => byKind.get(kind)!;
