import { statSync } from 'node:fs';
import type { HealthItem, systemContract } from '#contract/system.contract.ts';
import { versionOf } from '#native/sqlite/migrate.ts';
import { listAudit, verifyAudit, type AuditAnchor } from '#station/audit.ts';
import type { LiveCollection } from '#station/live.ts';
import type { StationPorts } from '#station/ports.ts';
import { rpc } from '#station/rpc.ts';
import type { ChainReport } from '#contract/system.contract.ts';
import type { InferContractRouterOutputs } from '@orpc/contract';
import type { Backups } from './backups.ts';

type Info = InferContractRouterOutputs<typeof systemContract>['info'];
/** What other parts know about the machine, asked when the page is opened. */
export interface MachineFacts {
  ffmpeg(): Promise<Info['ffmpeg']>;
  encoder(): Promise<Info['encoder']>;
  speech(): Promise<string[]>;
  broker(): Info['broker'];
  /** Verifies the chain of events, handling records and runs. */
  verifyRecords(): ChainReport;
}

export function systemApi(
  ports: StationPorts,
  health: LiveCollection<HealthItem>,
  backups: Backups,
  anchor: AuditAnchor,
  facts: MachineFacts,
) {
  const { system } = rpc;
  const startedAtMs = ports.clock.nowMs();
  return {
    health: system.health.handler(({ input, signal }) => health.follow(input.resume, signal)),
    info: system.info.handler(async () => ({
      version: ports.version,
      nodeVersion: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      host: ports.hostName,
      dataDir: ports.paths.data,
      databaseBytes: statSync(ports.db.name).size,
      databaseVersion: versionOf(ports.db),
      startedAtMs,
      ffmpeg: await facts.ffmpeg(),
      encoder: await facts.encoder(),
      speech: await facts.speech(),
      broker: facts.broker(),
    })),
    settings: system.settings.handler(() => ports.settings.list()),
    putSetting: system.putSetting.handler(({ input, context }) => {
      ports.write((tx) => ports.settings.put(tx, context.actor, input.key, input.value));
      return { ok: true } as const;
    }),
    backups: system.backups.handler(() => backups.list()),
    backupNow: system.backupNow.handler(async ({ context }) => {
      const made = await backups.take('manual', context.actor);
      return { file: made.file, sizeBytes: made.sizeBytes };
    }),
    audit: system.audit.handler(({ input }) => {
      const before = input.cursor ? Number(input.cursor) : Number.MAX_SAFE_INTEGER;
      const items = listAudit(ports.db, Number.isSafeInteger(before) ? before : 0, input.limit, input.text);
      return { items, nextCursor: items.length === input.limit ? String(items.at(-1)!.seq) : null };
    }),
    verify: system.verify.handler(({ context }) => {
      const audit = verifyAudit(ports.db, anchor);
      const records = facts.verifyRecords();
      const report = {
        ok: audit.ok && records.ok,
        checked: audit.checked + records.checked,
        problems: [...audit.problems, ...records.problems],
      };
      ports.write((tx) =>
        ports.audit.append(tx, context.actor, 'audit.verify', null, {
          ok: report.ok,
          checked: report.checked,
        }),
      );
      return report;
    }),
  };
}
