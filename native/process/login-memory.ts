import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';
import { errorCode, ProcessError } from './errors.ts';
import {
  allow,
  answer,
  begin,
  dueMs,
  isTaken,
  letIn,
  newRecord,
  refused,
  type Attempt,
  type LoginRecord,
  type Way,
} from './login-rules.ts';

/** An account at a device. */
export interface DeviceLogin {
  /** What tells devices apart: where it is reached. Case does not matter. */
  device: string;
  user: string;
  /** Of an account without a name the secret that stands for both. Only a digest of it is kept. */
  password: string;
}

export interface PassOptions {
  /** Ends the waiting; what is under way ends by itself. */
  signal?: AbortSignal;
  /** In no hurry: goes alone more often. */
  isPatient?: boolean;
}

/** One way into a device with one login. */
export interface LoginDoor {
  /**
   * Runs `contact` when the login may be tried: at once, after another's try, or not at all. A rejection with the code
   * 'wrong_password' is a refusal, any other says nothing of the login.
   * @param contact calls `letIn` as soon as the device has taken the login
   * @throws LoginRefused without contact, if the login was refused and no try is due; ProcessError aborted
   */
  pass<T>(contact: (letIn: () => void) => Promise<T>, options?: PassOptions): Promise<T>;
  /** What came of a contact that had passed: a refusal later on, or a person's own try. */
  heard(error: unknown): void;
  /** A person's own try was taken. */
  letIn(): void;
  /** Something has failed that may have to do with a new login: the next one goes alone again. */
  doubt(): void;
  /** The device has taken it lately: more than one at a time may use it. */
  isTaken(): boolean;
  /** A person wants it now: the next one to pass may try, whatever was refused. */
  allow(): void;
  /** Whole milliseconds until the next try is due; 0: now. */
  waitMs(): number;
  /**
   * `action` runs when the next try is due at another time than before: at once, because the device has taken the login, or
   * later, because it was asked for. Returns how to end that.
   */
  onChange(action: () => void): () => void;
}

/** What refused logins a station remembers, one for all that log in to devices. */
export interface LoginMemory {
  /** @param way which stream or service; `isBeside`: see `Way` */
  door(login: DeviceLogin, way: string, options?: { isBeside?: boolean }): LoginDoor;
  /** How many logins are remembered. */
  readonly size: number;
}

/** Nobody was asked: the device has refused this login, and the next try is not due. */
export class LoginRefused extends Error {
  readonly code = 'wrong_password';
  constructor() {
    super('login refused before, next try not due');
    this.name = 'LoginRefused';
  }
}

interface Entry {
  record: LoginRecord;
  usedMs: number;
  waiting: Set<() => void>;
  listening: Set<() => void>;
}

/** What nobody has used for so long is forgotten; longer than the longest wait between two tries. */
const FORGET_MS = 3_600_000;
const MAX_ENTRIES = 4_096;

/**
 * One memory of logins for a whole station, because a camera counts wrong ones wherever they come from. It does no I/O
 * and is gone with the process.
 */
