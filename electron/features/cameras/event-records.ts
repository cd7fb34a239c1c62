import type { JsonObject } from '#contract/base.ts';
import type { EventMeaning } from '#native/onvif/event-meaning.ts';
import type { OnvifEvent } from '#native/onvif/event-message.ts';
import type { EventKind } from '#native/onvif/event-topics.ts';
import type { EventsPort, StationPorts, StoredEvent } from '#station/ports.ts';
import { createAllowance, remember } from './event-bounds.ts';

/** A camera that sees leaves in the wind says so twice a second; one record in this time is enough. */
const SEEN_EVERY_MS = 10_000;
/** Who steps to and fro on a line crosses it often; by the same rule that is one occurrence in this time. */
const OCCURRED_EVERY_MS = 10_000;
/** A condition that begins this often in a minute flickers: it ends when it has been at rest for a while. */
const FLICKER_BEGINS = 3;
const FLICKER_WITHIN_MS = 60_000;
const FLICKER_REST_MS = 30_000;

/** Conditions that ask for a response. */
const ALARMS: Partial<Readonly<Record<EventKind, string>>> = {
  tamper: 'video.tamper',
  line: 'intrusion.line',
  area: 'intrusion.area',
  loitering: 'intrusion.loitering',
  left: 'intrusion.object_left',
  taken: 'intrusion.object_taken',
  sound: 'video.sound',
  analytics: 'video.analytics',
  signal: 'video.no_signal',
  storage: 'video.storage',
  fault: 'video.fault',
};

export interface RecordsDeps {
  events: EventsPort;
  /** Data of the alarm of that type that is active at that camera. */
  activeData: (deviceId: string, type: string) => JsonObject | undefined;
}
type Said = Pick<OnvifEvent, 'topic' | 'operation'>;
/** What lasts, by source, rule and object: an alarm ends with the last of them. */
interface Open {
  rule: string;
  /** The subscription that told it last. */
  told: number;
}

