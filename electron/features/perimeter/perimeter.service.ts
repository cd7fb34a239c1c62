import type { CommandReceipt } from '#contract/devices.contract.ts';
import { perimeterState } from '#contract/park-messages.ts';
import type { PerimeterZoneState } from '#contract/patrol.contract.ts';
import type { PerimeterZone } from '#contract/site.ts';
import { bitOfEvent, sameVerdict, zoneVerdict, type PerimeterDevice } from '#domain/perimeter.ts';
import { fail } from '#station/errors.ts';
import type { Actor, AlarmsPort, DevicesPort, EventsPort, StationPorts } from '#station/ports.ts';
import { loadZones, saveZone, type KnownZone } from './perimeter.store.ts';

export type PerimeterService = ReturnType<typeof createPerimeter>;
export interface PerimeterDeps {
  devices: Pick<DevicesPort, 'availability' | 'value' | 'command'>;
  alarms: Pick<AlarmsPort, 'open'>;
  events: EventsPort;
}
export type PerimeterPorts = Pick<
  StationPorts,
  'bus' | 'clock' | 'db' | 'write' | 'site' | 'audit' | 'newId' | 'liveCollection'
>;

/** A person's command that the zone's next change of arming is credited to, while it is on its way. */
interface Asked {
  armed: boolean;
  by: string;
  /** Monotonic. */
  atMs: number;
}
/** A change of arming later than this is nobody's command of ours any more. */
const CREDIT_MS = 120_000;

/**
 * Perimeter zones (防区): their condition from what their devices report and from alarms that are
 * active, and arming by a person. Every change of arming becomes a record, whether it was asked for
 * here or turned at a keypad in the park.
 */
export function createPerimeter(ports: PerimeterPorts, { devices, alarms, events }: PerimeterDeps) {
  const { bus, clock, db, write, site, audit } = ports;
  const live = ports.liveCollection<PerimeterZoneState>();
  const known = loadZones(db);
  const asked = new Map<string, Asked>();

  /** Active alarms of a drill are not the zone's condition. */
  const alarmBits = () => {
    const bits = new Map<string, Set<string>>();
    for (const { active, drill, deviceId, type } of alarms.open()) {
      const bit = active && !drill ? bitOfEvent(type) : null;
      if (bit) bits.set(deviceId, (bits.get(deviceId) ?? new Set()).add(bit));
    }
    return bits;
  };
  const deviceOf = (id: string, bits: Map<string, Set<string>>): PerimeterDevice => {
    type Bit = keyof typeof perimeterState.shape;
    // A detector that says something else than yes or no has not said it.
    const reported = (key: Bit): boolean | null =>
      perimeterState.shape[key].safeParse(devices.value(id, key)?.value).data ?? null;
    const either = (key: Bit) => (bits.get(id)?.has(key) ? true : reported(key));
    return {
      id,
      availability: devices.availability(id),
      armed: reported('armed'),
      alarm: either('alarm'),
      tamper: either('tamper'),
      fault: either('fault'),
    };
  };

  const refresh = (zones: readonly PerimeterZone[]) => {
    // Most devices that speak stand in no zone.
    if (zones.length === 0) return;
    const bits = alarmBits();
    for (const zone of zones) {
      const detectors = zone.deviceIds.map((id) => deviceOf(id, bits));
      const verdict = zoneVerdict(deviceOf(zone.controllerId, bits), detectors);
      const before = known.get(zone.id);
      if (before && sameVerdict(before, verdict)) {
        if (!live.get(zone.id)) live.upsert({ id: zone.id, ...before });
        continue;
      }
      change(zone, before, verdict);
    }
  };
  const change = (
    zone: PerimeterZone,
    before: KnownZone | undefined,
    verdict: Omit<KnownZone, 'sinceMs'>,
  ) => {
    write((tx) => {
      const turned = before !== undefined && before.armed !== verdict.armed;
      const same = before && !turned && before.condition === verdict.condition;
      const next = { ...verdict, sinceMs: same ? before.sinceMs : tx.nowMs };
      saveZone(tx.db, zone.id, next);
      // Before anything that the record below sets off: it may lead back here.
      tx.afterCommit(() => {
        known.set(zone.id, next);
        live.upsert({ id: zone.id, ...next });
      });
      if (!turned) return;
      const type = verdict.armed ? 'perimeter.armed' : 'perimeter.disarmed';
      const data = { zoneId: zone.id, by: askedBy(zone.id, verdict.armed) };
      events.record(tx, { deviceId: zone.controllerId, type, state: 'info', data });
    });
  };
  /** Who asked for this change here; null: it was done in the park. */
  const askedBy = (zoneId: string, armed: boolean): string | null => {
    const request = asked.get(zoneId);
    asked.delete(zoneId);
    const fresh = request && clock.monotonicMs() - request.atMs <= CREDIT_MS;
    return fresh && request.armed === armed ? request.by : null;
  };
  const all = () => site.current().perimeterZones;
  const refreshOf = (deviceId: string) =>
    refresh(all().filter((zone) => zone.controllerId === deviceId || zone.deviceIds.includes(deviceId)));

  refresh(all());
  const stops = [
    bus.on('park.values', ({ deviceId, leaf }) => leaf === 'state' && refreshOf(deviceId)),
    bus.on('device.availability', ({ deviceId }) => refreshOf(deviceId)),
    bus.on('alarm.changed', ({ deviceId }) => refreshOf(deviceId)),
    bus.on('site.changed', () => {
      const ids = new Set(all().map(({ id }) => id));
      live.remove(...live.values().flatMap(({ id }) => (ids.has(id) ? [] : [id])));
      refresh(all());
    }),
  ];

  return {
    live,
    /**
     * Arms or disarms a zone through its controller. Resolves with how far that came; the zone itself
     * changes when the controller reports it.
     */
    async arm(
      actor: Actor,
      input: { zoneId: string; armed: boolean; reason: string; idempotencyKey?: string },
    ): Promise<CommandReceipt> {
      const { zoneId, armed, reason } = input;
      const zone = site.perimeterZone(zoneId) ?? fail('NOT_FOUND', 'perimeter.unknown_zone', { zoneId });
      const action = armed ? 'perimeter.arm' : 'perimeter.disarm';
      write((tx) => audit.append(tx, actor, action, zoneId, { reason }));
      asked.set(zoneId, { armed, by: actor.name, atMs: clock.monotonicMs() });
      const receipt = await devices
        .command({
          deviceId: zone.controllerId,
          command: armed ? 'arm' : 'disarm',
          params: { zoneId },
          actor,
          idempotencyKey: input.idempotencyKey ?? ports.newId(),
        })
        .catch((error: unknown) => {
          asked.delete(zoneId);
          throw error;
        });
      const { rung, commandId } = receipt;
      if (rung === 'failed') asked.delete(zoneId);
      write((tx) =>
        audit.append(tx, actor, 'perimeter.receipt', zoneId, {
          armed,
          rung,
          reason: receipt.reason,
          commandId,
        }),
      );
      return receipt;
    },
    stop() {
      for (const stop of stops) stop();
    },
  };
}