export function createLoginMemory(clock: Pick<Clock, 'monotonicMs' | 'after'>): LoginMemory {
  const entries = new Map<string, Entry>();
  const salt = randomBytes(32);

  const isUsed = ({ record, waiting, listening }: Entry) =>
    record.trying.size + waiting.size + listening.size > 0;

  function forget(nowMs: number): void {
    // in the order of their last use
    for (const [key, entry] of entries) {
      const isFull = entries.size >= MAX_ENTRIES;
      if (!isFull && nowMs - entry.usedMs < FORGET_MS) return;
      if (!isUsed(entry)) entries.delete(key);
    }
  }

  function entryOf(key: string, hasLogin: boolean): Entry {
    const nowMs = clock.monotonicMs();
    let entry = entries.get(key);
    if (entry) entries.delete(key);
    else {
      forget(nowMs);
      entry = { record: newRecord(hasLogin, nowMs), usedMs: nowMs, waiting: new Set(), listening: new Set() };
    }
    entry.usedMs = nowMs;
    entries.set(key, entry);
    return entry;
  }

  function wake({ waiting }: Entry): void {
    const all = [...waiting];
    waiting.clear();
    for (const go of all) go();
  }

  /** Until `untilMs`, or until something happens. */
  function pause(entry: Entry, untilMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        entry.waiting.delete(done);
        cancel?.();
        signal?.removeEventListener('abort', done);
        resolve();
      };
      entry.waiting.add(done);
      const cancel =
        untilMs === Infinity ? undefined : clock.after(Math.max(0, untilMs - clock.monotonicMs()), done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }

  /** The attempt that it may make. */
  async function turn(entry: Entry, way: Way, { signal, isPatient = false }: PassOptions): Promise<Attempt> {
    for (;;) {
      if (signal?.aborted) throw new ProcessError('aborted', {});
      const nowMs = clock.monotonicMs();
      const next = answer(entry.record, way, { nowMs, isPatient });
      if (next.kind === 'refused') throw new LoginRefused();
      if (next.kind === 'go') return begin(entry.record, way, nowMs);
      await pause(entry, next.untilMs, signal);
    }
  }

  function noteLetIn(entry: Entry, way: Way): void {
    const { record } = entry;
    const wasRefused = record.refused !== undefined;
    letIn(record, way, clock.monotonicMs());
    wake(entry);
    if (!wasRefused) return;
    for (const action of [...entry.listening]) action();
  }

  function noteError(entry: Entry, attempt: Attempt, error: unknown): void {
    const { record, listening } = entry;
    if (errorCode(error, 'failed') !== 'wrong_password') {
      record.isDoubtful = true;
      return;
    }
    // those who wait for the next try learn when that is
    if (refused(record, attempt, clock.monotonicMs())) for (const action of [...listening]) action();
  }

  /** Its answer is there, or it is given up: others need not wait for it. */
  function over(entry: Entry, attempt: Attempt): void {
    if (!entry.record.trying.delete(attempt)) return;
    if (!attempt.way.isBeside) entry.record.hasTried = true;
    wake(entry);
  }

  return {
    door({ device, user, password }, name, { isBeside = false } = {}) {
      const hash = createHmac('sha256', salt);
      const key = hash.update(JSON.stringify([device.toLowerCase(), user, password])).digest('base64');
      const way: Way = { name: createHmac('sha256', salt).update(name).digest('base64'), isBeside };
      const entry = () => entryOf(key, user !== '' || password !== '');
      return {
        async pass(contact, options = {}) {
          const at = entry();
          const attempt = await turn(at, way, options);
          const { signal } = options;
          const onAbort = () => over(at, attempt);
          signal?.addEventListener('abort', onAbort, { once: true });
          try {
            const result = await contact(() => {
              attempt.wasLetIn = true;
              noteLetIn(at, way);
              over(at, attempt);
            });
            at.record.own.delete(way.name);
            return result;
          } catch (error) {
            // an end that was asked for says nothing
            if (!signal?.aborted || errorCode(error, '') === 'wrong_password') noteError(at, attempt, error);
            throw error;
          } finally {
            signal?.removeEventListener('abort', onAbort);
            at.usedMs = clock.monotonicMs();
            over(at, attempt);
          }
        },
        heard(error) {
          const at = entry();
          const attempt = begin(at.record, way, at.record.triedMs);
          noteError(at, attempt, error);
          over(at, attempt);
        },
        letIn: () => noteLetIn(entry(), way),
        doubt: () => void (entry().record.isDoubtful = true),
        isTaken: () => isTaken(entry().record, clock.monotonicMs()),
        allow() {
          const at = entry();
          allow(at.record, way, clock.monotonicMs());
          wake(at);
        },
        waitMs: () => Math.ceil(Math.max(0, dueMs(entry().record, way) - clock.monotonicMs())),
        onChange(action) {
          const at = entry();
          let knownMs = dueMs(at.record, way);
          const heard = () => {
            // what only this way has against the login stays until it is due
            const nextMs = dueMs(at.record, way);
            if (nextMs === knownMs) return;
            knownMs = nextMs;
            action();
          };
          at.listening.add(heard);
          return () => void at.listening.delete(heard);
        },
      };
    },
    get size() {
      return entries.size;
    },
  };
}
