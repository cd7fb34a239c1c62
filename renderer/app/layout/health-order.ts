import type { HealthItem } from '#contract/system.contract.ts';

const ORDER = [
  'station',
  'key',
  'broker',
  'ingest',
  'video',
  'records',
  'fire',
  'broadcast',
  'clock',
  'disk',
  'backup',
  'sound',
];
const RANK = { bad: 0, warn: 1, ok: 2, off: 2 } as const;

/** What is wrong first (a narrow foot bar has no room for the last), then the fixed order; unknown parts last. */
export function healthOrder(a: HealthItem, b: HealthItem): number {
  const place = (item: HealthItem) => (ORDER.includes(item.id) ? ORDER.indexOf(item.id) : ORDER.length);
  return RANK[a.level] - RANK[b.level] || place(a) - place(b) || a.id.localeCompare(b.id);
}
