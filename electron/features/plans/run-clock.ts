import { steadyClock } from '#domain/plan-clock.ts';
import type { Moment } from '#domain/plan-run-types.ts';
import type { StationPorts, Tx } from '#station/ports.ts';
import { loadMark, saveMark } from './runs.store.ts';

export interface RunClock {
  now(): Moment;
  /** Wall minus steady time at this moment. */
  offsetMs(): number;
  /** Steady time that passed between the last mark of the station's earlier start and this one. */
  downMs: number;
  /** Notes where the two clocks are; goes with every event. */
  mark(tx: Tx): void;
}

/** The clocks of runs, continued from where the station's earlier start left them. */
export function openRunClock({ db, clock }: Pick<StationPorts, 'db' | 'clock'>): RunClock {
  const reading = () => ({ wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs() });
  const mark = loadMark(db);
  const start = reading();
  const steady = steadyClock(mark, start);
  const now = (): Moment => {
    const read = reading();
    return { atMs: read.wallMs, steadyMs: steady.at(read) };
  };
  return {
    now,
    offsetMs() {
      const { atMs, steadyMs } = now();
      return atMs - steadyMs;
    },
    downMs: mark ? steady.at(start) - mark.steadyMs : 0,
    mark(tx) {
      const { atMs, steadyMs } = now();
      saveMark(tx.db, { wallMs: atMs, steadyMs });
    },
  };
}
