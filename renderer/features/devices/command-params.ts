import type { JsonObject } from '#contract/base.ts';
import type { Device } from '#contract/site.ts';

/**
 * Points that a command sets: `set_volume` the point `volume`, `set` one of the device's numbers.
 * Empty for a command that sets nothing.
 */
export function settable(command: string, device: Pick<Device, 'points'>): string[] {
  if (command === 'set') return device.points.filter(({ kind }) => kind === 'number').map(({ key }) => key);
  return command.startsWith('set_') ? [command.slice('set_'.length)] : [];
}

/** The command's parameters: the point and what it is set to. */
export const paramsOf = (key: string | null, value: number | null): JsonObject =>
  key === null || value === null ? {} : { [key]: value };
