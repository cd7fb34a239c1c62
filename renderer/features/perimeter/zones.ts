import type { PerimeterZoneState } from '#contract/patrol.contract.ts';
import type { PerimeterZone } from '#contract/site.ts';

export type Condition = PerimeterZoneState['condition'];
/** Worst first, as the station ranks them; a zone that has said nothing after all of them. */
const ORDER: readonly Condition[] = ['offline', 'tamper', 'alarm', 'fault', 'disarmed', 'armed'];
export interface ZoneRow {
  zone: PerimeterZone;
  state: PerimeterZoneState | undefined;
}

/** Zones that need a look first, then those that are not armed; the site's order within. */
export function sortZones(rows: readonly ZoneRow[]): ZoneRow[] {
  const rank = ({ state }: ZoneRow) => (state ? ORDER.indexOf(state.condition) : ORDER.length);
  return [...rows].sort((a, b) => rank(a) - rank(b));
}
export const isTrouble = (condition: Condition | undefined): boolean =>
  condition !== undefined && condition !== 'armed' && condition !== 'disarmed';

export function countZones(rows: readonly ZoneRow[]): { armed: number; total: number; trouble: number } {
  return {
    armed: rows.filter(({ state }) => state?.armed).length,
    total: rows.length,
    trouble: rows.filter(({ state }) => isTrouble(state?.condition)).length,
  };
}
