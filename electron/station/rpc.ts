/** How a call comes in: who, whether they may, once only, and how a refusal goes out. */
import { implement, ORPCError } from '@orpc/server';
import { commonErrors, type ErrorCode, type JsonObject, type MethodMeta } from '#contract/base.ts';
import { contract } from '#contract/index.ts';
import { may } from '#domain/permissions.ts';
import { StationError } from './errors.ts';
import type { Actor, StationPorts } from './ports.ts';
import { actorOf, type ActiveSession, type Connection, type Sessions } from './sessions.ts';

/** What a host hands in with every call. */
export interface CallContext {
  connection: Connection;
  gate: CallGate;
}
/** What the gate needs of the station. */
export interface CallGate {
  sessions: Sessions;
  ports: Pick<StationPorts, 'db' | 'clock' | 'log' | 'write' | 'audit' | 'settings'>;
  /** False while the station is shutting down: new work is refused. */
  open(): boolean;
  /** Counts running commands, so that a shutdown can wait for them. */
  running(delta: 1 | -1): void;
}

const orpcError = (code: ErrorCode, reason: string, params: JsonObject = {}) =>
  new ORPCError(code, { status: commonErrors[code].status, message: reason, data: { reason, params } });

interface Issue {
  path?: (PropertyKey | { key: PropertyKey })[];
  message: string;
}
/** Any error as one of the contract's, without inner workings. */
function toOrpc(error: unknown, gate: CallGate, method: string): unknown {
  if (error instanceof StationError) return orpcError(error.code, error.reason, error.params);
  if (error instanceof ORPCError) {
    if (error.code !== 'BAD_REQUEST') return error;
    const issues = ((error.data as { issues?: Issue[] } | undefined)?.issues ?? [])
      .slice(0, 20)
      .map((issue) => ({
        path: (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
        message: issue.message,
      }));
    return orpcError('INVALID', 'input', { issues });
  }
  const full = (error as { code?: string }).code === 'SQLITE_FULL';
  gate.ports.log.error('call failed', { method, error: String((error as Error)?.stack ?? error) });
  return orpcError('FAILED', full ? 'disk_full' : 'internal');
}

function sessionFor(
  meta: MethodMeta,
  { connection, gate }: CallContext,
  method: string,
): ActiveSession | null {
  if (connection.session) connection.session = gate.sessions.refresh(connection.session);
  const session = connection.session;
  if (meta.permission === 'public') return session;
  if (!session) throw orpcError('UNAUTHENTICATED', 'session.none');
  if (
    session.account.mustChangePassword &&
    meta.mutates &&
    !meta.whileLocked &&
    method !== 'auth.changePassword'
  )
    throw orpcError('FORBIDDEN', 'session.must_change_password');
  if (meta.permission !== 'session' && !may(session.account.role, meta.permission))
    throw orpcError('FORBIDDEN', 'permission', { permission: meta.permission, role: session.account.role });
  const idleMs = gate.ports.settings.number('session.idleLockSeconds') * 1000;
  if (!session.locked && idleMs > 0 && gate.ports.clock.monotonicMs() - session.lastCommandMs > idleMs)
    gate.sessions.setLocked(session, true);
  if (meta.mutates && !meta.whileLocked) {
    if (session.locked) throw orpcError('FORBIDDEN', 'session.locked');
    session.lastCommandMs = gate.ports.clock.monotonicMs();
  }
  return session;
}

const os = implement(contract).$context<CallContext>();

/** Answers given to a key are kept this long. */
const RECEIPT_MS = 24 * 3_600_000;

/** Where half a surrogate pair stands, e.g. `items.0.name`; it cannot be stored as text: what is read back would differ. */
function illFormedAt(value: unknown, path = ''): string | null {
  if (typeof value === 'string') return value.isWellFormed() ? null : path;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return null;
  for (const [key, one] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    if (!key.isWellFormed()) return at.toWellFormed();
    const found = illFormedAt(one, at);
    if (found !== null) return found;
  }
  return null;
}

const guarded = os.use(async ({ context, next, procedure, path }, input) => {
  const meta = procedure['~orpc'].meta as MethodMeta;
  const { gate } = context;
  const method = path.join('.');
  try {
    if (!gate.open()) throw orpcError('UNAVAILABLE', 'station.stopping');
    const illFormed = illFormedAt(input);
    if (illFormed !== null)
      throw orpcError('INVALID', 'input', { issues: [{ path: illFormed, message: 'not_unicode' }] });
    const session = sessionFor(meta, context, method);
    const actor: Actor | null = session && actorOf(session);
    const pass = async () => await next({ context: { session, actor: actor as Actor } });
    if (!meta.mutates) return await pass();
    gate.running(1);
    try {
      const key = (input as { idempotencyKey?: unknown } | undefined)?.idempotencyKey;
      if (typeof key !== 'string' || !session) return await pass();
      return await once(gate, `${session.account.id}`, method, key, pass);
    } finally {
      gate.running(-1);
    }
  } catch (error) {
    throw toOrpc(error, gate, method);
  }
});

const inFlight = new WeakMap<CallGate, Map<string, Promise<unknown>>>();
/** Runs a command once per key: a repeat gets the first answer, also while the first still runs. */
async function once<T extends { output: unknown }>(
  gate: CallGate,
  accountId: string,
  method: string,
  key: string,
  run: () => Promise<T>,
): Promise<T> {
  const { db, clock } = gate.ports;
  const kept = db
    .prepare('SELECT answer FROM command_receipt WHERE account_id = ? AND method = ? AND key = ?')
    .get(accountId, method, key) as { answer: string } | undefined;
  if (kept) return { output: JSON.parse(kept.answer) as unknown, context: {} } as unknown as T;
  const flights = inFlight.get(gate) ?? new Map<string, Promise<unknown>>();
  inFlight.set(gate, flights);
  const name = `${accountId} ${method} ${key}`;
  const running = flights.get(name) as Promise<T> | undefined;
  if (running) return running;
  const flight = run().then((result) => {
    const now = clock.nowMs();
    db.prepare('DELETE FROM command_receipt WHERE at_ms < ?').run(now - RECEIPT_MS);
    db.prepare(
      'INSERT OR IGNORE INTO command_receipt (account_id, method, key, at_ms, answer) VALUES (?, ?, ?, ?, ?)',
    ).run(accountId, method, key, now, JSON.stringify(result.output ?? null));
    return result;
  });
  flights.set(name, flight);
  try {
    return await flight;
  } finally {
    flights.delete(name);
  }
}

/**
 * The implementer that every `<name>.api.ts` uses: `rpc.alarms.comment.handler(({ input, context }) => …)`.
 * `context.actor` and `context.session` are set unless the method is public.
 */
export const rpc = guarded;
