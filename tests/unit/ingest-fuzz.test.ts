import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { QUARANTINE_CODES } from '#contract/devices.contract.ts';
import type { IngestMessage } from '#features/ingest/process.ts';
import { listQuarantine } from '#features/ingest/quarantine.store.ts';
import { DEVICES, eventOf, ingestRig, SITE, topicOf, type IngestRig } from '#tests/fixtures/ingest.ts';

let rig: IngestRig;
beforeEach(() => void (rig = ingestRig()));
afterEach(() => rig.close());

const leaf = fc.constantFrom('event', 'state', 'telemetry', 'availability', 'reply', 'command');
const topic = fc.oneof(
  { weight: 4, arbitrary: fc.constant(topicOf('dev-1', 'event')) },
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom(...DEVICES, 'ghost'), leaf)
      .map(([device, of]) => topicOf(device, of)),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }).map((text) => `guardroom/v1/${SITE}/${text}`) },
);
/** Whatever JSON can hold, with the names and the half characters that trip parsers. */
const anything = fc.oneof(
  fc.jsonValue({ stringUnit: 'binary' }),
  fc.constantFrom<unknown>(
    '__proto__',
    'constructor',
    -0,
    1e308,
    2 ** 53,
    Number.MIN_VALUE,
    '\u0000',
    '\ud83d',
    '',
  ),
);
const bodies: Record<string, unknown>[] = [
  ...[1, 2, 3, 4].map((n) =>
    eventOf({ eventId: `e-${n}`, seq: n, bootId: 'b', severity: 2, drill: true, data: { a: 1 } }),
  ),
  { occurredAt: 1_790_000_000_000, seq: 1, bootId: 'b', values: { power: 1.5, on: true } },
  { state: 'offline', sessionId: 's', occurredAt: 1_790_000_000_000 },
  { commandId: 'c', result: 'failed', reason: 'r', occurredAt: 1_790_000_000_000 },
];
const keys = [...new Set(bodies.flatMap((body) => Object.keys(body))), '__proto__', 'extra'];
const nearlyValid = fc
  .tuple(
    fc.constantFrom(...bodies),
    fc.constantFrom(...keys),
    anything,
    fc.constantFrom('replace', 'remove', 'nest', 'keep'),
  )
  .map(([body, key, value, how]) => {
    const fields = Object.entries(body).filter(([name]) => !(how === 'remove' && name === key));
    if (how === 'replace') fields.push([key, value]);
    if (how === 'nest') fields.push(['data', { [key]: value }], ['values', { [key]: value }]);
    // Written by hand, because an object literal would lose "__proto__" and doubled names.
    return `{${fields.map(([name, of]) => `${JSON.stringify(name)}:${JSON.stringify(of)}`).join(',')}}`;
  });
const payload = fc.oneof(
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  { weight: 2, arbitrary: fc.json({ stringUnit: 'binary' }).map((text) => Buffer.from(text)) },
  { weight: 6, arbitrary: nearlyValid.map((text) => Buffer.from(text)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(nearlyValid, fc.nat(400), fc.nat(255))
      .map(([text, at, byte]) => Buffer.from(text).map((old, index) => (index === at ? byte : old))),
  },
);
const message: fc.Arbitrary<IngestMessage> = fc.record({
  topic,
  payload,
  retained: fc.boolean(),
  duplicate: fc.boolean(),
  receivedAtMs: fc.integer({ min: 0, max: 2_000_000_000_000 }),
});

/** Where messages can end. Each message adds exactly one. */
const ends = () => {
  const { tally } = rig.ingest;
  return {
    events: rig.count('event'),
    repeated: tally.repeated,
    quarantined: tally.quarantined,
    ignored: Object.values(tally.ignored).reduce((sum, count) => sum + count, 0),
    handedOn: rig.told.filter(([what]) => what !== 'seen').length,
  };
};
const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, one) => total + one, 0);

it('whatever comes in: no crash, and each message ends in exactly one place', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(message, (one) => {
      const before = ends();
      const rowsBefore = rig.count('quarantine');
      rig.ingest.commitBatch([one]);
      const after = ends();
      // A refused repetition of what is in quarantine already ends there too, without a row of its own.
      const keptAlready = one.duplicate && sum(after) === sum(before);
      if (!keptAlready) expect(sum(after)).toBe(sum(before) + 1);
      expect(rig.count('quarantine') - rowsBefore).toBe(after.quarantined - before.quarantined);
      for (const [end, count] of Object.entries(after))
        if (count > before[end as keyof typeof before]) reached.add(end);
    }),
    { numRuns: 4000 },
  );
  // The generator is worth something only if it gets everywhere.
  expect([...reached].sort()).toEqual(['events', 'handedOn', 'ignored', 'quarantined', 'repeated']);
  const kept = listQuarantine(rig.ports.db, Number.MAX_SAFE_INTEGER, 10_000);
  for (const row of kept) {
    expect(QUARANTINE_CODES).toContain(row.code);
    expect(row.code).not.toBe('processing_failed');
    if (row.code.startsWith('field_')) expect(row.path + row.detail).not.toBe('');
    expect(row.payload.isWellFormed()).toBe(true);
  }
  expect(new Set(kept.map((row) => row.code)).size).toBeGreaterThanOrEqual(8);
  expect(rig.ingest.verify()).toMatchObject({ ok: true, problems: [] });
}, 60_000);

it('a batch of anything gives what its messages give one by one', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 30 }), (messages) => {
      const other = ingestRig();
      const whole = ingestRig();
      try {
        for (const one of messages) other.ingest.commitBatch([one]);
        whole.ingest.commitBatch(messages);
        const content = (from: IngestRig) => ({
          events: from.ports.db.prepare('SELECT device_id, event_id, type, state, data FROM event').all(),
          quarantine: from.ports.db.prepare('SELECT topic, code, path, payload FROM quarantine').all(),
          alarms: from.alarms(),
        });
        expect(content(whole)).toEqual(content(other));
      } finally {
        other.close();
        whole.close();
      }
    }),
    { numRuns: 15 },
  );
}, 60_000);
