import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDrawBudget, type DrawBudget } from '#ui/map/draw-budget.ts';

let budget: DrawBudget;
let done: string[];
const ask = (key: string, what = key) => budget.spend(key, () => done.push(what));
beforeEach(() => {
  vi.useFakeTimers();
  budget = createDrawBudget(() => Date.now());
  done = [];
});
afterEach(() => {
  budget.stop();
  vi.useRealTimers();
});

test('quick pictures hold nothing up', () => {
  budget.drawn(16);
  ask('devices', 'first');
  ask('devices', 'second');
  expect(done).toEqual(['first', 'second']);
});

test('after a slow picture changes wait three times as long as it took, and only the last of each kind is drawn', () => {
  budget.drawn(100);
  ask('devices', 'old');
  ask('alarms');
  ask('devices', 'new');
  vi.advanceTimersByTime(299);
  expect(done).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(done).toEqual(['new', 'alarms']);
  ask('devices', 'next');
  expect(done.at(-1)).toBe('next');
});

test('several slow pictures add up, but the map is never more than three seconds behind', () => {
  budget.drawn(100);
  ask('alarms');
  vi.advanceTimersByTime(200);
  budget.drawn(100);
  vi.advanceTimersByTime(399);
  expect(done).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(done).toEqual(['alarms']);
  for (let n = 0; n < 20; n += 1) budget.drawn(500);
  ask('alarms', 'late');
  vi.advanceTimersByTime(3000);
  expect(done.at(-1)).toBe('late');
});

test('a map that is gone is not drawn', () => {
  budget.drawn(100);
  ask('alarms');
  budget.stop();
  vi.advanceTimersByTime(5000);
  expect(done).toEqual([]);
});
