import { ref, shallowRef } from 'vue';
import { linkLost } from './errors.ts';
import type { Connect, Transport } from './transport.ts';

/** `connecting`: never had a station yet; `lost`: had one. */
export type LinkState = 'connecting' | 'online' | 'lost';

/** Waits before the next attempt: the station is on the same machine or LAN, so trying is cheap. */
const RETRY_MS = [250, 500, 1000, 2000, 3000, 5000];
const OPEN_LIMIT_MS = 5000;

/**
 * Keeps one transport open: connects, shakes hands (hello and the earlier session), and starts over
 * with back-off when it is lost. Calls wait for it with {@link Connection.whenOnline}.
 */
export class Connection {
  readonly state = ref<LinkState>('connecting');
  /** Attempts since the last success. */
  readonly attempt = ref(0);
  readonly retryAtMs = shallowRef<number | null>(null);
  readonly #connect: Connect;
  readonly #handshake: (transport: Transport) => Promise<void>;
  #current: Transport | null = null;
  #running = false;
  #wakeRetry: (() => void) | null = null;
  readonly #waiters = new Set<() => void>();

  constructor(connect: Connect, handshake: (transport: Transport) => Promise<void>) {
    this.#connect = connect;
    this.#handshake = handshake;
  }

  get current(): Transport | null {
    return this.#current;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#loop();
  }

  stop(): void {
    this.#running = false;
    this.#current?.close();
    this.#wakeRetry?.();
  }

  /** Skips the rest of the wait before the next attempt. */
  retryNow(): void {
    this.#wakeRetry?.();
  }

  /** Drops a transport that is open but silent (a half-open socket), and connects anew. */
  reconnect(): void {
    this.#current?.close();
  }

  /**
   * The open transport, waiting for it up to `waitMs` (default: for ever).
   * @throws ApiError UNAVAILABLE `link.lost` when none came in time, or the signal's reason
   */
  async whenOnline(options: { signal?: AbortSignal; waitMs?: number } = {}): Promise<Transport> {
    const { signal, waitMs } = options;
    if (this.#current) return this.#current;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wake = () => {};
    try {
      await new Promise<void>((resolve, reject) => {
        wake = resolve;
        this.#waiters.add(wake);
        if (waitMs !== undefined) timer = setTimeout(() => reject(linkLost()), waitMs);
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
    } finally {
      clearTimeout(timer);
      this.#waiters.delete(wake);
    }
    if (!this.#current) throw linkLost();
    return this.#current;
  }

  async #loop(): Promise<void> {
    while (this.#running) {
      this.attempt.value += 1;
      try {
        await this.#hold();
      } catch {
        // Not reachable, or the handshake failed: the wait below, then again.
      }
      this.#current = null;
      if (this.state.value === 'online') this.state.value = 'lost';
      if (this.#running) await this.#pause();
    }
  }

  /** One transport from opening to its loss. */
  async #hold(): Promise<void> {
    const transport = await within(this.#connect(), OPEN_LIMIT_MS);
    try {
      await within(this.#handshake(transport), OPEN_LIMIT_MS, transport.lost);
      this.#current = transport;
      this.attempt.value = 0;
      this.retryAtMs.value = null;
      this.state.value = 'online';
      for (const wake of [...this.#waiters]) wake();
      await until(transport.lost);
    } finally {
      this.#current = null;
      transport.close();
    }
  }

  async #pause(): Promise<void> {
    const waitMs = RETRY_MS[Math.min(this.attempt.value, RETRY_MS.length - 1)] ?? 1000;
    this.retryAtMs.value = Date.now() + waitMs;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#wakeRetry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wakeRetry = null;
  }
}

/** Resolves when the signal aborts. */
function until(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** The promise's result, or `link.lost` when it takes too long or `lost` aborts first. */
async function within<T>(promise: Promise<T>, limitMs: number, lost?: AbortSignal): Promise<T> {
  let giveUp = () => {};
  const limit = new Promise<never>((_, reject) => {
    giveUp = () => reject(linkLost());
  });
  const timer = setTimeout(giveUp, limitMs);
  lost?.addEventListener('abort', giveUp, { once: true });
  try {
    if (lost?.aborted) giveUp();
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
    lost?.removeEventListener('abort', giveUp);
  }
}
