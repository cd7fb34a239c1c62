import { afterEach, beforeEach, expect, test, vi } from 'vitest';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  vi.resetModules();
});
afterEach(() => vi.useRealTimers());

test('a message that was late does not turn the clock back', async () => {
  const { noteStationTime, stationNowMs } = await import('../../../renderer/api/station-time.ts');
  noteStationTime(Date.now() - 900);
  noteStationTime(Date.now() - 2);
  expect(stationNowMs() - Date.now()).toBeGreaterThan(-30);
  noteStationTime(Date.now() - 900);
  expect(stationNowMs() - Date.now()).toBeGreaterThan(-30);
});
test('a station whose clock is elsewhere is followed, also when it is set', async () => {
  const { noteStationTime, stationNowMs } = await import('../../../renderer/api/station-time.ts');
  noteStationTime(Date.now() + 3_600_000);
  expect(stationNowMs() - Date.now()).toBe(3_600_000);
  for (let i = 0; i < 20; i += 1) noteStationTime(Date.now() - 10);
  expect(stationNowMs() - Date.now()).toBe(-10);
});
test('what measures is told the finer time, what is looked at does not tremble', async () => {
  const { noteStationTime, stationNowMs, useNow } = await import('../../../renderer/api/station-time.ts');
  noteStationTime(Date.now() - 31);
  const clock = useNow();
  noteStationTime(Date.now() - 2);
  expect(stationNowMs() - Date.now()).toBe(-2);
  expect(clock.value - Date.now()).toBe(-31);
});
