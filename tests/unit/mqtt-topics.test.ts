import fc from 'fast-check';
import mqttPacket from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { errorText, linkReason } from '#native/mqtt/errors.ts';
import { encodePubacks } from '#native/mqtt/manual-ack.ts';
import { assertFilter, assertTopic, topicMatches } from '#native/mqtt/topics.ts';

describe('topics', () => {
  // The examples of MQTT 5 section 4.7.
  it.each([
    ['sport/tennis/player1/#', 'sport/tennis/player1', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
    ['sport/#', 'sport', true],
    ['#', 'anything/at/all', true],
    ['sport/tennis/+', 'sport/tennis/player1', true],
    ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
    ['sport/+', 'sport', false],
    ['sport/+', 'sport/', true],
    ['+/+', '/finance', true],
    ['+', '/finance', false],
    ['#', '$SYS/broker', false],
    ['+/broker', '$SYS/broker', false],
    ['$SYS/#', '$SYS/broker', true],
    ['a/b', 'a/B', false],
  ])('%s against %s: %s', (filter, topic, expected) => expect(topicMatches(filter, topic)).toBe(expected));

  it.each(['', 'a+', 'a/#/b', '#a', 'a/b#', 'a\u0000'])('refuses the filter %j', (filter) =>
    expect(() => assertFilter(filter)).toThrow('invalid-topic'),
  );
  it.each(['', 'a/+', '#', 'a\u0000b'])('refuses the topic %j', (topic) =>
    expect(() => assertTopic(topic)).toThrow('invalid-topic'),
  );
  it('accepts what is allowed', () => {
    for (const filter of ['#', '+', 'a/+/b/#', '/', '园区/+']) assertFilter(filter);
    for (const topic of ['/', 'a/b', '园区/东门']) assertTopic(topic);
  });
});

it.each([4, 5])('acknowledgements are packets that version %i understands', (protocolVersion) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 65_535 }), { minLength: 1, maxLength: 50 }), (ids) => {
      const parser = mqttPacket.parser({ protocolVersion });
      const seen: unknown[] = [];
      parser.on('packet', (packet: { cmd: string; messageId?: number; reasonCode?: number }) =>
        seen.push([packet.cmd, packet.messageId, packet.reasonCode ?? 0]),
      );
      parser.parse(Buffer.from(encodePubacks(ids)));
      expect(seen).toEqual(ids.map((id) => ['puback', id, 0]));
    }),
  );
});

describe('reasons', () => {
  it.each([
    [{ code: 4 }, 'bad-credentials'],
    [{ code: 134 }, 'bad-credentials'],
    [{ code: 142 }, 'session-taken-over'],
    [{ code: 'ECONNREFUSED' }, 'refused'],
    [{ code: 'CERT_HAS_EXPIRED' }, 'certificate-expired'],
    [{ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }, 'client-certificate-refused'],
    [{ code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, 'tls-failed'],
    [new Error('connack timeout'), 'timeout'],
    [new Error('Keepalive timeout'), 'keepalive-timeout'],
    [undefined, 'other'],
  ])('%o is %s', (error, reason) => expect(linkReason(error)).toBe(reason));
  it('finds the text of an error over several addresses', () =>
    expect(errorText(new AggregateError([new Error('connect ECONNREFUSED')]))).toBe('connect ECONNREFUSED'));
});
