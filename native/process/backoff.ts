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

/**
 * Waits of one supervised thing that logs in. Cameras lock an account for half an hour after three to seven wrong
 * passwords: refused again and again, it is tried after 1 minute, after 5, then each 15, which is four times in half an
 * hour. A refusal among other failures (a camera that is starting) counts as the first. Whoever corrects the login, or
 * asks for it, tries at once.
 */
export function loginBackoff(): (attempt: number, reason: string) => number {
  let refusals = 0;
  return (attempt, reason) => {
    if (reason !== 'wrong_password') {
      refusals = 0;
      return tieredBackoffMs(attempt);
    }
    refusals = attempt <= 1 ? 1 : refusals + 1;
    return REFUSED_MS[Math.min(refusals, REFUSED_MS.length) - 1]!;
  };
}
const REFUSED_MS = [60_000, 300_000, 900_000];
