import { readBrokerConfig } from '#features/ingest/broker-settings.ts';
import type { BrokerAddress } from '#native/mqtt/address.ts';
import type { Settings } from './settings.ts';

/**
 * How the demo park's own devices enter the broker that this station listens to; undefined while there is none.
 * @param info kind and address of the link as it is now
 */
export function parkAddress(
  info: { kind: 'embedded' | 'external'; address: string },
  settings: Settings,
  siteId: string,
): BrokerAddress | undefined {
  if (info.address === '') return undefined;
  const config = readBrokerConfig(settings, siteId);
  if (config.kind === 'external') return config.address;
  const user = config.users?.[0];
  // listening everywhere includes loopback, but is no address to call
  const url = info.address.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//127.0.0.1:');
  return { url, username: user?.username, password: user?.password, protocolVersion: 4 };
}
