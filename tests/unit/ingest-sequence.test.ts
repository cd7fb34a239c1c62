import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ingestRig } from '#tests/fixtures/ingest.ts';
import { gapSize, stepSequence, type Gap, type SequenceStep } from '#features/ingest/sequence.ts';

/** Feeds numbers through the rule as the store does. */
const feed = (numbers: number[], hasBootId = true) => {
  let nextSeq: number | null = null;
  let gaps: Gap[] = [];
  for (const seq of numbers) {
    const step: SequenceStep<Gap> = stepSequence(nextSeq, gaps, seq, hasBootId);
    nextSeq = step.nextSeq;
    if (step.opened) gaps.push(step.opened);
    if (step.filled) gaps = [...gaps.filter((gap) => gap !== step.filled!.gap), ...step.filled.rest];
  }
  return { nextSeq, gaps: gaps.sort((a, b) => a.fromSeq - b.fromSeq) };
};

it('the first number heard opens nothing, a jump does, and a late one fills', () => {
  expect(feed([7, 8, 9])).toEqual({ nextSeq: 10, gaps: [] });
  expect(feed([1, 5])).toEqual({ nextSeq: 6, gaps: [{ fromSeq: 2, toSeq: 4 }] });
  expect(feed([1, 5, 3])).toEqual({
    nextSeq: 6,
    gaps: [
      { fromSeq: 2, toSeq: 2 },
      { fromSeq: 4, toSeq: 4 },
    ],
  });
  expect(feed([1, 5, 3, 2, 4])).toEqual({ nextSeq: 6, gaps: [] });
});
it('without a boot id, a number that goes back is a restart', () => {
  expect(feed([500, 501, 1, 2], false)).toEqual({ nextSeq: 3, gaps: [] });
  expect(feed([500, 501, 1, 2])).toEqual({ nextSeq: 502, gaps: [] });
});
it('whatever comes in whatever order, the gaps are exactly what is missing', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 60 }), (numbers) => {
      const heard = new Set(numbers);
      const first = numbers[0]!;
      const last = Math.max(...numbers);
      const missing = Array.from({ length: last - first + 1 }, (_, n) => first + n).filter(
        (n) => !heard.has(n),
      );
      const { gaps } = feed(numbers);
      const listed = gaps.flatMap((gap) => Array.from({ length: gapSize(gap) }, (_, n) => gap.fromSeq + n));
      expect(listed).toEqual(missing);
    }),
  );
});

it('a device without a boot id that starts again and loses the same message again is taken as before', () => {
  const rig = ingestRig();
  try {
    let sent = 0;
    const send = (seq: number) => {
      sent += 1;
      const body = { eventId: `e-${sent}`, deviceId: 'dev-1', type: 'intrusion.fence', state: 'raise', seq };
      const event = { ...body, severity: 2, occurredAt: sent, data: {} };
      rig.ingest.commitBatch([
        {
          topic: 'guardroom/v1/test/dev-1/event',
          payload: Buffer.from(JSON.stringify(event)),
          ...{ retained: false, duplicate: false, receivedAtMs: 1_790_000_000_000 + sent },
        },
      ]);
    };
    // 3 and 4 are lost, the device starts again, and 3 to 5 are lost
    for (const seq of [1, 2, 5, 1, 2, 6]) send(seq);
    expect(rig.count('event')).toBe(6);
    expect(rig.count('quarantine')).toBe(0);
    expect(rig.ports.db.prepare('SELECT from_seq, to_seq FROM sequence_gap').all()).toEqual([
      { from_seq: 3, to_seq: 5 },
    ]);
  } finally {
    rig.close();
  }
});
