import { isUtf8 } from 'node:buffer';
import type { z } from 'zod';
import type { QuarantineCode } from '#contract/devices.contract.ts';
import {
  availabilityMessage,
  eventMessage,
  replyMessage,
  stateMessage,
  telemetryMessage,
  TOPIC_LEAVES,
  TOPIC_ROOT,
  type AvailabilityMessage,
  type EventMessage,
  type ReplyMessage,
  type TelemetryMessage,
  type TopicLeaf,
} from '#contract/park-messages.ts';
import { siteId } from '#contract/base.ts';

/** What the parser needs of a message; the MQTT driver's InboundMessage fits. */
export interface RawMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retained: boolean;
}

export interface Refusal {
  kind: 'refused';
  code: QuarantineCode;
  /** Dotted place inside the payload, e.g. `data.zone`; empty for the message as a whole. */
  path: string;
  detail: string;
}
/** Not wrong, and not for us. */
export interface Ignored {
  kind: 'ignored';
  reason: 'command' | 'retained_command' | 'retained_event' | 'retained_reply' | 'retained_cleared';
}
export type Parsed =
  | { kind: 'event'; deviceId: string; message: EventMessage }
  | { kind: 'values'; deviceId: string; leaf: 'telemetry' | 'state'; message: TelemetryMessage }
  | { kind: 'availability'; deviceId: string; message: AvailabilityMessage }
  | { kind: 'reply'; deviceId: string; message: ReplyMessage }
  | Ignored
  | Refusal;

/** Larger than any honest message of the native form; a picture does not belong into an event. */
export const MAX_PAYLOAD_BYTES = 262_144;
/** Deeper nesting is an attack on parsers, not data. */
export const MAX_DEPTH = 32;
const DETAIL_CHARS = 300;

export const refuse = (code: QuarantineCode, path = '', detail = ''): Refusal => ({
  kind: 'refused',
  code,
  path: path.slice(0, DETAIL_CHARS),
  detail: detail.slice(0, DETAIL_CHARS),
});

const isLeaf = (text: string | undefined): text is TopicLeaf => TOPIC_LEAVES.includes(text as TopicLeaf);

interface Address {
  deviceId: string;
  leaf: TopicLeaf;
}
/** A park has some thousand topics, which come again and again. */
const addresses = new Map<string, { site: string; address: Address }>();
const KEPT_ADDRESSES = 20_000;

/** Splits `guardroom/v1/<site>/<device>/<leaf>`; undefined for anything else. */
function parseTopic(topic: string, site: string): Address | undefined {
  const kept = addresses.get(topic);
  if (kept?.site === site) return kept.address;
  const prefix = `${TOPIC_ROOT}/${site}/`;
  if (!topic.startsWith(prefix)) return undefined;
  const [deviceId, leaf, ...rest] = topic.slice(prefix.length).split('/');
  if (rest.length > 0 || !isLeaf(leaf) || !siteId.safeParse(deviceId).success) return undefined;
  const address = { deviceId: deviceId!, leaf };
  if (addresses.size >= KEPT_ADDRESSES) addresses.clear();
  addresses.set(topic, { site, address });
  return address;
}

/** Looks no deeper than it must, so that no nesting ends the stack. V8's own parser does not recurse. */
function isTooDeep(value: unknown, left = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (left === 0) return true;
  for (const inner of Object.values(value)) if (isTooDeep(inner, left - 1)) return true;
  return false;
}

function readJson(payload: Uint8Array): { value: unknown } | Refusal {
  if (payload.length > MAX_PAYLOAD_BYTES)
    return refuse('too_large', '', `${payload.length} > ${MAX_PAYLOAD_BYTES}`);
  if (!isUtf8(payload)) return refuse('not_utf8');
  const whole = Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('utf8');
  // Some Windows systems begin with a byte order mark (RFC 8259 section 8.1 lets a reader pass over it).
  const text = whole.charCodeAt(0) === 0xfeff ? whole.slice(1) : whole;
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch (error) {
    return text.trim() === '' ? refuse('empty') : refuse('not_json', '', (error as Error).message);
  }
  return isTooDeep(value) ? refuse('too_deep', '', `> ${MAX_DEPTH}`) : { value };
}

