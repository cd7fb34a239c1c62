import type { ZoneState } from '#contract/broadcast.contract.ts';
import type { BroadcastState } from '#domain/broadcast-types.ts';
import { zoneOf } from '#domain/broadcast.ts';
import type { LiveCollection } from '#station/live.ts';
import type { StationPorts } from '#station/ports.ts';

/** What every broadcast zone of the site does now, and which ones are faulty. */
export function createZonesLive(
  ports: Pick<StationPorts, 'site' | 'bus' | 'clock' | 'health'>,
  live: LiveCollection<ZoneState>,
) {
  /** Zones whose last try failed, with the code; forgotten at the first sound that gets through. */
  const faults = new Map<string, string>();

  function stateOf(id: string, state: BroadcastState): ZoneState {
    const zone = zoneOf(state, id);
    if (zone.fireHeld)
      return { id, state: 'fire', broadcastId: null, class: 'fire', reason: 'broadcast.fire' };
    if (zone.playing) {
      const priority = state.requests[zone.playing.id]?.priority ?? null;
      return { id, state: 'playing', broadcastId: zone.playing.id, class: priority, reason: null };
    }
    const fault = faults.get(id);
    if (fault) return { id, state: 'fault', broadcastId: null, class: null, reason: fault };
    const waits = zone.musicHeld && zone.queue.length > 0;
    return {
      id,
      state: 'free',
      broadcastId: null,
      class: null,
      reason: waits ? 'broadcast.music_held' : null,
    };
  }

  function sayHealth(zones: readonly ZoneState[]): void {
    const count = (wanted: ZoneState['state']) => zones.filter(({ state }) => state === wanted).length;
    const total = zones.length;
    const say = (level: 'ok' | 'warn' | 'off', code: string, affected: number) =>
      ports.health.set('broadcast', level, code, { zones: affected, total });
    if (total === 0) say('off', 'no_zones', 0);
    else if (faults.size > 0) say('warn', 'fault', faults.size);
    else if (count('fire') > 0) say('warn', 'fire', count('fire'));
    else if (count('playing') > 0) say('ok', 'playing', count('playing'));
    else say('ok', 'ready', total);
  }

  return {
    /** Tells what has changed since the last call. */
    refresh(state: BroadcastState): void {
      const ids = ports.site.current().broadcastZones.map(({ id }) => id);
      for (const id of faults.keys()) if (!ids.includes(id)) faults.delete(id);
      const now = ids.map((id) => stateOf(id, state));
      const changed = now.filter((zone) => JSON.stringify(live.get(zone.id)) !== JSON.stringify(zone));
      const gone = live.values().flatMap(({ id }) => (ids.includes(id) ? [] : [id]));
      live.change(changed, gone);
      sayHealth(now);
    },
    failed(zoneId: string, code: string): void {
      const known = faults.get(zoneId) === code;
      faults.set(zoneId, code);
      if (!known) ports.bus.emit('zone.failed', { zoneId, reason: code, atMs: ports.clock.nowMs() });
    },
    works(zoneId: string): void {
      if (faults.delete(zoneId)) ports.bus.emit('zone.ok', { zoneId, atMs: ports.clock.nowMs() });
    },
  };
}
