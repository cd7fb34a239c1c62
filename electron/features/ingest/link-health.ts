import type { JsonObject } from '#contract/base.ts';
import type { HealthItem } from '#contract/system.contract.ts';
import type { Alarm } from '#contract/alarms.contract.ts';
import type { StationPorts } from '#station/ports.ts';
import type { BrokerLink, BrokerState } from './broker-link.ts';
import type { Ingest } from './ingest.service.ts';

const TICK_MS = 5_000;
/** The rate shown is that of the last minute. */
const WINDOW_TICKS = 60_000 / TICK_MS;
/** A broker that restarts is back within this; longer is an alarm of its own. */
const ALARM_AFTER_MS = 15_000;
/** A refused message colours the foot bar for so long. */
const QUARANTINE_SHOWN_MS = 600_000;
const STATION_DEVICE = 'station';
const BROKER_ALARM = 'system.broker';

type Line = [HealthItem['level'], string, JsonObject];

/** The foot bar's words for a state of the link. Pure. */
export function brokerLine(state: BrokerState, perMinute: number, address: string): Line {
  switch (state.kind) {
    case 'online':
      return ['ok', 'online', { perMinute, address }];
    case 'connecting':
      return ['warn', 'connecting', { address }];
    case 'offline': {
      const { reasonCode, attempt, retryAtMs } = state;
      return ['bad', reasonCode.replaceAll('-', '_'), { attempt, retryAtMs, address }];
    }
    case 'blocked':
      return [
        'bad',
        state.reason === 'write-failed' ? 'write_failed' : 'subscription_refused',
        { detail: state.detail },
      ];
    case 'misconfigured':
      return ['bad', 'misconfigured', { path: state.path, problem: state.problem }];
    case 'stopped':
      return ['off', 'stopped', {}];
  }
}

/**
 * Shows the link and what ingest counts in the foot bar, and makes a lasting loss of the broker an alarm
 * (`system.broker`): while it lasts, no alarm of the park can come in.
 */
export function watchLink(
  ports: Pick<StationPorts, 'clock' | 'health' | 'write' | 'log'>,
  link: BrokerLink,
  ingest: Ingest,
  openAlarms: () => Pick<Alarm, 'deviceId' | 'type' | 'active'>[],
): () => void {
  const { clock, health } = ports;
  const window: number[] = [ingest.tally.messages];
  let downSinceMs: number | undefined = clock.monotonicMs();
  let quarantinedBefore = ingest.tally.quarantined;
  let quarantinedAtMs: number | undefined;

  const isRaised = () =>
    openAlarms().some(
      (alarm) => alarm.deviceId === STATION_DEVICE && alarm.type === BROKER_ALARM && alarm.active,
    );
  const report = (state: 'raise' | 'clear', data: JsonObject) => {
    try {
      ports.write((tx) =>
        ingest.events.record(tx, { deviceId: STATION_DEVICE, type: BROKER_ALARM, state, data }),
      );
    } catch (error) {
      // A full disk is one of the reasons for being down; the foot bar says it, and the next tick tries again.
      ports.log.error('loss of the broker could not be recorded', { error: String(error) });
    }
  };
  const checkAlarm = () => {
    const state = link.state();
    if (state.kind === 'online') {
      if (downSinceMs !== undefined && isRaised()) report('clear', {});
      downSinceMs = undefined;
      return;
    }
    downSinceMs ??= clock.monotonicMs();
    if (state.kind === 'stopped' || clock.monotonicMs() - downSinceMs < ALARM_AFTER_MS || isRaised()) return;
    const [, code, params] = brokerLine(state, 0, link.info().address);
    report('raise', { code, ...params });
  };
  const show = () => {
    const minutes = Math.min(1, (window.length - 1) / WINDOW_TICKS) || 1;
    const perMinute = Math.round((ingest.tally.messages - window[0]!) / minutes);
    health.set('broker', ...brokerLine(link.state(), perMinute, link.info().address));
    const { tally } = ingest;
    if (tally.quarantined > quarantinedBefore) quarantinedAtMs = clock.monotonicMs();
    quarantinedBefore = tally.quarantined;
    const recently =
      quarantinedAtMs !== undefined && clock.monotonicMs() - quarantinedAtMs < QUARANTINE_SHOWN_MS;
    const [level, code] =
      tally.rulesFailed > 0
        ? (['bad', 'rules_failed'] as const)
        : recently
          ? (['warn', 'quarantined'] as const)
          : (['ok', 'running'] as const);
    health.set('ingest', level, code, {
      events: tally.events,
      repeated: tally.repeated,
      quarantined: tally.quarantined,
      missed: tally.missed,
      ignored: Object.values(tally.ignored).reduce((sum, count) => sum + count, 0),
      unknownDevices: tally.unknownDevices.size,
      suspectClocks: tally.suspectClocks.size,
    });
  };
  link.onState(() => {
    checkAlarm();
    show();
  });
  const stop = clock.every(TICK_MS, () => {
    checkAlarm();
    show();
    window.push(ingest.tally.messages);
    if (window.length > WINDOW_TICKS) window.shift();
  });
  show();
  return stop;
}
