import type { RecordingRule, StreamRule } from '#contract/site.ts';
import { ruleOfStream, rulesOf } from '#domain/recording-streams.ts';
import type { KeptFile } from '#domain/recording-retention.ts';
import { mergeSpans } from '#domain/recording-spans.ts';
import type { Span } from '#domain/recording-types.ts';
import type { StationPorts } from '#station/ports.ts';
import { addAlarmSpan, alarmSpansSince, forgetAlarmSpans, touchesAlarm } from './alarm-spans.ts';

const DAY_MS = 86_400_000;
/** Spans are read again after this: retention asks for thousands of files in one go. */
const FRESH_MS = 30_000;

/**
 * The term of what was recorded around alarms, where a rule has one (`keepAlarmDays`). The time around an alarm is the
 * camera's; how long it is kept, each stream's.
 */
export function createAlarmTerm(
  { db, clock }: Pick<StationPorts, 'db' | 'clock'>,
  ruleOf: (cameraId: string) => RecordingRule,
) {
  /** By camera, and by the term for which they are asked. */
  const known = new Map<string, Map<number, { spans: Span[]; readAtMs: number }>>();

  /** The rules of a camera that keep the time around alarms longer. */
  const keeping = (cameraId: string): StreamRule[] =>
    rulesOf<StreamRule>(ruleOf(cameraId)).flatMap(({ rule }) => (rule.keepAlarmDays ? rule : []));

  /** Those of a camera whose term is not over; what is past the longest of its terms is forgotten. */
  function spansOf(cameraId: string, keepDays: number): Span[] {
    const now = clock.monotonicMs();
    const before = known.get(cameraId)?.get(keepDays);
    if (before && now - before.readAtMs < FRESH_MS) return before.spans;
    const sinceMs = (days: number) => clock.nowMs() - days * DAY_MS;
    const longest = Math.max(keepDays, ...keeping(cameraId).map(({ keepAlarmDays = 0 }) => keepAlarmDays));
    forgetAlarmSpans(db, cameraId, sinceMs(longest));
    // sorted, and none within another, as `touchesAlarm` needs them: a clock that was set back makes such ones
    const spans = mergeSpans(alarmSpansSince(db, cameraId, sinceMs(keepDays)));
    known.set(cameraId, (known.get(cameraId) ?? new Map()).set(keepDays, { spans, readAtMs: now }));
    return spans;
  }

  return {
    /** An alarm occurs now at these cameras: the seconds of their rules before and after it are its time. */
    note(cameraIds: readonly string[]): void {
      const nowMs = clock.nowMs();
      const kept = cameraIds.flatMap((cameraId) => {
        const rules = keeping(cameraId).filter(({ mode }) => mode !== 'off');
        return rules.length > 0 ? [{ cameraId, rules }] : [];
      });
      if (kept.length === 0) return;
      db.transaction(() => {
        for (const { cameraId, rules } of kept) {
          const preMs = Math.max(...rules.map(({ preSeconds }) => preSeconds)) * 1_000;
          const postMs = Math.max(...rules.map(({ postSeconds }) => postSeconds)) * 1_000;
          addAlarmSpan(db, cameraId, { fromMs: nowMs - preMs, toMs: nowMs + postMs });
          known.delete(cameraId);
        }
      })();
    },
    keeps(file: KeptFile): boolean {
      const { keepDays, keepAlarmDays = 0 } = ruleOfStream<StreamRule>(ruleOf(file.cameraId), file.stream);
      return keepAlarmDays > keepDays && touchesAlarm(file, spansOf(file.cameraId, keepAlarmDays));
    },
  };
}
