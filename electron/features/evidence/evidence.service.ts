import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { EvidenceExport } from '#contract/evidence.contract.ts';
import { fail } from '#station/errors.ts';
import { STATION_ACTOR, type Actor, type StationPorts } from '#station/ports.ts';
import type { RecordingsPort } from '#station/recorded.ts';
import { createDownloads } from './downloads.ts';
import {
  exportsIn,
  filesOf,
  findExport,
  insertExport,
  listExports,
  setDecision,
  setState,
  type StoredExport,
} from './evidence.store.ts';
import { createJobs } from './jobs.ts';
import { KEEP_FREE } from './make-bundle.ts';
import { signingKey } from './signing-key.ts';
import { isoLocal } from '#station/paper/local-time.ts';
import { zipLayout } from './zip.ts';

const SECOND_PERSON = 'evidence.secondPerson';
const LIVE_MS = 30 * 86_400_000;
/** A request that nobody answers must not keep its recordings from being deleted for ever. */
const ANSWER_WITHIN_MS = 7 * 86_400_000;
const HOUR_MS = 3_600_000;

export interface EvidenceDeps {
  recordings: RecordingsPort;
  /** Path of ffmpeg, null if there is none: then there are no copies with the time in the picture. */
  ffmpeg(): Promise<string | null>;
}
export type StartInput = Pick<
  StoredExport,
  | 'cameraIds'
  | 'fromMs'
  | 'toMs'
  | 'reason'
  | 'burnTime'
  | 'withBlocked'
  | 'withSound'
  | 'streams'
  | 'secondPerson'
>;
export type Evidence = ReturnType<typeof createEvidence>;

