import { describe, expect, it } from 'vitest';
import { MAX_DEPTH, MAX_PAYLOAD_BYTES, parseMessage } from '#features/ingest/parse.ts';
import { eventOf, messageOf, SITE, topicOf } from '#tests/fixtures/ingest.ts';

const parse = (leaf: string, body: unknown, over: Record<string, unknown> = {}) =>
  parseMessage(messageOf(leaf, body, over), SITE);

describe('the native form', () => {
  it('reads each leaf', () => {
    expect(
      parse('event', eventOf({ occurredAt: '2026-11-22T19:00:00+08:00', seq: 4, bootId: 'b' })),
    ).toMatchObject({
      kind: 'event',
      deviceId: 'dev-1',
      message: { eventId: 'e-1', occurredAt: Date.UTC(2026, 10, 22, 11), seq: 4, drill: false, data: {} },
    });
    expect(
      parse('telemetry', { occurredAt: 5, values: { power: 3.5, mode: 'auto', on: true, x: null } }),
    ).toMatchObject({
      kind: 'values',
      leaf: 'telemetry',
      message: { values: { power: 3.5, mode: 'auto', on: true, x: null } },
    });
    expect(parse('state', { occurredAt: 5, values: { armed: true } })).toMatchObject({
      kind: 'values',
      leaf: 'state',
    });
    expect(parse('availability', { state: 'offline', sessionId: 's' })).toMatchObject({
      kind: 'availability',
    });
    expect(parse('reply', { commandId: 'c', result: 'confirmed' })).toMatchObject({ kind: 'reply' });
  });

  it.each([
    ['event', eventOf(), 'retained_event'],
    ['reply', { commandId: 'c', result: 'confirmed' }, 'retained_reply'],
    ['command', { anything: true }, 'retained_command'],
    ['state', '', 'retained_cleared'],
  ])('ignores a retained %s', (leaf, body, reason) =>
    expect(parse(leaf, body, { retained: true })).toEqual({ kind: 'ignored', reason }),
  );
  it('takes retained state and availability', () => {
    expect(parse('state', { occurredAt: 5, values: {} }, { retained: true }).kind).toBe('values');
    expect(parse('availability', { state: 'online' }, { retained: true }).kind).toBe('availability');
  });
  it('ignores the commands that the station itself sends', () =>
    expect(parse('command', {})).toEqual({ kind: 'ignored', reason: 'command' }));

  const { eventId: _eventId, ...withoutId } = eventOf();
  it.each([
    ['field_missing', 'eventId', withoutId],
    ['field_type', 'eventId', eventOf({ eventId: 5 })],
    ['field_value', 'eventId', eventOf({ eventId: '' })],
    ['field_value', 'type', eventOf({ type: 'Fence Alarm' })],
    ['field_value', 'state', eventOf({ state: 'alarm' })],
    ['field_type', 'severity', eventOf({ severity: 9 })],
    ['field_type', 'occurredAt', eventOf({ occurredAt: 'yesterday' })],
    ['field_type', 'occurredAt', eventOf({ occurredAt: '2026-11-22T19:00:00' })],
    ['field_value', 'seq', eventOf({ seq: -1 })],
    ['field_type', 'drill', eventOf({ drill: 'no' })],
    ['field_type', 'data', eventOf({ data: [1] })],
    ['device_mismatch', 'deviceId', eventOf({ deviceId: 'dev-2' })],
    ['not_unicode', 'eventId', eventOf({ eventId: 'half \ud83d' })],
    ['not_unicode', 'bootId', eventOf({ bootId: 'a\u0000b' })],
    ['field_type', '', [1, 2]],
    ['field_type', '', null],
    ['not_json', '', '{"eventId": '],
    ['empty', '', '  \n'],
    ['too_deep', '', `{"data":${'['.repeat(MAX_DEPTH + 1)}${']'.repeat(MAX_DEPTH + 1)}}`],
    ['too_deep', '', `${'['.repeat(130_000)}${']'.repeat(130_000)}`],
    ['too_large', '', 'x'.repeat(MAX_PAYLOAD_BYTES + 1)],
  ])('refuses with %s at %s', (code, path, body) =>
    expect(parse('event', body)).toMatchObject({ kind: 'refused', code, path }),
  );
  it('names the place inside of values', () =>
    expect(parse('telemetry', { occurredAt: 5, values: { power: { a: 1 } } })).toMatchObject({
      code: 'field_type',
      path: 'values.power',
    }));
  it('refuses what is not UTF-8', () =>
    expect(parse('event', '', { payload: Uint8Array.of(0x7b, 0xff, 0x7d) })).toMatchObject({
      code: 'not_utf8',
    }));
  it('brackets inside of texts are not depth', () =>
    expect(parse('event', eventOf({ data: { note: `"${'['.repeat(500)}\\` } })).kind).toBe('event'));

  it.each([
    topicOf('dev-1', 'alarm'),
    topicOf('dev-1', 'event/extra'),
    topicOf('dev 1', 'event'),
    topicOf('', 'event'),
    'guardroom/v1/other/dev-1/event',
    `guardroom/v2/${SITE}/dev-1/event`,
    'guardroom',
    '',
  ])('refuses the topic %j', (topic) =>
    expect(parse('event', eventOf(), { topic })).toMatchObject({
      kind: 'refused',
      code: 'topic_unknown',
      detail: topic,
    }),
  );
});
