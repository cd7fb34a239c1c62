import { canonicalJson } from '#station/chain.ts';
import { StationError } from '#station/errors.ts';
import type {
  EffectExecutor,
  EffectExecutorOptions,
  EffectReceipt,
  EffectRequest,
  EffectsPort,
  StationPorts,
} from '#station/ports.ts';
import { action as actionSchema, type Action } from '#contract/plan.ts';
import { climbs, confirmedByPerson, isFinal } from '#domain/plan-actions.ts';
import { may, type Permission } from '#domain/permissions.ts';
import { insertEffect, insertReceipt, loadEffect, type StoredEffect } from './effects.store.ts';

export interface EffectsDeps {
  /** Whether a run is a drill; undefined: there is no such run. */
  isDrillRun(runId: string): boolean | undefined;
  isDrillAlarm(alarmId: string): boolean | undefined;
}
interface Registered {
  executor: EffectExecutor;
  options: EffectExecutorOptions;
}
interface Flight {
  action: string;
  listeners: ((receipt: EffectReceipt) => void)[];
  promise: Promise<EffectReceipt>;
}
/** What an executor reports goes through here to the table and to whoever listens. */
type Report = (receipt: EffectReceipt) => void;

const failed = (reason: string): EffectReceipt => ({ rung: 'failed', reason });

/** What somebody needs who asks for an effect outside of a run. */
function permissionFor(action: Action): Permission {
  switch (action.type) {
    case 'show_cameras':
      return 'video.view';
    case 'announce':
      return action.class.startsWith('emergency') ? 'broadcast.emergency' : 'broadcast.send';
    case 'device_command':
      return 'device.command';
    case 'notify':
      return 'alarm.handle';
  }
}

/**
 * The one gate through which every effect on the world goes. A drill's effect is recorded as
 * `simulated` and nothing is called: a drill is what the request, its run or its alarm says is one.
 * Denied by default: no executor, no such run, no permission outside of a run.
 */
export function createEffects(
  ports: Pick<StationPorts, 'db' | 'write' | 'clock' | 'log'>,
  deps: EffectsDeps,
): EffectsPort {
  const { db, write, clock, log } = ports;
  const executors = new Map<string, Registered>();
  const flights = new Map<string, Flight>();

  /** What to do with it: simulate, refuse with a reason, or hand it to an executor. */
  const judge = (request: EffectRequest): 'drill' | Registered | EffectReceipt => {
    const ofRun = request.runId === null ? false : deps.isDrillRun(request.runId);
    const ofAlarm = request.alarmId === null ? false : deps.isDrillAlarm(request.alarmId);
    if (request.drill || ofRun || ofAlarm) return 'drill';
    if (ofRun === undefined) return failed('effect.unknown_run');
    const { role } = request.actor;
    // Inside a run, whoever started it was allowed to; the plan is what was agreed beforehand.
    if (request.runId === null && !(role && may(role, permissionFor(request.action)))) {
      return failed('effect.denied');
    }
    return executors.get(request.action.type) ?? failed('effect.no_executor');
  };

  /** Runs the executor to its end or to the time-out, whichever comes first. */
  const hand = (request: EffectRequest, { executor, options }: Registered, report: Report) =>
    new Promise<EffectReceipt>((resolve) => {
      let over = false;
      const finish = (receipt: EffectReceipt) => {
        if (over) return;
        over = true;
        stopTimer();
        resolve(receipt);
      };
      const stopTimer = clock.after(options.timeoutMs, () => finish(failed('effect.timeout')));
      // Inside a promise, so that an executor that throws at once is a failure like any other.
      Promise.resolve()
        .then(() => executor(request, (receipt) => (over ? undefined : report(receipt))))
        .then(
          (receipt) => {
            const open = !isFinal(receipt.rung) && !confirmedByPerson(request.action.type);
            finish(open ? failed('effect.unconfirmed') : receipt);
          },
          (error: unknown) => {
            if (error instanceof StationError) return finish(failed(error.reason));
            log.error('effect failed', { key: request.idempotencyKey, error: String(error) });
            finish(failed('effect.error'));
          },
        );
    });

  /** Puts the effect on record, then does what the verdict says. */
  const carryOut = async (
    request: EffectRequest,
    before: StoredEffect | undefined,
    report: Report,
  ): Promise<EffectReceipt> => {
    if (before?.receipt && isFinal(before.receipt.rung)) return before.receipt;
    const verdict = before?.drill ? 'drill' : judge(request);
    const executable = verdict !== 'drill' && 'executor' in verdict;
    const interrupted = executable && before?.handed === true && verdict.options.afterRestart === 'fail';
    write((tx) => {
      if (!before) insertEffect(tx.db, request, verdict === 'drill', tx.nowMs);
      if (!executable || interrupted) return;
      insertReceipt(tx.db, request.idempotencyKey, tx.nowMs, { rung: 'handed', reason: null });
    });
    if (verdict === 'drill') return { rung: 'simulated', reason: null };
    if (!executable) return verdict as EffectReceipt;
    return interrupted ? failed('effect.interrupted') : hand(request, verdict, report);
  };

  return {
    register(type, executor, options) {
      executors.set(type, { executor: executor as unknown as EffectExecutor, options });
    },

    async execute(request, progress) {
      const key = request.idempotencyKey;
      if (!actionSchema.safeParse(request.action).success) return failed('effect.invalid');
      const action = canonicalJson(request.action);
      const flying = flights.get(key);
      const before = loadEffect(db, key);
      const known = flying?.action ?? (before && canonicalJson(before.action));
      if (known !== undefined && known !== action) return failed('effect.key_reused');
      if (flying) {
        if (progress) flying.listeners.push(progress);
        return flying.promise;
      }
      const listeners = progress ? [progress] : [];
      let last = before?.receipt ?? null;
      const report: Report = (receipt) => {
        if (climbs(last?.rung ?? null, receipt.rung)) {
          last = receipt;
          write((tx) => insertReceipt(tx.db, key, tx.nowMs, receipt));
        }
        for (const listener of listeners) listener(receipt);
      };
      const promise = carryOut(request, before, report)
        .then((receipt) => {
          report(receipt);
          return receipt;
        })
        .catch((error: unknown) => {
          log.error('effect not recorded', { key, error: String(error) });
          return failed('effect.not_recorded');
        })
        .finally(() => flights.delete(key));
      flights.set(key, { action, listeners, promise });
      return promise;
    },

    confirm(tx, key, actor) {
      const known = loadEffect(tx.db, key);
      if (!known || (known.receipt && isFinal(known.receipt.rung))) return;
      insertReceipt(tx.db, key, tx.nowMs, { rung: 'confirmed', reason: null, actor: actor.name });
    },
  };
}
