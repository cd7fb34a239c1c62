import type { Broadcast, ZoneState } from '#contract/broadcast.contract.ts';
import type { BroadcastCommand, BroadcastEffect, BroadcastPriority } from '#domain/broadcast-types.ts';
import { decideBroadcast, emptyBroadcastState, nextExpiryMs } from '#domain/broadcast.ts';
import type { SoundProgramme } from '#native/audio/programme.ts';
import type { LiveCollection } from '#station/live.ts';
import type { Actor, StationPorts } from '#station/ports.ts';
import { isZoneFault } from './audio-refusal.ts';
import * as store from './broadcast.store.ts';
import type { OutputEvent, OutputRun, Outputs } from './outputs.ts';
import { receiptsOf, type ZoneReceipt } from './receipts.ts';
import { createZonesLive } from './zones-live.ts';

/** A command without its time, which is the engine's. */
type Order = BroadcastCommand extends infer C
  ? C extends { atMs: number }
    ? Omit<C, 'atMs'>
    : never
  : never;

export interface Job {
  broadcast: Broadcast;
  programme: SoundProgramme;
  zones: number;
  onChange: (broadcast: Broadcast) => void;
}

/** Ended broadcasts stay in the live list so long, so that a console shows how they went. */
export const KEEP_ENDED_MS = 10 * 60_000;

/**
 * The broadcasts that play or wait: the arbitration rules carried out. Every rung is on disk before the console hears of
 * it; the sound itself never waits for a disk that fails.
 */