/** What cameras' events become: alarms that begin and end, occurrences without an end, and mere records. */
export function createEventRecords(ports: Pick<StationPorts, 'clock' | 'log' | 'write'>, deps: RecordsDeps) {
  const { clock, log, write } = ports;
  const lasting = new Map<string, Map<string, Open>>();
  const inputs = new Map<string, Map<string, boolean | null>>();
  const lastMs = new Map<string, Map<string, number>>();
  /** Of conditions, when they began lately, and what ends one that flickers. */
  const beganMs = new Map<string, number[]>();
  const resting = new Map<string, () => void>();
  const allows = createAllowance(clock, (id) =>
    log.warn('camera tells more than is recorded', { camera: id }),
  );

  function record(id: string, type: string, states: readonly StoredEvent['state'][], data: JsonObject): void {
    try {
      write((tx) => {
        for (const state of states) deps.events.record(tx, { deviceId: id, type, state, data });
      });
    } catch (error) {
      log.error('camera event not recorded', { camera: id, type, error: (error as Error).message });
    }
  }
  const of = <V>(map: Map<string, Map<string, V>>, id: string): Map<string, V> => {
    const found = map.get(id) ?? new Map<string, V>();
    map.set(id, found);
    return found;
  };
  const isTooSoon = (id: string, key: string, everyMs: number) => {
    const last = of(lastMs, id);
    if (clock.monotonicMs() - (last.get(key) ?? -Infinity) < everyMs) return true;
    remember(last, key, clock.monotonicMs());
    return false;
  };
  const openOf = (id: string, type: string) => of(lasting, `${id} ${type}`);

  /** Nothing will tell its end: it is at rest until it is handled. */
  function occurred(id: string, type: string, rule: string, said: Said, data: JsonObject): void {
    // told when one subscribes, it is what happened before
    if (said.operation === 'initialized' || isTooSoon(id, `${type} ${rule}`, OCCURRED_EVERY_MS)) return;
    if (!allows(id, 'alarm')) return;
    record(id, type, openOf(id, type).size > 0 ? ['raise'] : ['raise', 'clear'], data);
  }
  function begun(id: string, type: string, key: string, now: Open, data: JsonObject): void {
    const open = openOf(id, type);
    const isKnown = [...open.values()].some(({ rule }) => rule === now.rule);
    const isActive = deps.activeData(id, type) !== undefined;
    // an alarm that outlived a restart of the station begins no second time, nor does one that flickers
    const isToldAgain = open.size === 0 && isActive;
    keepFromResting(`${id} ${type}`);
    remember(open, key, now);
    if (isKnown || isToldAgain || (isActive && !allows(id, 'alarm'))) return;
    const began = (beganMs.get(`${id} ${type}`) ?? []).filter((at) => clock.monotonicMs() - at < FLICKER_WITHIN_MS); // prettier-ignore
    beganMs.set(`${id} ${type}`, [...began, clock.monotonicMs()].slice(-FLICKER_BEGINS));
    record(id, type, ['raise'], data);
  }
  function ended(id: string, type: string, key: string, rule: string, data: JsonObject): void {
    const open = openOf(id, type);
    // an end that fits no object is that of the rule
    if (!open.delete(key)) for (const [one, held] of open) if (held.rule === rule) open.delete(one);
    if (open.size > 0) return;
    const end = () => {
      resting.delete(`${id} ${type}`);
      if (deps.activeData(id, type)) record(id, type, ['clear'], data);
    };
    const [first = -Infinity, ...others] = beganMs.get(`${id} ${type}`) ?? [];
    const isFlickering = others.length === FLICKER_BEGINS - 1 && clock.monotonicMs() - first < FLICKER_WITHIN_MS; // prettier-ignore
    if (!isFlickering && !resting.has(`${id} ${type}`)) return end();
    keepFromResting(`${id} ${type}`);
    resting.set(`${id} ${type}`, clock.after(FLICKER_REST_MS, end));
  }
  function keepFromResting(key: string): void {
    resting.get(key)?.();
    resting.delete(key);
  }
  function input(id: string, source: string, on: boolean | null): void {
    const known = of(inputs, id);
    if (known.get(source) === on) return;
    // a state told again, as after every subscription, is no news; the first one is where it stands
    const isFirst = !known.has(source) && on === false;
    if (!isFirst && !allows(id, 'seen')) return;
    remember(known, source, on);
    if (!isFirst) record(id, 'video.input', ['info'], { source, on: on ?? true });
  }

  return {
    /** @param subscription grows with each of the device's subscriptions */
    act(id: string, meaning: EventMeaning, said: Said, subscription: number): void {
      const { kind, on, source, track = '' } = meaning;
      const { rule = '', object = '' } = meaning;
      const about = { ...(rule && { rule }), ...(object && { object }) };
      if (kind === 'input') return input(id, source, on);
      if (kind === 'motion' || kind === 'object') {
        if (on === false || isTooSoon(id, `${kind} ${object}`, SEEN_EVERY_MS) || !allows(id, 'seen')) return;
        return record(id, `video.${kind}`, ['info'], { source, ...about });
      }
      const type = ALARMS[kind]!;
      const data = { source, ...about, topic: said.topic };
      const which = `${source} ${rule}`;
      // a line is crossed, whatever state a device makes of it: some never take it back
      if (kind === 'line' || on === null)
        return on === false ? undefined : occurred(id, type, which, said, data);
      const key = `${which} ${track}`;
      if (on) begun(id, type, key, { rule: which, told: subscription }, data);
      else ended(id, type, key, which, data);
    },
    /**
     * A device has told all its states since it was subscribed to again: what it no longer speaks of has ended while
     * nobody listened, as the intruder's object that is gone.
     */
    settle(id: string, subscription: number): void {
      for (const type of new Set(Object.values(ALARMS))) {
        const open = openOf(id, type);
        for (const [key, { told }] of open) if (told < subscription) open.delete(key);
        const data = deps.activeData(id, type);
        // what others have raised at this camera is not ours to end
        if (open.size === 0 && typeof data?.['topic'] === 'string') record(id, type, ['clear'], data);
      }
    },
    /** Nobody listens to it any more: what it has raised would never end. */
    forget(id: string): void {
      for (const type of new Set(Object.values(ALARMS))) {
        const key = `${id} ${type}`;
        keepFromResting(key);
        lasting.delete(key);
        beganMs.delete(key);
        const data = deps.activeData(id, type);
        if (typeof data?.['topic'] === 'string') record(id, type, ['clear'], data);
      }
      inputs.delete(id);
      lastMs.delete(id);
    },
    stop(): void {
      for (const cancel of resting.values()) cancel();
    },
  };
}
