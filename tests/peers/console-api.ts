import { once } from 'node:events';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '#contract/index.ts';
import type { HealthItem } from '#contract/system.contract.ts';
import type { Mosquitto } from './mosquitto.ts';
import { waitFor } from './wait-for.ts';

export type Api = ContractRouterClient<Contract>;
export interface ApiLine {
  api: Api;
  close(): void;
}

/** A client of a running web host, over a WebSocket of its own; signed in when an account is given. */
export async function openApi(
  hostUrl: string,
  account?: { username: string; password: string },
): Promise<ApiLine> {
  const websocket = new WebSocket(`${hostUrl.replace(/^http/, 'ws')}rpc`);
  await once(websocket, 'open');
  const api = createORPCClient<Api>(new RPCLink({ websocket }));
  if (account) await api.auth.signIn(account);
  return { api, close: () => websocket.close() };
}

/** The lines of the foot bar as they are now, by id. */
export async function healthOf(api: Api): Promise<Map<string, HealthItem>> {
  for await (const message of await api.system.health())
    if (message.kind === 'snapshot') return new Map(message.items.map((item) => [item.id, item]));
  throw new Error('no snapshot of the health');
}

/** Tells a station in its settings, as its system administrator would, to use an external broker; resolves when it listens there. */
export async function useExternalBroker(admin: Api, broker: Pick<Mosquitto, 'url' | 'port'>): Promise<void> {
  await admin.system.putSetting({ key: 'broker.url', value: broker.url });
  await admin.system.putSetting({ key: 'broker.kind', value: 'external' });
  await waitFor('the station at the external broker', async () => {
    const link = (await healthOf(admin)).get('broker');
    return link?.code === 'online' && String(link.params['address']).includes(String(broker.port));
  });
}
