import type { HealthItem } from '#contract/system.contract.ts';
import type { Clock } from './clock.ts';
import type { LiveCollection } from './live.ts';
import type { HealthPort } from './ports.ts';

/** The lines of the foot bar and of the system page. */
export function createHealth(items: LiveCollection<HealthItem>, clock: Clock): HealthPort {
  return {
    set(id, level, code, params = {}) {
      const before = items.get(id);
      const same = before?.level === level && before.code === code;
      if (same && JSON.stringify(before.params) === JSON.stringify(params)) return;
      items.upsert({ id, level, code, params, sinceMs: same ? before.sinceMs : clock.nowMs() });
    },
  };
}
