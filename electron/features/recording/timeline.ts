import type { CameraTimeline } from '#contract/recording.contract.ts';
import { gapsOf } from '#domain/recording-gaps.ts';
import { clip } from '#domain/recording-spans.ts';
import type { Span } from '#domain/recording-types.ts';
import type { StationPorts } from '#station/ports.ts';
import { blocks, locks } from './holds.store.ts';
import type { Library } from './library.ts';
import { mergeRanges, type TimelineFacts, type TimelineRange } from './timeline.reads.ts';

type Ports = Pick<StationPorts, 'clock' | 'db' | 'readPool'>;
type Reason = CameraTimeline['gaps'][number]['reason'];
/** What the contract says of a camera, and which stream each range is of. */
type CameraFacts = Omit<CameraTimeline, 'ranges'> & { ranges: TimelineRange[] };
export type Timeline = ReturnType<typeof createTimeline>;

/** What is recorded, what is missing and why, from the index and from what grows. */
export function createTimeline({ clock, db, readPool }: Ports, library: Library) {
  function growing(cameraId: string, span: Span): TimelineRange[] {
    const streams = library.streamsOf(cameraId);
    return library.openFiles().flatMap(({ row, parts }) => {
      const own = streams.find(({ id }) => id === row.stream);
      const isInside = parts.length > 0 && row.startMs < span.toMs && row.endMs > span.fromMs;
      const { epoch, cause } = row;
      return own && isInside
        ? [{ fromMs: row.startMs, toMs: row.endMs, epoch, cause, stream: own.stream }]
        : [];
    });
  }

  async function rangesOf(cameraIds: readonly string[], span: Span) {
    const facts = await readPool.run<TimelineFacts[]>('recording.timeline', { cameraIds, ...span });
    return facts.map((fact) => {
      const all = [...fact.ranges, ...growing(fact.cameraId, span)].toSorted(
        (a, b) => a.epoch - b.epoch || a.fromMs - b.fromMs,
      );
      const ranges = mergeRanges(all).flatMap((range) => {
        const inside = clip(range, span);
        return inside ? [{ ...range, ...inside }] : [];
      });
      return { ...fact, ranges };
    });
  }

  function blockedOf(cameraId: string, span: Span) {
    return blocks(db).flatMap(({ id, cameraIds, fromMs, toMs }) => {
      const inside = cameraIds.includes(cameraId) ? clip({ fromMs, toMs }, span) : undefined;
      return inside ? [{ id, ...inside }] : [];
    });
  }

  async function read(cameraIds: readonly string[], span: Span): Promise<CameraFacts[]> {
    const found = await rangesOf(cameraIds, span);
    // The last second is still in memory, and nobody calls it missing.
    const nowMs = clock.nowMs() - 2_000;
    const whole = clip(span, { fromMs: 0, toMs: nowMs });
    const held = locks(db, clock.nowMs());
    return found.map(({ cameraId, ranges, notes, firstEverMs, oldestMs, partlyDeletedToMs }) => ({
      cameraId,
      ranges,
      gaps: whole
        ? gapsOf<Reason>({
            ...{ whole, recorded: ranges, notes: notes as { atMs: number; reason: Reason | null }[] },
            ...{
              firstEverMs,
              oldestMs,
              partlyDeletedToMs,
              unknown: 'unknown',
              deleted: 'deleted',
              notYet: 'not_yet',
            },
            endsNow: whole.toMs === nowMs,
          })
        : [],
      locks: held.flatMap(({ id, cameraIds: of, fromMs, toMs }) => {
        const inside = of.includes(cameraId) ? clip({ fromMs, toMs }, span) : undefined;
        return inside ? [{ id, ...inside }] : [];
      }),
      blocked: blockedOf(cameraId, span),
    }));
  }

  return {
    read,
    blockedOf,
    async days(cameraIds: readonly string[], dayStartsMs: readonly number[]): Promise<boolean[]> {
      const recorded = await readPool.run<boolean[]>('recording.days', { cameraIds, dayStartsMs });
      return recorded.map((is, index) => {
        const span = { fromMs: dayStartsMs[index]!, toMs: dayStartsMs[index + 1]! };
        return is || cameraIds.some((cameraId) => growing(cameraId, span).length > 0);
      });
    },
  };
}