/** Exports of recordings as signed bundles below `<data>/exports/<id>`, one after another. Call `resume` once all is there. */
export function createEvidence(ports: StationPorts, deps: EvidenceDeps) {
  const { db, write, audit, clock } = ports;
  ports.settings.define(
    { key: SECOND_PERSON, kind: 'boolean', defaultValue: false },
    { key: KEEP_FREE, kind: 'number', defaultValue: 5_000, min: 0, max: 10_000_000 },
  );
  const key = signingKey(ports.vault);
  const live = ports.liveCollection<EvidenceExport>();
  const folderOf = (id: string) => path.join(ports.paths.data, 'exports', id);
  const jobs = createJobs({ ports, ...deps, key }, folderOf, show);
  const downloads = createDownloads(clock);
  /** Requests that wait for an answer keep what they ask for. */
  const holds = new Map<string, () => void>();

  function view(one: StoredExport): EvidenceExport {
    const done = one.state === 'done' || one.state === 'deleted' ? filesOf(db, one.id) : [];
    const files = done.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 }));
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return { ...one, files, progress: done.length > 0 ? 1 : 0, bytes, ...jobs.progress(one.id) };
  }
  function show(id: string): void {
    const one = findExport(db, id);
    if (one) live.upsert(view(one));
  }
  const must = (id: string): StoredExport =>
    findExport(db, id) ?? fail('NOT_FOUND', 'evidence.unknown', { id });
  function hold(one: StoredExport): void {
    holds.set(one.id, deps.recordings.hold(one.cameraIds, one.fromMs, one.toMs));
  }
  function release(id: string): void {
    holds.get(id)?.();
    holds.delete(id);
  }

  function decide(actor: Actor, id: string, isApproved: boolean, params: { reason?: string } = {}): void {
    const one = must(id);
    if (one.state !== 'awaiting_approval') fail('CONFLICT', 'evidence.not_waiting', { state: one.state });
    if (one.byId !== null && one.byId === actor.id) fail('FORBIDDEN', 'evidence.same_person');
    write((tx) => {
      const state = isApproved ? 'queued' : 'rejected';
      setDecision(tx.db, id, { state, by: actor, nowMs: tx.nowMs, ...params });
      if (isApproved) audit.append(tx, actor, 'evidence.approve', id, { by: one.by });
      else audit.append(tx, actor, 'evidence.reject', id, { by: one.by, ...params });
      tx.afterCommit(() => show(id));
    });
    if (isApproved) jobs.add(id);
    release(id);
  }

  function giveUpUnanswered(): void {
    for (const one of exportsIn(db, ['awaiting_approval'])) {
      if (one.createdAtMs > clock.nowMs() - ANSWER_WITHIN_MS) continue;
      write((tx) => {
        setState(tx.db, one.id, 'cancelled', { finishedAtMs: tx.nowMs });
        audit.append(tx, STATION_ACTOR, 'evidence.unanswered', one.id, { by: one.by });
        tx.afterCommit(() => show(one.id));
      });
      release(one.id);
    }
  }
  const stopEvery = clock.every(HOUR_MS, giveUpUnanswered);

  return {
    live,
    key: () => ({ publicKeyPem: key.publicKeyPem, fingerprint: key.fingerprint }),
    list({ cursor, limit }: { cursor?: string; limit: number }) {
      const rows = listExports(db, cursor, limit + 1);
      const items = rows.slice(0, limit).map(view);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
    start(actor: Actor, input: StartInput): EvidenceExport {
      const cameraIds = [...new Set(input.cameraIds)];
      const unknown = cameraIds.find((id) => !ports.site.camera(id));
      if (unknown !== undefined) fail('NOT_FOUND', 'camera.unknown', { id: unknown });
      if (input.fromMs >= clock.nowMs()) fail('INVALID', 'evidence.future');
      const secondPerson = input.secondPerson || input.withBlocked || ports.settings.boolean(SECOND_PERSON);
      const one: StoredExport = {
        ...{ id: ports.newId(), state: secondPerson ? 'awaiting_approval' : 'queued', cameraIds },
        // What has not happened yet is not claimed.
        ...{ fromMs: input.fromMs, toMs: Math.min(input.toMs, clock.nowMs()) },
        ...{ reason: input.reason, burnTime: input.burnTime },
        ...{
          withBlocked: input.withBlocked,
          withSound: input.withSound,
          streams: input.streams,
          secondPerson,
          byId: actor.id,
          by: actor.name,
        },
        ...{
          createdAtMs: clock.nowMs(),
          decidedBy: null,
          decidedAtMs: null,
          decidedReason: null,
          finishedAtMs: null,
        },
        ...{ failure: null, warnings: [], keyFingerprint: null },
      };
      write((tx) => {
        insertExport(tx.db, one);
        const { fromMs, toMs, reason, burnTime, withBlocked, withSound, streams } = one;
        const how = { burnTime, withBlocked, withSound, streams, secondPerson };
        const params = { cameraIds, fromMs, toMs, reason, ...how };
        audit.append(tx, actor, 'evidence.start', one.id, params);
        tx.afterCommit(() => show(one.id));
      });
      if (secondPerson) hold(one);
      else jobs.add(one.id);
      return view(one);
    },
    approve: (actor: Actor, id: string) => decide(actor, id, true),
    reject: (actor: Actor, id: string, reason: string) => decide(actor, id, false, { reason }),
    async cancel(actor: Actor, id: string): Promise<void> {
      const one = must(id);
      if (!['awaiting_approval', 'queued', 'running'].includes(one.state))
        fail('CONFLICT', 'evidence.not_running', { state: one.state });
      write((tx) => {
        setState(tx.db, id, 'cancelled', { finishedAtMs: tx.nowMs });
        audit.append(tx, actor, 'evidence.cancel', id);
      });
      release(id);
      await jobs.cancel(id);
      await rm(folderOf(id), { recursive: true, force: true });
      show(id);
    },
    async remove(actor: Actor, id: string, reason: string): Promise<void> {
      const one = must(id);
      if (one.state !== 'done') fail('CONFLICT', 'evidence.not_done', { state: one.state });
      downloads.end(id);
      write((tx) => {
        setState(tx.db, id, 'deleted');
        audit.append(tx, actor, 'evidence.remove', id, { reason });
        tx.afterCommit(() => show(id));
      });
      await rm(folderOf(id), { recursive: true, force: true });
    },
    download(actor: Actor, id: string) {
      const one = must(id);
      if (one.state !== 'done') fail('CONFLICT', 'evidence.not_done', { state: one.state });
      const stamp = isoLocal(one.fromMs, ports.site.current().site.timezone).slice(0, 19).replaceAll(':', '');
      const root = `evidence-${stamp}-${id.slice(-8)}`;
      const zip = zipLayout(folderOf(id), root, filesOf(db, id), one.finishedAtMs ?? one.createdAtMs);
      write((tx) => audit.append(tx, actor, 'evidence.download', id));
      return { grant: downloads.open(actor.id, id, zip), fileName: `${root}.zip`, bytes: zip.bytes };
    },
    async read(actor: Actor, grant: string, offset: number, length: number): Promise<Buffer> {
      const bytes = await downloads.read(actor.id, grant, offset, length);
      return bytes ?? fail('FORBIDDEN', 'evidence.grant');
    },
    /** Goes on with what the last run of the station left. */
    resume(): void {
      giveUpUnanswered();
      for (const one of exportsIn(db, ['awaiting_approval'])) hold(one);
      const states = ['done', 'failed', 'cancelled', 'rejected', 'deleted'] as const;
      live.upsert(
        ...exportsIn(db, ['awaiting_approval', 'queued', 'running']).map(view),
        ...exportsIn(db, states, clock.nowMs() - LIVE_MS).map(view),
      );
      for (const one of exportsIn(db, ['queued', 'running'])) jobs.add(one.id);
    },
    async stop(): Promise<void> {
      stopEvery();
      for (const id of [...holds.keys()]) release(id);
      await jobs.stop();
    },
  };
}
