import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendQueue } from '#ui/player/append-queue.ts';
import { findBox } from '#ui/player/fmp4-frame.ts';
import { edgeDecision, jitterMeter } from '#ui/player/live-edge.ts';

describe('live edge', () => {
  it.each<[number, { kind: string; rate?: number; to?: number }]>([
    [0.1, { kind: 'rate', rate: 1 }],
    [0.11, { kind: 'rate', rate: 1 }],
    [0.2, { kind: 'rate', rate: 1.2 }],
    [0.9, { kind: 'rate', rate: 1.25 }],
    [0.02, { kind: 'rate', rate: 0.92 }],
    [1.2, { kind: 'jump', to: 9.9 }],
  ])('%d s behind where 0.1 s is wanted', (gap, expected) => {
    const decision = edgeDecision(gap, 10, 0.1);
    expect(decision.kind).toBe(expected.kind);
    if (decision.kind === 'rate') expect(decision.rate).toBeCloseTo(expected.rate ?? 0, 5);
    else expect(decision.to).toBeCloseTo(expected.to ?? 0, 5);
  });

  it('comes to rest at the target from anywhere, without swinging past it', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 5, noNaN: true }),
        fc.integer({ min: 5, max: 30 }),
        (start, fps) => {
          const frame = 1 / fps;
          const target = frame + 0.02;
          let gap = start;
          for (let seconds = 0; seconds < 20; seconds += frame) {
            const decision = edgeDecision(gap, 100, target);
            if (decision.kind === 'jump') gap = target;
            else gap = Math.max(0, gap + frame - frame * decision.rate);
          }
          expect(Math.abs(gap - target)).toBeLessThan(0.02);
        },
      ),
    );
  });

  it('keeps one frame and what the arrivals wander, without paying for a single late one', () => {
    const even = jitterMeter();
    for (let index = 0; index < 100; index += 1) even.note(index * 40, index * 0.04);
    expect(even.target()).toBeCloseTo(0.065, 3);
    const wandering = jitterMeter();
    for (let index = 0; index < 100; index += 1) wandering.note(index * 40 + (index % 2) * 30, index * 0.04);
    expect(wandering.target()).toBeCloseTo(0.07, 3);
    const once = jitterMeter();
    for (let index = 0; index < 100; index += 1)
      once.note(index * 40 + (index === 50 ? 900 : 0), index * 0.04);
    expect(once.target()).toBeCloseTo(0.065, 3);
  });

  it('starts to measure anew on a new timeline', () => {
    const meter = jitterMeter();
    for (let index = 0; index < 50; index += 1) meter.note(index * 40, 1_000 + index * 0.04);
    for (let index = 0; index < 50; index += 1) meter.note(10_000 + index * 40, index * 0.04);
    expect(meter.target()).toBeLessThan(0.07);
  });
});

/** A SourceBuffer whose updates the test finishes. */
function fakeBuffer() {
  const appended: string[] = [];
  const removed: [number, number][] = [];
  let range: [number, number] | undefined;
  let isFull = false;
  const buffer = {
    updating: false,
    get buffered() {
      const at = range;
      return { length: at ? 1 : 0, start: () => at?.[0] ?? 0, end: () => at?.[1] ?? 0 };
    },
    appendBuffer(data: Uint8Array) {
      if (isFull) throw Object.assign(new Error('full'), { name: 'QuotaExceededError' });
      buffer.updating = true;
      appended.push(new TextDecoder().decode(data));
    },
    remove(from: number, to: number) {
      buffer.updating = true;
      removed.push([from, to]);
    },
  };
  return {
    buffer: buffer as unknown as SourceBuffer,
    appended,
    removed,
    finish: () => (buffer.updating = false),
    setRange: (next: [number, number]) => (range = next),
    setFull: (next: boolean) => (isFull = next),
  };
}

const item = (text: string, key = false) => ({ data: new TextEncoder().encode(text), key });

describe('append queue', () => {
  it('appends in order, one at a time, what waits together', () => {
    const fake = fakeBuffer();
    const queue = appendQueue(
      fake.buffer,
      () => 0,
      () => undefined,
    );
    for (const text of ['a', 'b', 'c']) queue.push(item(text));
    expect(fake.appended).toEqual(['a']);
    fake.finish();
    queue.pump();
    expect(fake.appended).toEqual(['a', 'bc']);
  });

  it('never joins across something that has to be done in between', () => {
    const fake = fakeBuffer();
    const done: string[] = [];
    const queue = appendQueue(
      fake.buffer,
      () => 0,
      () => undefined,
    );
    queue.push(item('a'));
    queue.push(item('b'));
    queue.push({ ...item('i'), before: () => done.push(fake.appended.join()) });
    queue.push(item('c'));
    for (let turn = 0; turn < 3; turn += 1) {
      fake.finish();
      queue.pump();
    }
    expect(fake.appended).toEqual(['a', 'b', 'ic']);
    expect(done).toEqual(['a,b']);
  });

  it('removes what is long past, in large steps', () => {
    const fake = fakeBuffer();
    let position = 15;
    const queue = appendQueue(
      fake.buffer,
      () => position,
      () => undefined,
    );
    fake.setRange([0, 16]);
    queue.push(item('a'));
    expect(fake.removed).toEqual([]);
    position = 25;
    fake.finish();
    queue.push(item('b'));
    expect(fake.removed).toEqual([[0, 15]]);
    expect(fake.appended).toEqual(['a']);
    fake.finish();
    fake.setRange([15, 26]);
    queue.pump();
    expect(fake.appended).toEqual(['a', 'b']);
  });

  it('goes to the next key frame when the buffer is full, and on from there', () => {
    const fake = fakeBuffer();
    const errors: unknown[] = [];
    const queue = appendQueue(
      fake.buffer,
      () => 0,
      (error) => errors.push(error),
    );
    fake.setFull(true);
    queue.push(item('a'));
    queue.push(item('b'));
    expect(queue.waiting).toBe(0);
    fake.setFull(false);
    queue.push(item('c'));
    queue.push(item('K', true));
    expect(fake.appended).toEqual(['K']);
    expect(errors).toEqual([]);
  });
});

describe('boxes', () => {
  const box = (type: string, content: number[]) => [
    0,
    0,
    0,
    content.length + 8,
    ...new TextEncoder().encode(type),
    ...content,
  ];

  it('finds one inside others, and none where there is none', () => {
    const data = new Uint8Array([
      ...box('ftyp', [1]),
      ...box('moov', box('trak', box('mdia', [...box('free', []), ...box('minf', [7])]))),
    ]);
    expect([...findBox(data, 'minf')!]).toEqual([7]);
    expect(findBox(data, 'mdat')).toBeUndefined();
  });

  it('survives anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void findBox(new Uint8Array(bytes), 'mdat')),
    );
  });
});
