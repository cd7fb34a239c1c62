import type { ChainReport } from '#contract/system.contract.ts';
import type { EventsPort, StationEvent, StationPorts, StoredEvent, Tx } from '#station/ports.ts';
import { insertEvent, rememberHead, verifyEvents } from './events.store.ts';
import { createProcessor, type Batch, type IngestDeps, type IngestMessage } from './process.ts';
import { isStorageFailure } from './savepoint.ts';
import { lastSeal, sealEvents } from './seal.ts';
import { hasStaleGaps, sequenceNotes, takeStaleGaps } from './sequence.store.ts';
import { gapSize } from './sequence.ts';
import { addTally, emptyTally, type Tally } from './tally.ts';

export type IngestServicePorts = Pick<
  StationPorts,
  'bus' | 'log' | 'site' | 'clock' | 'db' | 'write' | 'settings' | 'audit' | 'newId'
>;

export interface Ingest {
  /** Makes a batch durable: returns when it is on disk; throws when storage fails, and then nothing of it is. */
  commitBatch(messages: readonly IngestMessage[]): void;
  /** What the station itself reports goes through the same door. */
  events: EventsPort;
  /** Counts since the start; the object is the live one. */
  tally: Readonly<Tally>;
  /** Makes records of gaps that were not filled in time. Called by a timer; public for tests. */
  sweep(): void;
  /** Walks the chain of events and compares it with the last seal in the audit. */
  verify(): ChainReport;
  start(): void;
  stop(): void;
}

/** A number that is only late comes within this: QoS 0 overtakes QoS 1 by a window of messages, not by seconds. */
const GAP_GRACE_MS = 10_000;
const SWEEP_EVERY_MS = 5_000;
const SEAL_EVERY_MS = 600_000;

/** Records what comes in. See README.md. */
export function createIngest(ports: IngestServicePorts, deps: IngestDeps): Ingest {
  const { clock, db, write, settings } = ports;
  settings.define({
    key: 'ingest.clockToleranceSeconds',
    kind: 'number',
    defaultValue: 60,
    min: 1,
    max: 86_400,
  });
  const tally = emptyTally();
  const processor = createProcessor(ports, deps);
  const stops: (() => void)[] = [];

  const runBatch = (messages: readonly IngestMessage[], careful: boolean) =>
    write((tx) => {
      const batch: Batch = {
        tally: emptyTally(),
        seen: new Map(),
        sequences: sequenceNotes(tx.db),
        toleranceMs: settings.number('ingest.clockToleranceSeconds') * 1000,
        careful,
      };
      if (!careful) rememberHead(tx);
      for (const message of messages) processor.processMessage(tx, batch, message);
      batch.sequences.flush();
      processor.reportSeen(tx, batch);
      tx.afterCommit(() => addTally(tally, batch.tally));
    });

  const record = (tx: Tx, event: StationEvent): StoredEvent => {
    const inserted = insertEvent(tx, {
      source: 'station',
      eventId: ports.newId(),
      deviceId: event.deviceId,
      type: event.type,
      state: event.state,
      severity: event.severity ?? null,
      occurredAtMs: tx.nowMs,
      receivedAtMs: tx.nowMs,
      committedAtMs: tx.nowMs,
      seq: null,
      bootId: null,
      drill: event.drill ?? false,
      clockSuspect: false,
      data: event.data ?? {},
    });
    if (inserted.kind !== 'stored') throw new Error('a new id was not new');
    const stored = inserted.event;
    deps.alarms.apply(tx, stored);
    tx.afterCommit(() => ports.bus.emit('park.event', stored));
    return stored;
  };

  const sweep = () => {
    const beforeMs = clock.nowMs() - GAP_GRACE_MS;
    if (!hasStaleGaps(db, beforeMs)) return;
    write((tx) => {
      for (const gap of takeStaleGaps(tx.db, beforeMs)) {
        const missed = gapSize(gap);
        const { fromSeq, toSeq, bootId } = gap;
        record(tx, {
          deviceId: gap.deviceId,
          type: 'system.gap',
          state: 'info',
          data: { missed, fromSeq, toSeq, ...(bootId === '' ? {} : { bootId }) },
        });
        if (ports.site.device(gap.deviceId))
          deps.devices.applySeen(tx, gap.deviceId, gap.noticedAtMs, missed);
        tx.afterCommit(() => void (tally.missed += missed));
      }
    });
  };

  /** Timers must not end the station; what failed is tried again the next time. */
  const guarded = (what: string, run: () => void) => () => {
    try {
      run();
    } catch (error) {
      ports.log.error(`${what} failed`, { error: String((error as Error).stack ?? error) });
    }
  };
  const seal = () => sealEvents(ports);

  return {
    commitBatch(messages) {
      try {
        runBatch(messages, false);
      } catch (error) {
        if (isStorageFailure(error) || !db.open) throw error;
        // One of them broke something. Again, each on its own, so that the others are not its hostages.
        ports.log.warn('batch taken message by message', { error: String(error), messages: messages.length });
        runBatch(messages, true);
      }
    },
    events: { record },
    tally,
    sweep,
    verify: () => verifyEvents(db, lastSeal(db)),
    start() {
      stops.push(clock.every(SWEEP_EVERY_MS, guarded('sweep of gaps', sweep)));
      stops.push(clock.every(SEAL_EVERY_MS, guarded('seal of events', seal)));
    },
    stop() {
      for (const stop of stops.splice(0)) stop();
      guarded('seal of events', seal)();
    },
  };
}
