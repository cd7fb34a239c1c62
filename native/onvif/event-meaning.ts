import type { OnvifEvent } from './event-message.ts';
import { kindOfItem, kindOfTopic, objectIn, type EventKind } from './event-topics.ts';

/** What an event means, whoever made the device. */
export interface EventMeaning {
  kind: EventKind;
  /** Null: it says that it happened, not that it lasts. */
  on: boolean | null;
  /** Which source of the device: an input's number, a video source. */
  source: string;
  /** What the line, field or rule is called on the device; absent where it has no name. */
  rule?: string;
  /** What it saw: person, vehicle, bike, animal, face, or the device's own word. */
  object?: string;
  /** Which of several objects, where the device tells them apart. */
  track?: string;
}

/** Items that hold the state, by the names that vendors use. */
const STATES = ['State', 'IsMotion', 'IsTamper', 'IsInside', 'LogicalState', 'active', 'Active', 'state', 'tampering', 'Failed', 'Value', 'alert', 'disruption', 'triggered', 'Detected']; // prettier-ignore
const RULES = ['Rule', 'RuleName', 'rule', 'ruleName'];
const CLASSES = ['ClassTypes', 'ClassType', 'ObjectType', 'ObjectClass', 'Class', 'classTypes', 'objectType'];
/** What has an end also ends when the device takes it back. */
const LASTING: readonly EventKind[] = ['area', 'loitering', 'left', 'taken', 'analytics', 'sound'];

/**
 * What an event means; several where one message says several things, none for what the guard room does not act on and
 * for what went away with its source. Undefined: a topic that is not known.
 */
export function meaningsOf(event: OnvifEvent): EventMeaning[] | undefined {
  const said = event.topic.startsWith('RuleEngine/') ? Object.entries(event.data) : [];
  const named = said.flatMap(([name, value]) => {
    const kind = kindOfItem(name);
    return kind && isState(value) ? [{ kind, on: isOn(value), word: name }] : [];
  });
  const kind = named.length === 0 ? kindOfTopic(event.topic) : undefined;
  if (named.length === 0 && kind === undefined) return undefined;
  if (isOfAll(event) || (kind === 'object' && isNothing(event))) return [];
  const found = kind ? [{ kind, on: stateOf(event.data), word: event.topic }] : named;
  return found
    .filter((one) => event.operation !== 'deleted' || LASTING.includes(one.kind))
    .map(({ kind: what, on, word }) => ({
      kind: what,
      on: event.operation === 'deleted' ? false : on,
      source: sourceOf(event.source),
      ...detailsOf(event, what, word),
    }));
}

/** Axis tells every input once more as number -1, any of them. */
const isOfAll = ({ source }: OnvifEvent) => source['port'] === '-1';

/** A detector of objects tells the classes that it sees, and none when the last of them has gone: that begins nothing. */
const isNothing = ({ data }: OnvifEvent) => stateOf(data) === null && data['ClassTypes']?.trim() === '';

function detailsOf(event: OnvifEvent, kind: EventKind, word: string): Partial<EventMeaning> {
  const all = { ...event.data, ...event.key, ...event.source };
  const of = (names: readonly string[]) => names.map((name) => all[name]).find((one) => one?.trim());
  // an application of Axis is told apart by its profile, a rule of Bosch by its name: both stand in the topic
  const profile = /^(?:CameraApplicationPlatform\/\w+\/(?=\w)|IVA\/\w+\/)([^/]+)/i.exec(event.topic)?.[1];
  const rule = ['motion', 'input'].includes(kind) ? undefined : (of(RULES) ?? profile);
  const said = of(CLASSES);
  const object =
    said === undefined ? (kind === 'object' ? objectIn(word) : undefined) : (objectIn(said) ?? said);
  const track = all['ObjectId'] ?? all['ObjectID'] ?? all['objectId'];
  return {
    ...(rule === undefined ? {} : { rule: rule.trim().slice(0, 100) }),
    ...(object === undefined ? {} : { object: object.trim().slice(0, 40) }),
    ...(track === undefined ? {} : { track }),
  };
}

const isState = (value: string) => /^(true|false|active|inactive|0|1|on|off)$/i.test(value);
const isOn = (value: string) => /^(true|1|on|active)$/i.test(value);

function stateOf(data: OnvifEvent['data']): boolean | null {
  const key = STATES.find((name) => data[name] !== undefined);
  // by another name it is what can be nothing else; a number may as well be an object's
  const raw = key === undefined ? Object.values(data).find((one) => isState(one) && !/^\d$/.test(one)) : data[key]; // prettier-ignore
  return raw === undefined ? null : isOn(raw);
}

/** An input's own name, else the video source, wherever it stands among rules and windows. */
function sourceOf(source: OnvifEvent['source']): string {
  const input = source['InputToken'] ?? source['AlarmInToken'] ?? source['port'];
  const video = Object.keys(source).find((name) => /source|channel/i.test(name));
  return input ?? (video === undefined ? Object.values(source)[0] : source[video]) ?? '';
}
