import { rpc } from '#station/rpc.ts';
import type { Devices } from './devices.service.ts';

/** The contract's `devices`. */
export function devicesApi(devices: Devices) {
  return {
    live: rpc.devices.live.handler(({ input, signal }) => devices.live.follow(input.resume, signal)),
    history: rpc.devices.history.handler(({ input }) => devices.history(input)),
    command: rpc.devices.command.handler(({ input, context }) => devices.command(context.actor, input)),
  };
}