/** The first problem that zod found, as a code of ours with the place in the payload. */
function fromIssue(value: unknown, error: z.ZodError): Refusal {
  const issue = error.issues[0]!;
  const path = issue.path.map(String).join('.');
  const found = issue.path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[key],
    value,
  );
  if (found === undefined) return refuse('field_missing', path, issue.message);
  const wrongType = issue.code === 'invalid_type' || issue.code === 'invalid_union';
  return refuse(wrongType ? 'field_type' : 'field_value', path, issue.message);
}

/** Half a surrogate pair in an id cannot be stored as text: what is read back would be another id. */
function illFormed(fields: Record<string, string | undefined>): Refusal | undefined {
  for (const [path, text] of Object.entries(fields))
    if (text !== undefined && (!text.isWellFormed() || text.includes('\u0000')))
      return refuse('not_unicode', path);
  return undefined;
}

function parseEvent(deviceId: string, value: unknown): Parsed {
  const parsed = eventMessage.safeParse(value);
  if (!parsed.success) return fromIssue(value, parsed.error);
  const message = parsed.data;
  if (message.deviceId !== deviceId) return refuse('device_mismatch', 'deviceId', message.deviceId);
  return (
    illFormed({ eventId: message.eventId, bootId: message.bootId }) ?? { kind: 'event', deviceId, message }
  );
}

function parseValues(deviceId: string, leaf: 'telemetry' | 'state', value: unknown): Parsed {
  const parsed = (leaf === 'state' ? stateMessage : telemetryMessage).safeParse(value);
  if (!parsed.success) return fromIssue(value, parsed.error);
  return (
    illFormed({ bootId: parsed.data.bootId }) ?? { kind: 'values', deviceId, leaf, message: parsed.data }
  );
}

function parseLeaf(deviceId: string, leaf: Exclude<TopicLeaf, 'command'>, value: unknown): Parsed {
  if (leaf === 'event') return parseEvent(deviceId, value);
  if (leaf === 'state' || leaf === 'telemetry') return parseValues(deviceId, leaf, value);
  if (leaf === 'availability') {
    const parsed = availabilityMessage.safeParse(value);
    return parsed.success
      ? { kind: 'availability', deviceId, message: parsed.data }
      : fromIssue(value, parsed.error);
  }
  const parsed = replyMessage.safeParse(value);
  return parsed.success ? { kind: 'reply', deviceId, message: parsed.data } : fromIssue(value, parsed.error);
}

/**
 * Reads one message of the native form. Pure, never throws.
 *
 * Retained events, commands and replies are ignored: the broker sends them to each new subscriber as if they had just
 * happened. Retained state, telemetry and availability are what retaining is for.
 * @param site second level of the topic
 */
export function parseMessage({ topic, payload, retained }: RawMessage, site: string): Parsed {
  const address = parseTopic(topic, site);
  if (!address) return refuse('topic_unknown', '', topic);
  const { deviceId, leaf } = address;
  if (leaf === 'command') return { kind: 'ignored', reason: retained ? 'retained_command' : 'command' };
  if (retained && leaf === 'event') return { kind: 'ignored', reason: 'retained_event' };
  if (retained && leaf === 'reply') return { kind: 'ignored', reason: 'retained_reply' };
  // An empty payload is how a retained message is taken back (MQTT 3.1.1 section 3.3.1.3).
  if (payload.length === 0 && leaf !== 'event' && leaf !== 'reply')
    return { kind: 'ignored', reason: 'retained_cleared' };
  const json = readJson(payload);
  return 'kind' in json ? json : parseLeaf(deviceId, leaf, json.value);
}
