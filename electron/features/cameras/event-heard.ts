import type { CameraEvents } from '#contract/cameras.contract.ts';
import type { StationPorts } from '#station/ports.ts';

/** A camera tells of motion twice a second; a console need not hear of each. */
const SHOWN_EVERY_MS = 2_000;
/** Of topics that nobody knows: a device has some dozens at the most. */
const UNKNOWN_MOST = 30;

/**
 * What is heard of each camera whose events are taken: whether it is listened to, what came last, and the topics that the
 * station does not know, so that an integrator sees them. Counts begin anew with the station.
 */
export function createHeard(ports: Pick<StationPorts, 'clock' | 'log' | 'liveCollection'>) {
  const { clock, log } = ports;
  const live = ports.liveCollection<CameraEvents>();
  const lines = new Map<string, CameraEvents>();
  const changed = new Set<string>();
  let cancel: (() => void) | undefined;
  let shownAtMs = -Infinity;

  function publish(): void {
    cancel?.();
    cancel = undefined;
    shownAtMs = clock.monotonicMs();
    const news = [...changed].flatMap((id) => lines.get(id) ?? []);
    const gone = live.values().filter(({ id }) => !lines.has(id));
    changed.clear();
    live.change(
      news,
      gone.map(({ id }) => id),
    );
  }
  function soon(): void {
    const waitMs = shownAtMs + SHOWN_EVERY_MS - clock.monotonicMs();
    if (waitMs <= 0) publish();
    else cancel ??= clock.after(waitMs, publish);
  }
  function set(id: string, change: Partial<CameraEvents>): void {
    const none = { id, state: 'connecting', reason: null, sinceMs: clock.nowMs(), heard: 0, lastTopic: null, lastAtMs: null, unknown: [] } as const; // prettier-ignore
    lines.set(id, { ...(lines.get(id) ?? { ...none, unknown: [] }), ...change });
    changed.add(id);
  }

  return {
    live,
    /** @param reason why not, when it failed */
    state(ids: readonly string[], state: CameraEvents['state'], reason: string | null = null): void {
      for (const id of ids) {
        const before = lines.get(id);
        if (before?.state === state && before.reason === reason) continue;
        set(id, { state, reason, sinceMs: clock.nowMs() });
      }
      soon();
    },
    heard(id: string, topic: string, isKnown: boolean): void {
      const atMs = clock.nowMs();
      const before = lines.get(id);
      const unknown = before?.unknown ?? [];
      const one = unknown.find((each) => each.topic === topic);
      // one that makes up topics without end fills no log
      if (!isKnown && !one && unknown.length < UNKNOWN_MOST)
        log.warn('camera event of an unknown topic', { camera: id, topic });
      const counted = { topic, count: (one?.count ?? 0) + 1, lastAtMs: atMs };
      const others = unknown.filter((each) => each !== one);
      set(id, {
        heard: (before?.heard ?? 0) + 1,
        lastTopic: topic,
        lastAtMs: atMs,
        ...(isKnown ? {} : { unknown: [counted, ...others].slice(0, UNKNOWN_MOST) }),
      });
      soon();
    },
    /** Only these cameras are listened to from now on. */
    keep(ids: ReadonlySet<string>): void {
      for (const id of [...lines.keys()]) if (!ids.has(id)) lines.delete(id);
      publish();
    },
    stop: () => cancel?.(),
  };
}
