import { parseBrokerAddress, type BrokerAddress } from '#native/mqtt/address.ts';
import { MqttError } from '#native/mqtt/errors.ts';
import type { BrokerUser } from '#native/mqtt/broker.ts';
import type { Settings } from '#station/settings.ts';

/** All settings of the link begin so; a change of one opens it anew. */
export const BROKER_SETTINGS = 'broker.';
const PEM_CHARS = 100_000;

/** Declares what an administrator may set about the broker. */
export function defineBrokerSettings(settings: Settings): void {
  settings.define(
    { key: 'broker.kind', kind: 'choice', defaultValue: 'embedded', options: ['embedded', 'external'] },
    { key: 'broker.clientId', kind: 'string', defaultValue: '', maxLength: 100 },
    { key: 'broker.embeddedHost', kind: 'string', defaultValue: '127.0.0.1', maxLength: 100 },
    { key: 'broker.embeddedPort', kind: 'number', defaultValue: 1883, min: 0, max: 65_535 },
    { key: 'broker.embeddedUsername', kind: 'string', defaultValue: '', maxLength: 100 },
    { key: 'broker.embeddedPassword', kind: 'secret', defaultValue: '', maxLength: 200 },
    { key: 'broker.url', kind: 'string', defaultValue: 'mqtt://127.0.0.1:1883', maxLength: 300 },
    { key: 'broker.protocol', kind: 'choice', defaultValue: '5', options: ['5', '3.1.1'] },
    { key: 'broker.username', kind: 'string', defaultValue: '', maxLength: 100 },
    { key: 'broker.password', kind: 'secret', defaultValue: '', maxLength: 200 },
    { key: 'broker.tlsCa', kind: 'string', defaultValue: '', maxLength: PEM_CHARS },
    { key: 'broker.tlsCertificate', kind: 'string', defaultValue: '', maxLength: PEM_CHARS },
    { key: 'broker.tlsKey', kind: 'secret', defaultValue: '', maxLength: PEM_CHARS },
    { key: 'broker.tlsVerify', kind: 'boolean', defaultValue: true },
  );
}

export type BrokerConfig =
  | { kind: 'embedded'; host: string; port: number; users: BrokerUser[] | undefined }
  | { kind: 'external'; address: BrokerAddress; clientId: string };

/**
 * The link as the settings describe it.
 * @param port used instead of the setting by tests and benchmarks
 * @throws MqttError `invalid-setting` with the setting's key as `path`
 */
export function readBrokerConfig(settings: Settings, siteId: string, port?: number): BrokerConfig {
  const text = (key: string) => settings.string(key) || undefined;
  if (settings.string('broker.kind') === 'embedded') {
    const username = text('broker.embeddedUsername');
    const password = text('broker.embeddedPassword');
    if ((username === undefined) !== (password === undefined))
      throw new MqttError('invalid-setting', {
        path: username === undefined ? 'broker.embeddedUsername' : 'broker.embeddedPassword',
        problem: 'user-and-password-belong-together',
      });
    return {
      kind: 'embedded',
      host: settings.string('broker.embeddedHost'),
      port: port ?? settings.number('broker.embeddedPort'),
      users: username !== undefined && password !== undefined ? [{ username, password }] : undefined,
    };
  }
  const isSecure = settings.string('broker.url').startsWith('mqtts:');
  const address = parseBrokerAddress(
    {
      url: settings.string('broker.url'),
      username: text('broker.username'),
      password: text('broker.password'),
      protocolVersion: settings.string('broker.protocol') === '5' ? 5 : 4,
      tls: isSecure
        ? {
            caPem: text('broker.tlsCa'),
            certPem: text('broker.tlsCertificate'),
            keyPem: text('broker.tlsKey'),
            rejectUnauthorized: settings.boolean('broker.tlsVerify'),
          }
        : undefined,
    },
    'broker',
  );
  // Stable over restarts: the broker keeps our session under this name. Two stations of a site need two names.
  return { kind: 'external', address, clientId: text('broker.clientId') ?? `guardroom-${siteId}` };
}
