import type { CommandReceipt } from '#contract/devices.contract.ts';
import type { JsonObject } from '#contract/base.ts';
import { prepared } from '#native/sqlite/prepared.ts';
import type { Readable, Writable } from '#native/sqlite/types.ts';

export type Rung = CommandReceipt['rung'];
export interface StoredCommand {
  id: string;
  idempotencyKey: string;
  deviceId: string;
  name: string;
  params: JsonObject;
  actor: string;
  issuedAtMs: number;
  expiresAtMs: number;
}

export function insertCommand(db: Writable, command: StoredCommand): void {
  prepared(
    db,
    `INSERT INTO device_command (id, idempotency_key, device_id, name, params, actor, issued_at_ms, expires_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    command.id,
    command.idempotencyKey,
    command.deviceId,
    command.name,
    JSON.stringify(command.params),
    command.actor,
    command.issuedAtMs,
    command.expiresAtMs,
  );
}
/** Id of the command that was sent under a key. */
export function commandOfKey(db: Readable, idempotencyKey: string): string | undefined {
  const row = prepared(db, 'SELECT id FROM device_command WHERE idempotency_key = ?').get(idempotencyKey);
  return (row as { id: string } | undefined)?.id;
}
/** Device that a command was sent to. */
export function deviceOfCommand(db: Readable, id: string): string | undefined {
  const row = prepared(db, 'SELECT device_id FROM device_command WHERE id = ?').get(id);
  return (row as { device_id: string } | undefined)?.device_id;
}
export function addReceipt(db: Writable, receipt: CommandReceipt, atMs: number): void {
  prepared(
    db,
    'INSERT INTO device_command_receipt (command_id, at_ms, rung, reason) VALUES (?, ?, ?, ?)',
  ).run(receipt.commandId, atMs, receipt.rung, receipt.reason);
}
/** Receipts of a command in the order they came. */
export function receiptsOf(db: Readable, commandId: string): CommandReceipt[] {
  const rows = prepared(
    db,
    'SELECT rung, reason FROM device_command_receipt WHERE command_id = ? ORDER BY seq',
  ).all(commandId) as { rung: Rung; reason: string | null }[];
  return rows.map((row) => ({ commandId, ...row }));
}
/** Commands that nobody has an end of: the station was stopped while it waited. */
export function unfinishedCommands(db: Readable): string[] {
  const rows = db
    .prepare(
      `SELECT id FROM device_command WHERE NOT EXISTS (SELECT 1 FROM device_command_receipt
         WHERE command_id = device_command.id AND rung IN ('confirmed', 'failed', 'timeout')) ORDER BY seq`,
    )
    .all() as { id: string }[];
  return rows.map(({ id }) => id);
}
