const DAY_MS = 86_400_000;

/** The park's day that a moment is in, local midnight to local midnight. @param offset of the park's time from UTC at a time */
export function dayOf(atMs: number, offset: (atMs: number) => number): { fromMs: number; toMs: number } {
  const midnight = (dayMs: number) => {
    const utcMs = Math.floor(dayMs / DAY_MS) * DAY_MS;
    // the offset of the midnight itself: clocks may change on that day
    const guessMs = utcMs - offset(utcMs);
    return utcMs - offset(guessMs);
  };
  const localMs = atMs + offset(atMs);
  return { fromMs: midnight(localMs), toMs: midnight(localMs + DAY_MS) };
}
