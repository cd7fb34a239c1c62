import type { JsonObject } from '#contract/base.ts';
import type { CommandReceipt } from '#contract/devices.contract.ts';
import { TOPIC_ROOT, type CommandMessage, type ReplyMessage } from '#contract/park-messages.ts';
import { fail } from '#station/errors.ts';
import type { Actor, PublisherPort, StationPorts, Tx } from '#station/ports.ts';
import * as store from './commands.store.ts';

export interface CommandInput {
  deviceId: string;
  command: string;
  params: JsonObject;
  actor: Actor;
  idempotencyKey: string;
}
type Ports = Pick<StationPorts, 'db' | 'clock' | 'log' | 'site' | 'settings' | 'write' | 'newId'>;
/** The ladder; a receipt never goes back down. `timeout` is no rung: what comes after it is still told. */
const HEIGHT: Partial<Record<store.Rung, number>> = {
  sent: 1,
  accepted: 2,
  started: 3,
  confirmed: 4,
  failed: 4,
};
const isFinal = (rung: store.Rung) => rung === 'confirmed' || rung === 'failed' || rung === 'timeout';

interface Waiting {
  answer: Promise<CommandReceipt>;
  finish(receipt: CommandReceipt): void;
}

/** Sends commands to devices and follows their receipts. Nothing is sent twice, nothing after its time. */
export function createCommands(ports: Ports, publisher: PublisherPort) {
  const { db, clock, log, site, settings, write, newId } = ports;
  settings.define({
    key: 'device.commandTimeoutSeconds',
    kind: 'number',
    defaultValue: 10,
    min: 1,
    max: 600,
  });
  const waiting = new Map<string, Waiting>();

  /** Notes a receipt unless the command is further already; false: nothing was noted. */
  const note = (tx: Tx, receipt: CommandReceipt): boolean => {
    const reached = store.receiptsOf(tx.db, receipt.commandId);
    const height = Math.max(0, ...reached.map(({ rung }) => HEIGHT[rung] ?? 0));
    const isNews = receipt.rung === 'timeout' ? height < 4 : (HEIGHT[receipt.rung] ?? 0) > height;
    if (!isNews) return false;
    store.addReceipt(tx.db, receipt, tx.nowMs);
    if (isFinal(receipt.rung)) tx.afterCommit(() => waiting.get(receipt.commandId)?.finish(receipt));
    return true;
  };
  /** From a timer or a promise: a full disk must not end the station, nor leave somebody waiting. */
  const noteSafely = (receipt: CommandReceipt) => {
    try {
      write((tx) => note(tx, receipt));
    } catch (error) {
      log.error('receipt not recorded', { ...receipt, error: (error as Error).message });
      if (isFinal(receipt.rung)) waiting.get(receipt.commandId)?.finish(receipt);
    }
  };

  const publish = async (deviceId: string, message: CommandMessage, timeoutMs: number) => {
    const { commandId } = message;
    const topic = `${TOPIC_ROOT}/${site.current().site.id}/${deviceId}/command`;
    try {
      await publisher.publish(topic, JSON.stringify(message), { expirySeconds: Math.ceil(timeoutMs / 1000) });
      if (waiting.has(commandId)) noteSafely({ commandId, rung: 'sent', reason: null });
    } catch (error) {
      const reason = (error as { code?: unknown }).code;
      noteSafely({
        commandId,
        rung: 'failed',
        reason: typeof reason === 'string' ? reason : 'broker.unavailable',
      });
    }
  };
  const timeOut = (commandId: string, reason?: string) => {
    const last = store.receiptsOf(db, commandId).at(-1)?.rung ?? null;
    noteSafely({ commandId, rung: 'timeout', reason: reason ?? last });
  };

  return {
    /** Ends what an earlier run of the station was waiting for. Nothing is sent again. */
    start(): void {
      for (const id of store.unfinishedCommands(db)) timeOut(id, 'restart');
    },
    /**
     * Sends a command and waits for its end: confirmed, failed, or `timeout` with the last rung reached as reason.
     * The same key again is answered with the same command's receipt.
     * @param inTransaction what the caller records together with the command (its audit entry)
     */
    send(input: CommandInput, inTransaction?: (tx: Tx, commandId: string) => void): Promise<CommandReceipt> {
      const { deviceId, command: name, params, actor, idempotencyKey } = input;
      const known = store.commandOfKey(db, idempotencyKey);
      if (known !== undefined) {
        const last = store.receiptsOf(db, known).at(-1);
        const then = waiting.get(known)?.answer;
        return then ?? Promise.resolve(last ?? { commandId: known, rung: 'timeout', reason: null });
      }
      const device = site.device(deviceId) ?? fail('NOT_FOUND', 'device.unknown', { deviceId });
      if (!device.commands.includes(name))
        fail('INVALID', 'device.command_unknown', { deviceId, command: name, known: device.commands });
      const commandId = newId();
      const timeoutMs = settings.number('device.commandTimeoutSeconds') * 1000;
      const issuedAt = write((tx) => {
        store.insertCommand(tx.db, {
          id: commandId,
          idempotencyKey,
          deviceId,
          name,
          params,
          actor: actor.name,
          issuedAtMs: tx.nowMs,
          expiresAtMs: tx.nowMs + timeoutMs,
        });
        inTransaction?.(tx, commandId);
        return tx.nowMs;
      });
      const { promise, resolve } = Promise.withResolvers<CommandReceipt>();
      const cancel = clock.after(timeoutMs, () => timeOut(commandId));
      waiting.set(commandId, {
        answer: promise,
        finish(receipt) {
          cancel();
          waiting.delete(commandId);
          resolve(receipt);
        },
      });
      void publish(
        deviceId,
        { commandId, name, params, issuedAt, expiresAt: issuedAt + timeoutMs },
        timeoutMs,
      );
      return promise;
    },
    /** A device's reply. One to a command of another device, or to none, is not believed. */
    applyReply(tx: Tx, deviceId: string, message: ReplyMessage): void {
      if (store.deviceOfCommand(tx.db, message.commandId) !== deviceId) {
        log.warn('reply to no command of this device', { deviceId, commandId: message.commandId });
        return;
      }
      note(tx, { commandId: message.commandId, rung: message.result, reason: message.reason ?? null });
    },
    /** Lets those who wait go; the next start notes how it ended. */
    stop(): void {
      for (const [commandId, one] of [...waiting])
        one.finish({ commandId, rung: 'timeout', reason: 'station.stopping' });
    },
  };
}
