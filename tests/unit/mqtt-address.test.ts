import { describe, expect, it } from 'vitest';
import { brokerEndpoint, parseBrokerAddress } from '#native/mqtt/address.ts';
import { MqttError } from '#native/mqtt/errors.ts';

const problemOf = (value: unknown) => {
  try {
    parseBrokerAddress(value, 'broker');
  } catch (error) {
    if (error instanceof MqttError) return { ...error.params, code: error.code };
    throw error;
  }
  return undefined;
};

describe('broker address', () => {
  it('takes what is right and fills in the defaults', () => {
    expect(parseBrokerAddress({ url: 'mqtt://broker.park' })).toEqual({
      url: 'mqtt://broker.park',
      protocolVersion: 5,
    });
    expect(brokerEndpoint('mqtt://broker.park')).toEqual({ host: 'broker.park', port: 1883, secure: false });
    expect(brokerEndpoint('mqtts://10.0.0.5/')).toEqual({ host: '10.0.0.5', port: 8883, secure: true });
    expect(brokerEndpoint('mqtts://[::1]:9000')).toEqual({ host: '::1', port: 9000, secure: true });
  });

  it.each([
    [null, 'broker', 'not-an-object'],
    [{}, 'broker.url', 'missing'],
    [{ url: 5 }, 'broker.url', 'not-a-text'],
    [{ url: 'broker' }, 'broker.url', 'not-a-url'],
    [{ url: 'http://broker' }, 'broker.url', 'scheme-must-be-mqtt-or-mqtts'],
    [{ url: 'mqtt://me:secret@broker' }, 'broker.url', 'credentials-in-url'],
    [{ url: 'mqtt://broker/topic' }, 'broker.url', 'path-in-url'],
    [{ url: 'mqtt://broker:0' }, 'broker.url', 'port-out-of-range'],
    [{ url: 'mqtt://broker', password: 'x' }, 'broker.username', 'missing-beside-password'],
    [{ url: 'mqtt://broker', tls: {} }, 'broker.tls', 'url-is-not-mqtts'],
    [{ url: 'mqtts://broker', tls: { caPem: '/etc/ca.pem' } }, 'broker.tls.caPem', 'not-pem'],
    [
      { url: 'mqtts://broker', tls: { certPem: '-----BEGIN CERTIFICATE-----' } },
      'broker.tls.keyPem',
      'certificate-and-key-belong-together',
    ],
    [
      {
        url: 'mqtts://broker',
        tls: { caPem: '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----' },
      },
      'broker.tls',
      'certificate-or-key-unreadable',
    ],
    [
      { url: 'mqtts://broker', tls: { rejectUnauthorized: 'no' } },
      'broker.tls.rejectUnauthorized',
      'not-a-boolean',
    ],
    [{ url: 'mqtt://broker', protocolVersion: 3 }, 'broker.protocolVersion', 'must-be-4-or-5'],
  ])('refuses %j, naming the path', (value, path, problem) => {
    expect(problemOf(value)).toEqual({ code: 'invalid-setting', path, problem });
  });

  it('never repeats a secret in its error', () => {
    const error = (() => {
      try {
        return parseBrokerAddress({ url: 'mqtt://me:hunter2@broker' });
      } catch (caught) {
        return caught;
      }
    })();
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
  });
});
