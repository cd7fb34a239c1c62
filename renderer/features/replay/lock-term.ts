import { stationNowMs } from '#api/station-time.ts';

const DAY_MS = 86_400_000;
/** End of a lock in so many days, UTC milliseconds; null (0 days): until somebody releases it. */
export const untilOf = (days: number): number | null =>
  days === 0 ? null : Math.round(stationNowMs() + days * DAY_MS);
