import { patrolScanData } from '#contract/park-messages.ts';
import type { Patrol } from '#contract/patrol.contract.ts';
import {
  addScan,
  checkpointsSince,
  isWalking,
  patrolId,
  patrolProgress,
  type PatrolTrack,
} from '#domain/patrol.ts';
import { startOfDayMs } from '#domain/day-start.ts';
import type { StationPorts } from '#station/ports.ts';
import { loadScanEvents, type ScanEvent } from './patrol.store.ts';

/** Scans of this long are kept at hand: the longest day there is, for the figures. */
const REMEMBER_MS = 25 * 3_600_000;
const TEND_EVERY_MS = 60_000;

export type PatrolService = ReturnType<typeof createPatrol>;
export type PatrolPorts = Pick<StationPorts, 'bus' | 'clock' | 'db' | 'site' | 'health' | 'liveCollection'>;

/**
 * Patrols (电子巡更) on the map. Scans are on record as events; this is what they mean now, read from
 * those events again after a restart. A scan that cannot be placed stays on record and shows as a
 * line in the foot bar.
 */
export function createPatrol({ bus, clock, db, site, health, liveCollection }: PatrolPorts) {
  const live = liveCollection<Patrol>();
  const tracks = new Map<string, PatrolTrack>();
  let unplaced = 0;

  /** Why a scan moves nobody, or the id of the patrol that it belongs to. */
  const take = (event: ScanEvent): { id: string } | 'unreadable' | 'unknown_checkpoint' => {
    const data = patrolScanData.safeParse(event.data);
    if (!data.success) return 'unreadable';
    if (!site.checkpoint(data.data.checkpointId)) return 'unknown_checkpoint';
    const scan = {
      // Event ids are a device's own: two terminals may both count from one.
      id: `${event.source} ${event.deviceId} ${event.eventId}`,
      guard: data.data.guard,
      routeId: data.data.routeId ?? null,
      checkpointId: data.data.checkpointId,
      occurredAtMs: event.occurredAtMs,
      receivedAtMs: event.receivedAtMs,
    };
    const id = patrolId(scan);
    tracks.set(id, addScan(tracks.get(id), scan));
    return { id };
  };
  const view = (track: PatrolTrack): Patrol | null => {
    const route = track.routeId === null ? undefined : site.patrolRoute(track.routeId);
    const progress = patrolProgress(track, route?.checkpointIds ?? null);
    const checkpoint = progress && site.checkpoint(progress.lastCheckpointId);
    if (!progress || !checkpoint || !isWalking(progress, clock.nowMs())) return null;
    const { id, guard, routeId } = track;
    return { id, guard, routeId, position: checkpoint.position, ...progress };
  };
  /** Shows these patrols as they are now; those who have gone home leave. */
  const show = (ids: Iterable<string>) => {
    const upsert: Patrol[] = [];
    const remove: string[] = [];
    for (const id of ids) {
      const track = tracks.get(id);
      const patrol = track && view(track);
      if (patrol) upsert.push(patrol);
      else if (live.get(id)) remove.push(id);
    }
    live.change(upsert, remove);
  };
  const note = (event: ScanEvent, problem: 'unreadable' | 'unknown_checkpoint') => {
    unplaced += 1;
    health.set('patrol', 'warn', problem, { deviceId: event.deviceId, scans: unplaced });
  };
  const takeAll = (events: readonly ScanEvent[]) => {
    for (const event of events) {
      if (event.drill) continue;
      const result = take(event);
      if (typeof result === 'string') note(event, result);
    }
    show(tracks.keys());
  };
  const tend = () => {
    const before = clock.nowMs() - REMEMBER_MS;
    for (const [id, { scans }] of tracks) {
      if ((scans.at(-1)?.receivedAtMs ?? 0) < before) tracks.delete(id);
    }
    const shown = live.values().map(({ id }) => id);
    const gone = shown.filter((id) => {
      const track = tracks.get(id);
      return !track || view(track) === null;
    });
    live.remove(...gone);
  };

  takeAll(loadScanEvents(db, clock.nowMs() - REMEMBER_MS));
  const stops = [
    bus.on('park.event', (event) => {
      if (event.type !== 'patrol.scan' || event.drill) return;
      const result = take(event);
      if (typeof result === 'string') note(event, result);
      else show([result.id]);
    }),
    bus.on('site.changed', () => show(tracks.keys())),
    clock.every(TEND_EVERY_MS, tend),
  ];

  return {
    live,
    figures() {
      const { site: info, checkpoints } = site.current();
      const sinceMs = startOfDayMs(clock.nowMs(), info.timezone);
      return { scannedToday: checkpointsSince(tracks.values(), sinceMs), checkpoints: checkpoints.length };
    },
    stop() {
      for (const stop of stops) stop();
    },
  };
}
