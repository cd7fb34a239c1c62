/** Sums and differences of spans of time. Pure. */
import type { Span } from './recording-types.ts';

/** Sorted, and one span where two touch or are at most `slackMs` apart. */
export function mergeSpans(spans: readonly Span[], slackMs = 0): Span[] {
  const merged: Span[] = [];
  for (const { fromMs, toMs } of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1);
    if (last && fromMs <= last.toMs + slackMs) last.toMs = Math.max(last.toMs, toMs);
    else merged.push({ fromMs, toMs });
  }
  return merged;
}

/** What of `whole` none of `parts` covers, in order. */
export function missingFrom(whole: Span, parts: readonly Span[]): Span[] {
  const missing: Span[] = [];
  let at = whole.fromMs;
  for (const { fromMs, toMs } of mergeSpans(parts)) {
    if (toMs <= at) continue;
    if (fromMs >= whole.toMs) break;
    if (fromMs > at) missing.push({ fromMs: at, toMs: fromMs });
    at = toMs;
  }
  if (at < whole.toMs) missing.push({ fromMs: at, toMs: whole.toMs });
  return missing;
}

export const overlaps = (a: Span, b: Span): boolean => a.fromMs < b.toMs && b.fromMs < a.toMs;

/** The span cut to `whole`, or undefined if nothing of it is inside. */
export function clip(span: Span, whole: Span): Span | undefined {
  const fromMs = Math.max(span.fromMs, whole.fromMs);
  const toMs = Math.min(span.toMs, whole.toMs);
  return fromMs < toMs ? { fromMs, toMs } : undefined;
}
