import { computed, ref, shallowRef, triggerRef } from 'vue';
import type { ComputedRef, Ref, ShallowRef } from 'vue';
import type { LiveMessage, ResumePoint } from '#contract/base.ts';
import { isAnswer, linkDown, toApiError } from './errors.ts';
import type { ApiError } from './errors.ts';

export interface LiveItem {
  id: string;
}
export type LiveStream<T> = AsyncIterable<LiveMessage<T>>;
/** Opens the stream, from `resume` on when that is given; ends it when the signal aborts. */
export type OpenLive<T> = (resume: ResumePoint | undefined, signal: AbortSignal) => Promise<LiveStream<T>>;

/** `alive` comes each second, so a longer silence than this is no jitter; with the recheck it is said within 2 s. */
const SILENT_AFTER_MS = 1700;
/** A console that was itself busy finds the queued messages in this time, and does not cry wolf. */
const RECHECK_MS = 200;
const RETRY_MS = 500;
/** After a refusal (no permission) nothing changes quickly. */
const REFUSED_RETRY_MS = 10_000;

/** Why it cannot be followed: what the station says, or that the link is down. No action is lost by that. */
function reasonOf(error: unknown): ApiError {
  const told = isAnswer(error) ? toApiError(error) : linkDown();
  return told.reason === 'link.lost' ? linkDown() : told;
}

/**
 * Follows one live collection: holds its items, resumes after a loss where it stopped, and starts
 * over from a snapshot when a delta is missing. Items stay when the link is lost; `fresh` says so.
 */
export class LiveReader<T extends LiveItem> {
  /** By id; the same Map is changed in place, so watch `list` or this ref itself, not a getter of it. */
  readonly items: ShallowRef<Map<string, T>> = shallowRef(new Map<string, T>());
  /** The items in the station's order; a new array after each change. */
  readonly list: ComputedRef<T[]> = computed(() => [...this.items.value.values()]);
  /** A snapshot has arrived at least once. */
  readonly loaded: Ref<boolean> = ref(false);
  /** False within 2 s after the station went silent. */
  readonly fresh: Ref<boolean> = ref(false);
  /** Why it cannot be followed now, e.g. no permission. */
  readonly error: ShallowRef<ApiError | null> = shallowRef(null);
  /** Console time of the last message. */
  lastMessageAtMs = 0;
  readonly #open: OpenLive<T>;
  readonly #onAlive: ((stationTimeMs: number) => void) | undefined;
  #point: ResumePoint | undefined;
  #run: AbortController | null = null;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(open: OpenLive<T>, onAlive?: (stationTimeMs: number) => void) {
    this.#open = open;
    this.#onAlive = onAlive;
  }

  start(): void {
    if (this.#run) return;
    this.#run = new AbortController();
    void this.#follow(this.#run.signal);
  }

  /** Stops following; the items stay. */
  stop(): void {
    this.#run?.abort();
    this.#run = null;
    this.#goStale();
  }

  /** Forgets everything (another person signs in), and goes on if it was running. */
  reset(): void {
    const running = this.#run !== null;
    this.stop();
    this.#point = undefined;
    this.loaded.value = false;
    this.error.value = null;
    this.items.value = new Map();
    if (running) this.start();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const attempt = new AbortController();
      const onStop = () => attempt.abort();
      signal.addEventListener('abort', onStop, { once: true });
      let pauseMs = RETRY_MS;
      try {
        const stream = await this.#open(this.#point, attempt.signal);
        for await (const message of stream) {
          if (signal.aborted) return;
          if (!this.#apply(message)) {
            // A delta is missing: forget the point, so that the next stream begins with a snapshot.
            this.#point = undefined;
            pauseMs = 0;
            break;
          }
        }
      } catch (error) {
        if (signal.aborted) return;
        this.error.value = reasonOf(error);
        const refused = ['FORBIDDEN', 'UNAUTHENTICATED', 'INVALID'].includes(this.error.value.code);
        if (refused) pauseMs = REFUSED_RETRY_MS;
      } finally {
        signal.removeEventListener('abort', onStop);
        attempt.abort();
      }
      // A restart over a gap follows at once and needs no stale mark.
      if (pauseMs > 0) {
        this.#goStale();
        await pause(pauseMs, signal);
      }
    }
  }

  /** Takes one message in; false when it does not follow on what is held. */
  #apply(message: LiveMessage<T>): boolean {
    if (message.kind === 'snapshot') {
      this.items.value = new Map(message.items.map((item) => [item.id, item]));
      this.loaded.value = true;
    } else {
      const at = this.#point;
      if (!at || at.epoch !== message.epoch) return false;
      if (message.kind === 'alive') {
        if (message.seq !== at.seq) return false;
        this.#onAlive?.(message.stationTimeMs);
      } else {
        // Sent twice over a reconnect: already held.
        if (message.seq <= at.seq) return true;
        if (message.seq !== at.seq + 1) return false;
        for (const item of message.upsert) this.items.value.set(item.id, item);
        for (const id of message.remove) this.items.value.delete(id);
        triggerRef(this.items);
      }
    }
    this.#point = { epoch: message.epoch, seq: message.seq };
    this.#heard();
    return true;
  }

  #heard(): void {
    this.lastMessageAtMs = Date.now();
    this.error.value = null;
    this.fresh.value = true;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#silence = setTimeout(() => this.#goStale(), RECHECK_MS);
    }, SILENT_AFTER_MS);
  }

  #goStale(): void {
    clearTimeout(this.#silence);
    this.fresh.value = false;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
