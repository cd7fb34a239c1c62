import type { Clock } from '#station/clock.ts';

const MINUTE_MS = 60_000;
const MINUTES = 10;
/** A rate over less than this would be a guess. */
const LEAST_MS = 5_000;

/** Bytes per hour over the last ten minutes, or over as much as there has been. */
export function rateMeter(clock: Pick<Clock, 'monotonicMs'>) {
  const startMs = clock.monotonicMs();
  let minutes: { at: number; bytes: number }[] = [];
  const minuteNow = () => Math.floor((clock.monotonicMs() - startMs) / MINUTE_MS);
  return {
    add(bytes: number): void {
      const at = minuteNow();
      const last = minutes.at(-1);
      if (last?.at === at) last.bytes += bytes;
      else minutes = [...minutes.filter((one) => one.at > at - MINUTES), { at, bytes }];
    },
    bytesPerHour(): number {
      const at = minuteNow();
      const elapsedMs = clock.monotonicMs() - startMs;
      const oldest = Math.max(0, at - MINUTES + 1);
      const overMs = Math.max(LEAST_MS, elapsedMs - oldest * MINUTE_MS);
      const bytes = minutes.reduce((sum, one) => sum + (one.at >= oldest ? one.bytes : 0), 0);
      return (bytes / overMs) * 3_600_000;
    },
  };
}
