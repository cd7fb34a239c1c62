import type { RecordingRule } from '#contract/site.ts';
import type { KeptFile } from '#domain/recording-retention.ts';
import { mergeSpans } from '#domain/recording-spans.ts';
import type { Span } from '#domain/recording-types.ts';
import type { StationPorts } from '#station/ports.ts';
import { addAlarmSpan, alarmSpansSince, forgetAlarmSpans, touchesAlarm } from './alarm-spans.ts';

const DAY_MS = 86_400_000;
/** Spans are read again after this: retention asks for thousands of files in one go. */
const FRESH_MS = 30_000;

/** The term of what was recorded around alarms, where a camera's rule has one (`keepAlarmDays`). */
export function createAlarmTerm(
  { db, clock }: Pick<StationPorts, 'db' | 'clock'>,
  ruleOf: (cameraId: string) => RecordingRule,
) {
  const known = new Map<string, { spans: Span[]; readAtMs: number }>();

  /** Those of a camera whose term is not over; older ones are forgotten. */
  function spansOf(cameraId: string, keepDays: number): Span[] {
    const now = clock.monotonicMs();
    const before = known.get(cameraId);
    if (before && now - before.readAtMs < FRESH_MS) return before.spans;
    const sinceMs = clock.nowMs() - keepDays * DAY_MS;
    forgetAlarmSpans(db, cameraId, sinceMs);
    // sorted, and none within another, as `touchesAlarm` needs them: a clock that was set back makes such ones
    const spans = mergeSpans(alarmSpansSince(db, cameraId, sinceMs));
    known.set(cameraId, { spans, readAtMs: now });
    return spans;
  }

  return {
    /** An alarm occurs now at these cameras: the seconds of their rules before and after it are its time. */
    note(cameraIds: readonly string[]): void {
      const nowMs = clock.nowMs();
      const kept = cameraIds.filter((id) => ruleOf(id).mode !== 'off' && ruleOf(id).keepAlarmDays);
      if (kept.length === 0) return;
      db.transaction(() => {
        for (const cameraId of kept) {
          const { preSeconds, postSeconds } = ruleOf(cameraId);
          const span = { fromMs: nowMs - preSeconds * 1_000, toMs: nowMs + postSeconds * 1_000 };
          addAlarmSpan(db, cameraId, span);
          known.delete(cameraId);
        }
      })();
    },
    keeps(file: KeptFile): boolean {
      const { keepDays, keepAlarmDays = 0 } = ruleOf(file.cameraId);
      return keepAlarmDays > keepDays && touchesAlarm(file, spansOf(file.cameraId, keepAlarmDays));
    },
  };
}
