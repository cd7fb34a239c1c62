import type { OnvifClient } from './client.ts';
import { OnvifError } from './errors.ts';
import { child, number, type Xml } from './xml.ts';

export interface DeviceTime {
  /** Device minus us, milliseconds; null where the device does not tell its time. */
  offsetMs: number | null;
  /** What a token's time has to be moved by, as the device sees it; 0 where it tells nothing. */
  tokenOffsetMs: number;
}

const UNKNOWN: DeviceTime = { offsetMs: null, tokenOffsetMs: 0 };
/** Zones are quarters of an hour, up to 14 hours off. */
const QUARTER_MS = 15 * 60_000;
const MAX_ZONE_MS = 14 * 3_600_000;
/** A clock that is off by a zone and by no more than this is off by the zone. */
const ZONE_SLACK_MS = 60_000;

/** The zone that a clock's offset looks like, milliseconds; 0: like none. */
export function zoneLike(offsetMs: number): number {
  const zoneMs = Math.round(offsetMs / QUARTER_MS) * QUARTER_MS;
  return Math.abs(offsetMs - zoneMs) <= ZONE_SLACK_MS && Math.abs(zoneMs) <= MAX_ZONE_MS ? zoneMs : 0;
}

/**
 * The device's clock against ours, from GetSystemDateAndTime (whole seconds: the middle of the second is taken, and
 * half of the round trip). A device that wants a login even for that tells no time: its tokens are stamped with ours.
 * @throws OnvifError of the network, not_onvif
 */
export async function readDeviceTime(client: OnvifClient, nowMs: () => number): Promise<DeviceTime> {
  const sentMs = nowMs();
  try {
    const answer = await client.call('device', '<tds:GetSystemDateAndTime/>', { open: true });
    const all = child(answer, 'SystemDateAndTime');
    const utcMs = dateOf(child(all, 'UTCDateTime'));
    // Some tell their local time only, and know no other: tokens are good by that, but it says nothing about the clock.
    const deviceMs = utcMs ?? dateOf(child(all, 'LocalDateTime'));
    if (deviceMs === undefined) return UNKNOWN;
    const tokenOffsetMs = Math.round(deviceMs + 500 - (sentMs + nowMs()) / 2);
    return { offsetMs: utcMs === undefined ? null : tokenOffsetMs, tokenOffsetMs };
  } catch (error) {
    if (
      error instanceof OnvifError &&
      ['wrong_password', 'clock_skew', 'fault', 'not_supported'].includes(error.code)
    )
      return UNKNOWN;
    throw error;
  }
}

function dateOf(node: Xml | undefined): number | undefined {
  const date = ['Year', 'Month', 'Day'].map((name) => number(node, 'Date', name));
  const time = ['Hour', 'Minute', 'Second'].map((name) => number(node, 'Time', name));
  const all = [...date, ...time];
  if (all.some((one) => one === undefined)) return undefined;
  const [year, month, day, hour, minute, second] = all as number[];
  return Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
}
