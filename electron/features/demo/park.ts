import { randomUUID } from 'node:crypto';
import type { JsonObject, Priority } from '#contract/base.ts';
import {
  TOPIC_ROOT,
  type EventMessage,
  type ReplyMessage,
  type Scalar,
  type TopicLeaf,
} from '#contract/park-messages.ts';
import type { Device } from '#contract/site.ts';
import type { World } from './world.ts';

/** Sends one message; whether it arrives is the link's business. */
export type Send = (
  deviceId: string,
  leaf: TopicLeaf,
  payload: string,
  options?: { retain?: boolean },
) => void;

export interface EventInput {
  deviceId: string;
  type: string;
  state: EventMessage['state'];
  severity?: Priority;
  data?: JsonObject;
}

/** The demo park's devices as speakers of the native MQTT form. */
export interface Park {
  readonly world: World;
  device(id: string): Device | undefined;
  devices(): readonly Device[];
  event(input: EventInput): void;
  /** Numbers of a device as telemetry; `extra` adds values that are no points of it. */
  sendNumbers(deviceId: string, extra?: Record<string, Scalar>): void;
  /** Switches and states of a device as a state message. */
  sendStates(deviceId: string): void;
  /** Turns a switch and says so. */
  turn(deviceId: string, key: string, value: Scalar): void;
  reply(deviceId: string, commandId: string, result: ReplyMessage['result'], reason?: string): void;
}

export const topicOf = (siteId: string, deviceId: string, leaf: TopicLeaf): string =>
  `${TOPIC_ROOT}/${siteId}/${deviceId}/${leaf}`;

export function createPark(options: {
  devices: readonly Device[];
  world: World;
  now(): number;
  send: Send;
}): Park {
  const { devices, world, now, send } = options;
  const byId = new Map(devices.map((device) => [device.id, device]));
  const bootId = randomUUID();
  const counters = new Map<string, number>();
  /** Order of a device's messages within this run, as `seq` asks for. */
  const order = (deviceId: string) => {
    const seq = (counters.get(deviceId) ?? -1) + 1;
    counters.set(deviceId, seq);
    return { seq, bootId };
  };
  const say = (deviceId: string, leaf: 'telemetry' | 'state', values: Record<string, Scalar>) => {
    if (Object.keys(values).length === 0) return;
    send(deviceId, leaf, JSON.stringify({ occurredAt: now(), ...order(deviceId), values }));
  };
  const park: Park = {
    world,
    device: (id) => byId.get(id),
    devices: () => devices,
    event({ deviceId, type, state, severity, data = {} }) {
      // A site edited by hand may have lost the device that a script knows.
      if (!byId.has(deviceId)) return;
      const message = { eventId: randomUUID(), deviceId, type, state, severity, occurredAt: now(), ...order(deviceId), data }; // prettier-ignore
      send(deviceId, 'event', JSON.stringify(message));
    },
    sendNumbers(deviceId, extra = {}) {
      const device = byId.get(deviceId);
      if (device) say(deviceId, 'telemetry', { ...world.numbers(device), ...extra });
    },
    sendStates(deviceId) {
      const device = byId.get(deviceId);
      if (device) say(deviceId, 'state', world.states(device));
    },
    turn(deviceId, key, value) {
      world.set(deviceId, key, value);
      park.sendStates(deviceId);
    },
    reply(deviceId, commandId, result, reason) {
      send(deviceId, 'reply', JSON.stringify({ commandId, result, reason, occurredAt: now() }));
    },
  };
  return park;
}
