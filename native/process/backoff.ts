/**
 * Milliseconds to wait before attempt `attempt + 1` after `attempt` failures in a row (1 = the first failure):
 * 1 s five times, 5 s five times, 10 s ten times, then 60 s. Quick enough for a switch that reboots, slow enough
 * that a dead device costs nothing.
 */
export function tieredBackoffMs(attempt: number): number {
  if (attempt <= 5) return 1_000;
  if (attempt <= 10) return 5_000;
  if (attempt <= 20) return 10_000;
  return 60_000;
}
