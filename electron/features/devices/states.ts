import type { DeviceState } from '#contract/devices.contract.ts';
import type { StationPorts } from '#station/ports.ts';
import { allStates, allValues, type LastValue, type StoredState } from './devices.store.ts';

/** What changes within this time goes to the consoles together: 500 messages a second are not 500 deltas. */
const SHOW_EVERY_MS = 200;

/** What is known of each listed device now, in memory; consoles follow a little behind. */
export class DeviceStates {
  readonly live;
  readonly #states = new Map<string, DeviceState>();
  readonly #dirty = new Set<string>();
  readonly #clock;
  #cancel: (() => void) | null = null;

  constructor({
    db,
    clock,
    site,
    liveCollection,
  }: Pick<StationPorts, 'db' | 'clock' | 'site' | 'liveCollection'>) {
    this.#clock = clock;
    this.live = liveCollection<DeviceState>();
    const stored = allStates(db);
    for (const { id } of site.current().devices) this.#states.set(id, stateOf(id, stored.get(id)));
    for (const { deviceId, key, last } of allValues(db)) {
      const state = this.#states.get(deviceId);
      if (state) state.values[key] = last;
    }
    this.live.upsert(...this.#states.values());
  }
  get(id: string): DeviceState | undefined {
    return this.#states.get(id);
  }
  ids(): string[] {
    return [...this.#states.keys()];
  }
  /** Replaces what changed; values only by newer ones. */
  update(
    id: string,
    change: Partial<Omit<DeviceState, 'id' | 'values'>>,
    values: Record<string, LastValue> = {},
  ): void {
    const now = this.#states.get(id);
    if (!now) return;
    const merged = { ...now.values };
    for (const [key, last] of Object.entries(values))
      if (last.atMs >= (merged[key]?.atMs ?? -Infinity)) merged[key] = last;
    this.#states.set(id, { ...now, ...change, values: merged });
    this.#show(id);
  }
  add(id: string): void {
    if (this.#states.has(id)) return;
    this.#states.set(id, stateOf(id, undefined));
    this.#show(id);
  }
  remove(id: string): void {
    this.#states.delete(id);
    this.#show(id);
  }
  #show(id: string): void {
    this.#dirty.add(id);
    this.#cancel ??= this.#clock.after(SHOW_EVERY_MS, () => this.flush());
  }
  /** Shows now what waits to be shown. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = null;
    const changed = [...this.#dirty].map((id) => ({ id, state: this.#states.get(id) }));
    this.#dirty.clear();
    this.live.change(
      changed.flatMap(({ state }) => state ?? []),
      changed.filter(({ id, state }) => !state && this.live.get(id)).map(({ id }) => id),
    );
  }
}

function stateOf(id: string, stored: StoredState | undefined): DeviceState {
  return {
    id,
    availability: stored?.availability ?? 'unknown',
    reason: stored?.reason ?? null,
    lastSeenAtMs: stored?.lastSeenAtMs ?? null,
    values: {},
    missed: 0,
  };
}
