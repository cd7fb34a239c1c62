import type { OnvifClient } from './client.ts';
import { OnvifError } from './errors.ts';
import { child, number, type Xml } from './xml.ts';

export interface DeviceTime {
  /** Device minus us, milliseconds; null where the device does not tell its time. */
  offsetMs: number | null;
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
    const deviceMs = utcOf(child(answer, 'SystemDateAndTime', 'UTCDateTime'));
    if (deviceMs === undefined) return { offsetMs: null };
    return { offsetMs: Math.round(deviceMs + 500 - (sentMs + nowMs()) / 2) };
  } catch (error) {
    if (
      error instanceof OnvifError &&
      ['wrong_password', 'clock_skew', 'fault', 'not_supported'].includes(error.code)
    )
      return { offsetMs: null };
    throw error;
  }
}

function utcOf(node: Xml | undefined): number | undefined {
  const date = ['Year', 'Month', 'Day'].map((name) => number(node, 'Date', name));
  const time = ['Hour', 'Minute', 'Second'].map((name) => number(node, 'Time', name));
  const all = [...date, ...time];
  if (all.some((one) => one === undefined)) return undefined;
  const [year, month, day, hour, minute, second] = all as number[];
  return Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
}
