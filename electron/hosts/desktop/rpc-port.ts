import { RPCHandler } from '@orpc/server/message-port';
import type { CallContext } from '#station/rpc.ts';
import type { Station } from '#station/boot.ts';

type Port = Parameters<RPCHandler<CallContext>['upgrade']>[0];

/** The console's line over a MessagePort: one connection of the station for each. */
export function consolePorts(station: Pick<Station, 'router' | 'connect' | 'context'>): (port: Port) => void {
  const handler = new RPCHandler<CallContext>(station.router);
  return (port) => handler.upgrade(port, { context: station.context(station.connect('port')) });
}
