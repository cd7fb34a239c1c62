import type { TourRun } from '#contract/tours.contract.ts';
import { tourCounts } from '#domain/tour.ts';

/** Runs that ask something of the guard, first those under way, then by their time. */
export function openRuns(runs: readonly TourRun[]): TourRun[] {
  const rank = { running: 0, due: 1, announced: 2, finished: 3, missed: 3 };
  return runs
    .filter(({ endedAtMs }) => endedAtMs === null)
    .toSorted((a, b) => rank[a.phase] - rank[b.phase] || a.dueAtMs - b.dueAtMs);
}

/** How many cameras are decided, of how many. */
export function progressOf(run: Pick<TourRun, 'cameras'>): { done: number; total: number } {
  return { done: run.cameras.length - tourCounts(run.cameras).open, total: run.cameras.length };
}

/** What a spreadsheet would run as a formula gets an apostrophe before it (OWASP "CSV Injection"). */
export function csvLine(fields: readonly string[]): string {
  const field = (value: string) => {
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return `${fields.map(field).join(',')}\r\n`;
}

export interface ReportWords {
  head: readonly string[];
  time(atMs: number | null): string;
  name(run: TourRun): string;
  camera(cameraId: string): string;
  phase(run: TourRun): string;
  state(state: string): string;
}
/** One line per camera of each run, with a mark that tells spreadsheets that it is UTF-8. */
export function reportCsv(runs: readonly TourRun[], words: ReportWords): string {
  const lines = runs.flatMap((run) =>
    run.cameras.map((camera) => {
      const notes = run.reports.filter(({ cameraId }) => cameraId === camera.cameraId).map(({ type, note }) => `${type} ${note}`.trim()); // prettier-ignore
      return csvLine([
        words.name(run),
        words.time(run.dueAtMs),
        words.time(run.startedAtMs),
        words.time(run.endedAtMs),
        words.phase(run),
        words.camera(camera.cameraId),
        words.state(camera.state),
        words.time(camera.atMs),
        camera.by ?? '',
        camera.reason ?? '',
        notes.join('; '),
      ]);
    }),
  );
  return `\uFEFF${csvLine(words.head)}${lines.join('')}`;
}
