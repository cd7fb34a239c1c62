import { BELIEVABLE_BACKLOG_MS } from '#domain/alarm-order.ts';
import type { InboundMessage } from '#native/mqtt/types.ts';
import type { AlarmsPort, DevicesPort, StationPorts, StoredEvent, Tx } from '#station/ports.ts';
import { insertEvent, type NewEvent } from './events.store.ts';
import { parseMessage, refuse, type Parsed, type Refusal } from './parse.ts';
import { quarantine } from './quarantine.store.ts';
import { attempt, isStorageFailure } from './savepoint.ts';
import { sequenceNotes, type SequenceNotes } from './sequence.store.ts';
import type { Tally } from './tally.ts';

export type IngestPorts = Pick<StationPorts, 'bus' | 'log' | 'site'>;
export interface IngestDeps {
  alarms: Pick<AlarmsPort, 'apply' | 'open'>;
  devices: Pick<DevicesPort, 'applyValues' | 'applyAvailability' | 'applySeen' | 'applyReply'>;
}
export type IngestMessage = Omit<InboundMessage, 'qos'>;
/** Everything that one batch shares. */
export interface Batch {
  tally: Tally;
  /** Last sign of life per device, told to the devices feature once per batch. */
  seen: Map<string, number>;
  /** Positions of the devices' sequences; a careful batch takes each message's from the database and writes it back. */
  sequences: SequenceNotes;
  /** Faster clocks than this are suspect. */
  toleranceMs: number;
  /** Each message in a savepoint of its own: after a batch has failed for a reason that lies in a message. */
  careful: boolean;
}

/** A device's claim that cannot be true: nothing is received before it happens, nor buffered for a month. */
const isSuspect = (occurredAtMs: number, receivedAtMs: number, toleranceMs: number) =>
  occurredAtMs > receivedAtMs + toleranceMs || occurredAtMs < receivedAtMs - BELIEVABLE_BACKLOG_MS;

