import type { Device } from '#contract/site.ts';
import type { EventsPort, StationPorts, Tx } from '#station/ports.ts';
import { onSilence, UNHEARD, type Availability } from './availability.ts';
import { findState, removeState, saveState, type StoredState } from './devices.store.ts';
import { Deadlines } from './silence.ts';
import type { DeviceStates } from './states.ts';

type Ports = Pick<StationPorts, 'db' | 'clock' | 'log' | 'bus' | 'site' | 'settings' | 'write'>;
/** Where a loss takes others with it or blinds a whole system. */
const HIGHER: readonly Device['kind'][] = ['gateway', 'fire_controller'];
/** Last sight is on disk at least this often: it is for people; the timers go by the monotonic clock. */
const SAVE_SEEN_MS = 30_000;
const NEW: StoredState = { ...UNHEARD, lastSeenAtMs: null, offlineAlarm: false };

/** Keeps who is there: changes of availability, heartbeats, and the alarm of those that stay away. */
export function createPresence(ports: Ports, states: DeviceStates, events: Pick<EventsPort, 'record'>) {
  const { db, clock, log, bus, site, settings, write } = ports;
  settings.define({
    key: 'device.offlineGraceSeconds',
    kind: 'number',
    defaultValue: 60,
    min: 0,
    max: 86_400,
  });
  let isLinkUp = true;

  /** A timer's work: what cannot be written now is tried again, and ends nothing else. */
  const eachSafely = (
    what: string,
    ids: readonly string[],
    again: (id: string) => void,
    run: (tx: Tx, id: string) => void,
  ) => {
    for (const id of ids) {
      try {
        write((tx) => run(tx, id));
      } catch (error) {
        log.error(`${what} failed`, { deviceId: id, error: (error as Error).message });
        again(id);
      }
    }
  };
  const RETRY_MS = 5_000;
  const heartbeats: Deadlines = new Deadlines(clock, (ids) =>
    eachSafely(
      'heartbeat',
      ids,
      (id) => heartbeats.set(id, RETRY_MS),
      (tx, id) => {
        const state = load(tx, id);
        change(tx, id, state, onSilence(state, tx.nowMs));
      },
    ),
  );
  const graces: Deadlines = new Deadlines(clock, (ids) =>
    eachSafely(
      'offline alarm',
      ids,
      (id) => graces.set(id, RETRY_MS),
      (tx, id) => {
        const state = load(tx, id);
        const device = site.device(id);
        if (!device || state.availability !== 'offline' || state.offlineAlarm) return;
        saveState(tx.db, id, { ...state, offlineAlarm: true });
        events.record(tx, {
          deviceId: id,
          type: 'device.offline',
          state: 'raise',
          ...(HIGHER.includes(device.kind) ? { severity: 2 as const } : {}),
          data: state.reason === null ? {} : { reason: state.reason },
        });
      },
    ),
  );

  const load = (tx: Tx, id: string): StoredState => findState(tx.db, id) ?? NEW;
  const beat = (id: string, agoMs = 0) => {
    const seconds = site.device(id)?.heartbeatSeconds ?? 0;
    if (seconds > 0 && isLinkUp) heartbeats.set(id, Math.max(0, seconds * 1000 - agoMs));
    else heartbeats.remove(id);
  };
  const waitForGrace = (id: string) => graces.set(id, settings.number('device.offlineGraceSeconds') * 1000);

  /** Saves a new state and what follows from it: bus, timers, the end of the alarm. */
  const change = (
    tx: Tx,
    id: string,
    before: StoredState,
    next: Availability,
    seenAtMs: number | null = null,
  ): void => {
    const lastSeenAtMs = Math.max(before.lastSeenAtMs ?? 0, seenAtMs ?? 0) || null;
    const { availability, reason, changedAtMs } = next;
    const isChanged = availability !== before.availability;
    const isSaveDue = (lastSeenAtMs ?? 0) - (before.lastSeenAtMs ?? 0) >= SAVE_SEEN_MS;
    if (isChanged || isSaveDue || next.sessionId !== before.sessionId) {
      const endsAlarm = before.offlineAlarm && availability === 'online';
      saveState(tx.db, id, { ...next, lastSeenAtMs, offlineAlarm: before.offlineAlarm && !endsAlarm });
      if (endsAlarm) events.record(tx, { deviceId: id, type: 'device.offline', state: 'clear' });
    }
    tx.afterCommit(() => {
      const seen = Math.max(states.get(id)?.lastSeenAtMs ?? 0, lastSeenAtMs ?? 0) || null;
      states.update(id, { availability, reason, lastSeenAtMs: seen });
      if (availability === 'offline') {
        heartbeats.remove(id);
        if (!before.offlineAlarm && !graces.has(id)) waitForGrace(id);
      } else {
        graces.remove(id);
        if (availability === 'online') beat(id, seenAtMs === null ? 0 : age(seenAtMs));
      }
      if (isChanged && availability !== 'unknown')
        bus.emit('device.availability', { deviceId: id, availability, atMs: changedAtMs ?? clock.nowMs() });
    });
  };
  /** How long ago something was received, as far as the wall clock can be trusted for it. */
  const age = (receivedAtMs: number) => Math.min(60_000, Math.max(0, clock.nowMs() - receivedAtMs));

  /** After the start, and after the link was away: everybody gets a whole period, nobody is late yet. */
  const beginPeriods = () => {
    for (const id of states.ids()) {
      if (states.get(id)?.availability !== 'offline') beat(id);
    }
  };
  const followSite = () => {
    const listed = new Set(site.current().devices.map(({ id }) => id));
    for (const id of states.ids().filter((known) => !listed.has(known))) {
      write((tx) => {
        if (load(tx, id).offlineAlarm)
          events.record(tx, {
            deviceId: id,
            type: 'device.offline',
            state: 'clear',
            data: { reason: 'removed' },
          });
        removeState(tx.db, id);
      });
      heartbeats.remove(id);
      graces.remove(id);
      states.remove(id);
    }
    for (const id of listed) {
      states.add(id);
      if (states.get(id)?.availability !== 'offline' && !heartbeats.has(id)) beat(id);
    }
  };
  const unfollow = bus.on('site.changed', followSite);

  return {
    load,
    change,
    /** Arms the timers for what the database remembers; a wait that a stop cut short begins anew. */
    start(): void {
      followSite();
      beginPeriods();
      for (const id of states.ids())
        if (states.get(id)?.availability === 'offline' && !findState(db, id)?.offlineAlarm) waitForGrace(id);
    },
    /** While the broker cannot be reached nobody can be heard: silence then says nothing about a device. */
    linkChanged(isUp: boolean): void {
      if (isUp === isLinkUp) return;
      isLinkUp = isUp;
      if (isUp) beginPeriods();
      else heartbeats.clear();
    },
    stop(): void {
      unfollow();
      heartbeats.clear();
      graces.clear();
    },
  };
}
