import type { JsonObject } from '#contract/base.ts';
import type { CommandReceipt } from '#contract/devices.contract.ts';
import { believedAtMs } from '#domain/alarm-order.ts';
import type { Actor, DevicesPort, EventsPort, PublisherPort, StationPorts } from '#station/ports.ts';
import { onSaid, onSeen } from './availability.ts';
import { createCommands } from './commands.service.ts';
import { saveValue, type LastValue } from './devices.store.ts';
import { createPresence } from './presence.ts';
import { DeviceStates } from './states.ts';
import { addPoint, seriesOf, type HistoryArgs, type HistoryPoint } from './telemetry.store.ts';
import { createTelemetryRetention } from './telemetry-retention.ts';

export type DevicesServicePorts = Pick<
  StationPorts,
  | 'db'
  | 'clock'
  | 'log'
  | 'bus'
  | 'site'
  | 'settings'
  | 'write'
  | 'newId'
  | 'liveCollection'
  | 'readPool'
  | 'audit'
>;
export interface DevicesDeps {
  /** Records the station's own events: `device.offline`. */
  events: Pick<EventsPort, 'record'>;
  publisher: PublisherPort;
}
export type Devices = ReturnType<typeof createDevices>;

/** What is known of each device, its history, and commands to it. See README.md. */
export function createDevices(ports: DevicesServicePorts, { events, publisher }: DevicesDeps) {
  const { bus, readPool, audit, newId } = ports;
  const states = new DeviceStates(ports);
  const presence = createPresence(ports, states, events);
  const commands = createCommands(ports, publisher);
  const retention = createTelemetryRetention(ports);
  /** Devices that have given a sign of life to this run of the station. */
  const seen = new Set<string>();

  const port: DevicesPort = {
    applyValues(tx, deviceId, leaf, message, receivedAtMs) {
      const atMs = believedAtMs({ occurredAtMs: message.occurredAt, receivedAtMs, bootId: null, seq: null });
      const values: Record<string, LastValue> = {};
      for (const [key, value] of Object.entries(message.values)) {
        values[key] = { value, atMs };
        saveValue(tx.db, deviceId, key, { value, atMs });
        // words have no mean: their history is in the events
        const number = typeof value === 'boolean' ? Number(value) : value;
        if (typeof number === 'number') addPoint(tx.db, seriesOf(tx.db, deviceId, key), atMs, number);
      }
      tx.afterCommit(() => {
        states.update(deviceId, {}, values);
        bus.emit('park.values', { deviceId, leaf, values: message.values, atMs });
      });
    },
    applyAvailability(tx, deviceId, message, receivedAtMs, retained) {
      const before = presence.load(tx, deviceId);
      const { state, sessionId = null } = message;
      const next = onSaid(before, { state, sessionId, receivedAtMs, retained }, seen.has(deviceId));
      if (next !== before) presence.change(tx, deviceId, before, next);
    },
    applySeen(tx, deviceId, receivedAtMs, missed) {
      const before = presence.load(tx, deviceId);
      presence.change(tx, deviceId, before, onSeen(before, receivedAtMs), receivedAtMs);
      tx.afterCommit(() => {
        seen.add(deviceId);
        if (missed > 0) states.update(deviceId, { missed: (states.get(deviceId)?.missed ?? 0) + missed });
      });
    },
    applyReply: (tx, deviceId, message) => commands.applyReply(tx, deviceId, message),
    availability: (deviceId) => states.get(deviceId)?.availability ?? 'unknown',
    value: (deviceId, key) => states.get(deviceId)?.values[key],
    command: (input) => commands.send(input),
  };

  return {
    port,
    live: states.live,
    linkChanged: presence.linkChanged,
    /** Values of one point, for a plot. */
    history: (args: HistoryArgs) => readPool.run<HistoryPoint[]>('devices.history', args),
    /** A command from a console: on the audit with what was sent. */
    command(
      actor: Actor,
      input: { deviceId: string; command: string; params: JsonObject; idempotencyKey?: string },
    ): Promise<CommandReceipt> {
      const { deviceId, command, params, idempotencyKey = newId() } = input;
      // Keys of two people are two keys, and none is one of a plan's.
      const key = `console:${actor.id ?? ''}:${idempotencyKey}`;
      return commands.send({ deviceId, command, params, actor, idempotencyKey: key }, (tx, commandId) =>
        audit.append(tx, actor, 'device.command', deviceId, { command, params, commandId }),
      );
    },
    start(): void {
      commands.start();
      presence.start();
      retention.start();
    },
    stop(): void {
      retention.stop();
      presence.stop();
      commands.stop();
      states.flush();
    },
  };
}