/** Records messages and applies what follows from them, inside one transaction. */
export function createProcessor(ports: IngestPorts, { alarms, devices }: IngestDeps) {
  const keep = (tx: Tx, message: IngestMessage, refusal: Omit<Refusal, 'kind'>, tally: Tally) => {
    if (quarantine(tx.db, message, refusal)) tally.quarantined += 1;
  };

  /** The rules come after the record, and their failure does not undo it. */
  const applyRules = (tx: Tx, event: StoredEvent, batch: Batch): Refusal | undefined => {
    if (!batch.careful) {
      alarms.apply(tx, event);
      return undefined;
    }
    try {
      attempt(tx, (inner) => alarms.apply(inner, event));
      return undefined;
    } catch (error) {
      if (isStorageFailure(error)) throw error;
      batch.tally.rulesFailed += 1;
      ports.log.error('alarm rules failed', { event: event.rowId, type: event.type, error: stackOf(error) });
      return refuse('processing_failed', '', `event ${event.rowId} is recorded without its alarm`);
    }
  };

  const storeEvent = (tx: Tx, batch: Batch, event: NewEvent): Refusal | undefined => {
    const inserted = insertEvent(tx, event);
    if (inserted.kind === 'reused') return refuse('event_id_reused', 'eventId', event.eventId);
    if (inserted.kind === 'repeated') {
      batch.tally.repeated += 1;
      return undefined;
    }
    const stored = inserted.event;
    batch.tally.events += 1;
    const problem = applyRules(tx, stored, batch);
    tx.afterCommit(() => ports.bus.emit('park.event', stored));
    return problem;
  };

  const take = (
    tx: Tx,
    batch: Batch,
    message: IngestMessage,
    parsed: Exclude<Parsed, { kind: 'refused' | 'ignored' }>,
  ): Refusal | undefined => {
    const { deviceId } = parsed;
    const { receivedAtMs, retained } = message;
    const isKnown = ports.site.device(deviceId) !== undefined;
    if (!isKnown) {
      // A fire is a fire, whoever reports it. Values of devices that nobody listed have nowhere to go.
      if (parsed.kind !== 'event') return refuse('device_unknown', '', deviceId);
      batch.tally.unknownDevices.add(deviceId);
    }
    if (parsed.message.occurredAt !== undefined && !retained) {
      if (isSuspect(parsed.message.occurredAt, receivedAtMs, batch.toleranceMs))
        batch.tally.suspectClocks.add(deviceId);
    }
    if (parsed.kind === 'event' || parsed.kind === 'values') {
      const { seq, bootId } = parsed.message;
      if (seq !== undefined && !retained) {
        const sequences = batch.careful ? sequenceNotes(tx.db) : batch.sequences;
        sequences.note(deviceId, bootId, seq, receivedAtMs);
        if (batch.careful) sequences.flush();
      }
    }
    // An "offline" comes from the broker (last will) or from a gateway, and a retained message is old.
    const isAlive = parsed.kind !== 'availability' || parsed.message.state === 'online';
    if (isKnown && isAlive && !retained) batch.seen.set(deviceId, receivedAtMs);

    switch (parsed.kind) {
      case 'event':
        return storeEvent(tx, batch, {
          source: 'mqtt',
          eventId: parsed.message.eventId,
          deviceId,
          type: parsed.message.type,
          state: parsed.message.state,
          severity: parsed.message.severity ?? null,
          occurredAtMs: parsed.message.occurredAt,
          receivedAtMs,
          committedAtMs: tx.nowMs,
          seq: parsed.message.seq ?? null,
          bootId: parsed.message.bootId ?? null,
          drill: parsed.message.drill,
          clockSuspect: isSuspect(parsed.message.occurredAt, receivedAtMs, batch.toleranceMs),
          data: parsed.message.data,
        });
      case 'values':
        devices.applyValues(tx, deviceId, parsed.leaf, parsed.message, receivedAtMs);
        return undefined;
      case 'availability':
        devices.applyAvailability(tx, deviceId, parsed.message, receivedAtMs, retained);
        return undefined;
      case 'reply':
        devices.applyReply(tx, deviceId, parsed.message, receivedAtMs);
        return undefined;
    }
  };

  /** One message of a batch: ends as a record, in quarantine, or counted as ignored. */
  const processMessage = (tx: Tx, batch: Batch, message: IngestMessage): void => {
    const { tally } = batch;
    tally.messages += 1;
    const parsed = parseMessage(message, ports.site.current().site.id);
    if (parsed.kind === 'ignored') {
      tally.ignored[parsed.reason] = (tally.ignored[parsed.reason] ?? 0) + 1;
      return;
    }
    if (parsed.kind === 'refused') return keep(tx, message, parsed, tally);
    let problem: Refusal | undefined;
    if (!batch.careful) problem = take(tx, batch, message, parsed);
    else {
      try {
        problem = attempt(tx, (inner) => take(inner, batch, message, parsed));
      } catch (error) {
        if (isStorageFailure(error)) throw error;
        ports.log.error('message could not be processed', { topic: message.topic, error: stackOf(error) });
        problem = refuse('processing_failed', '', error instanceof Error ? error.message : String(error));
      }
    }
    if (problem) keep(tx, message, problem, tally);
  };

  /** Tells the devices feature who has given a sign of life. */
  const reportSeen = (tx: Tx, batch: Batch): void => {
    for (const [deviceId, receivedAtMs] of batch.seen) {
      if (!batch.careful) devices.applySeen(tx, deviceId, receivedAtMs, 0);
      else {
        try {
          attempt(tx, (inner) => devices.applySeen(inner, deviceId, receivedAtMs, 0));
        } catch (error) {
          if (isStorageFailure(error)) throw error;
          ports.log.error('sign of life could not be noted', { deviceId, error: stackOf(error) });
        }
      }
    }
  };

  return { processMessage, reportSeen, storeEvent };
}

const stackOf = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));