export function createEngine(
  ports: StationPorts,
  outputs: Outputs,
  live: LiveCollection<Broadcast>,
  zonesLive: LiveCollection<ZoneState>,
) {
  const { clock, log, site, write, bus } = ports;
  const zones = createZonesLive(ports, zonesLive);
  const jobs = new Map<string, Job>();
  const runs = new Map<number, OutputRun>();
  let state = emptyBroadcastState();
  let cancelExpiry = () => {};
  const waiting: Order[] = [];
  let busy = false;

  /** One after the other: what a step sets off (a listener, an output that fails at once) comes after it. */
  function apply(order: Order): void {
    waiting.push(order);
    if (busy) return;
    busy = true;
    try {
      for (let next = waiting.shift(); next; next = waiting.shift()) carryOut(next);
    } finally {
      busy = false;
    }
  }

  function carryOut(order: Order): void {
    // Waiting is measured by a clock that never jumps; what goes on record is the wall's time.
    const command = { ...order, atMs: clock.monotonicMs() } as BroadcastCommand;
    const step = decideBroadcast(state, command);
    state = step.state;
    const receipts = receiptsOf(step.effects, clock.nowMs());
    try {
      write((tx) => {
        for (const { broadcastId, receipt } of receipts) store.insertReceipt(tx.db, broadcastId, receipt);
      });
    } catch (error) {
      log.error('broadcast receipts not recorded', { error: String(error) });
    }
    for (const effect of step.effects) perform(effect);
    tell(receipts);
    zones.refresh(state);
    cancelExpiry();
    const dueMs = nextExpiryMs(state);
    if (dueMs !== null)
      cancelExpiry = clock.after(dueMs - clock.monotonicMs(), () => apply({ type: 'tick' }));
  }

  function perform(effect: BroadcastEffect): void {
    if (effect.type === 'stop') runs.get(effect.run)?.stop(effect.zoneIds);
    if (effect.type === 'start') begin(effect);
  }

  function begin({ id, run, zoneIds }: Extract<BroadcastEffect, { type: 'start' }>): void {
    const job = jobs.get(id);
    const found = zoneIds.flatMap((zoneId) => site.broadcastZone(zoneId) ?? []);
    for (const zoneId of zoneIds) {
      if (!found.some((zone) => zone.id === zoneId)) {
        apply({ type: 'failed', id, run, zoneId, code: 'broadcast.unknown_zone' });
      }
    }
    if (!job) return;
    try {
      const playing = outputs.play(job.programme, found, (event) => hear(id, run, event));
      runs.set(run, playing);
      void playing.finished.then(() => runs.delete(run));
    } catch (error) {
      log.error('broadcast could not begin', { id, error: String(error) });
      for (const { id: zoneId } of found)
        apply({ type: 'failed', id, run, zoneId, code: 'audio.bad_target' });
    }
  }

  function hear(id: string, run: number, event: OutputEvent): void {
    const { zoneId } = event;
    if (event.type === 'failed') {
      if (isZoneFault(event.code)) zones.failed(zoneId, event.code);
      apply({ type: 'failed', id, run, zoneId, code: event.code });
      return;
    }
    if (event.type === 'started') zones.works(zoneId);
    apply({ type: event.type, id, run, zoneId });
  }

  /** Memory, live list and bus follow the receipts. */
  function tell(receipts: readonly ZoneReceipt[]): void {
    const changed = new Set<string>();
    for (const { broadcastId, receipt } of receipts) {
      const job = jobs.get(broadcastId);
      if (!job) continue;
      const others = job.broadcast.receipts.filter(({ zoneId }) => zoneId !== receipt.zoneId);
      job.broadcast = { ...job.broadcast, receipts: [...others, receipt] };
      changed.add(broadcastId);
    }
    for (const id of changed) {
      const job = jobs.get(id);
      if (!job) continue;
      const endedAtMs = store.endOf(job.broadcast.receipts, job.zones);
      job.broadcast = { ...job.broadcast, endedAtMs };
      if (endedAtMs !== null) jobs.delete(id);
      live.upsert(job.broadcast);
      bus.emit('broadcast.changed', job.broadcast);
      job.onChange(job.broadcast);
    }
  }

  function prune(): void {
    const oldest = clock.nowMs() - KEEP_ENDED_MS;
    live.remove(
      ...live.values().flatMap(({ id, endedAtMs }) => (endedAtMs !== null && endedAtMs < oldest ? [id] : [])),
    );
  }
  const stopPruning = clock.every(60_000, prune);

  /** What the last run of the station left open ended with it. */
  function closeInterrupted(): void {
    const open = store.unfinishedZones(ports.db);
    write((tx) => {
      for (const { id, zoneIds } of open) {
        for (const zoneId of zoneIds) {
          const receipt = {
            zoneId,
            rung: 'failed' as const,
            reason: 'broadcast.interrupted',
            atMs: tx.nowMs,
          };
          store.insertReceipt(tx.db, id, receipt);
        }
      }
    });
    live.upsert(...store.recentBroadcasts(ports.db, clock.nowMs() - KEEP_ENDED_MS));
  }
  closeInterrupted();
  zones.refresh(state);

  return {
    /** Records the broadcast with its audit entry and hands it to the rules. */
    submit(
      stored: store.StoredBroadcast,
      actor: Actor,
      job: Pick<Job, 'programme' | 'onChange'>,
      maxWaitMs?: number,
    ) {
      const { zoneIds, chime: _chime, ...facts } = stored;
      write((tx) => {
        store.insertBroadcast(tx.db, stored);
        const params = { class: stored.class, title: stored.title, zones: zoneIds, runId: stored.runId };
        ports.audit.append(tx, actor, 'broadcast.start', stored.id, params);
      });
      const broadcast: Broadcast = { ...facts, endedAtMs: null, receipts: [] };
      jobs.set(stored.id, { ...job, broadcast, zones: zoneIds.length });
      const priority = stored.class as BroadcastPriority;
      apply({ type: 'request', request: { id: stored.id, priority, zoneIds, maxWaitMs } });
      return live.get(stored.id) ?? broadcast;
    },
    apply,
    state: () => state,
    job: (id: string) => jobs.get(id),
    running: () => [...jobs.values()].map((job) => job.broadcast),
    /** After an edit of the site: zones that are gone fall silent. */
    siteChanged(): void {
      const gone = Object.keys(state.zones).filter((zoneId) => !site.broadcastZone(zoneId));
      if (gone.length > 0) apply({ type: 'stop_all', zoneIds: gone });
      zones.refresh(state);
    },
    /** Silences everything; what still played is closed as interrupted at the next start, or by this call. */
    close(): void {
      stopPruning();
      cancelExpiry();
      for (const run of runs.values()) run.stop(Object.keys(state.zones));
      closeInterrupted();
      jobs.clear();
    },
  };
}
