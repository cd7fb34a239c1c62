import type { BroadcastEffect, BroadcastReceipt } from './broadcast-types.ts';

/** Effects as the rules produce them, one zone at a time and before run numbers exist. */
export type RawEffect =
  | { type: 'stop'; id: string; run: number; zoneId: string }
  | { type: 'start'; id: string; zoneId: string }
  | { type: 'receipt'; receipt: BroadcastReceipt }
  | Extract<BroadcastEffect, { type: 'refused' }>;

export type StartEffect = Extract<BroadcastEffect, { type: 'start' }>;
type StopEffect = Extract<BroadcastEffect, { type: 'stop' }>;

/**
 * Joins the starts of one request into one run and the stops of one run into one stop: zones that
 * begin together sound together, without the echo between neighbours that separate starts give.
 * Order: receipts and refusals as they came, then stops, then starts.
 *
 * A start that a later stop of the same command took back (run 0) never happened.
 */
export function groupEffects(
  raw: readonly RawEffect[],
  counter: number,
): { counter: number; starts: StartEffect[]; effects: BroadcastEffect[] } {
  const notes: BroadcastEffect[] = [];
  const stops = new Map<string, StopEffect>();
  const starts = new Map<string, string[]>();
  for (const effect of raw) {
    if (effect.type === 'receipt' || effect.type === 'refused') {
      notes.push(effect);
    } else if (effect.type === 'start') {
      starts.set(effect.id, [...(starts.get(effect.id) ?? []), effect.zoneId]);
    } else if (effect.run === 0) {
      const left = (starts.get(effect.id) ?? []).filter((zoneId) => zoneId !== effect.zoneId);
      if (left.length > 0) starts.set(effect.id, left);
      else starts.delete(effect.id);
    } else {
      const key = `${effect.run}`;
      const before = stops.get(key)?.zoneIds ?? [];
      stops.set(key, { type: 'stop', id: effect.id, run: effect.run, zoneIds: [...before, effect.zoneId] });
    }
  }
  const begun: StartEffect[] = [];
  for (const [id, zoneIds] of starts) begun.push({ type: 'start', id, run: ++counter, zoneIds });
  return { counter, starts: begun, effects: [...notes, ...stops.values(), ...begun] };
}
