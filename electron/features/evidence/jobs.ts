import { rm } from 'node:fs/promises';
import { STATION_ACTOR, type StationPorts } from '#station/ports.ts';
import { failureOf } from './disk-room.ts';
import { addFile, findExport, forgetLooseFiles, setState, type StoredExport } from './evidence.store.ts';
import { makeBundle, NothingRecordedError, type Bundle, type BundleDeps } from './make-bundle.ts';

/** The console draws a bar: more often is of no use. */
const SHOW_EVERY_MS = 250;

type Deps = BundleDeps & { ports: Pick<StationPorts, 'audit'> };

/** Makes bundles one after another, in the order in which they were asked for. */
export function createJobs(deps: Deps, folderOf: (id: string) => string, show: (id: string) => void) {
  const { ports, recordings, key } = deps;
  const waiting: string[] = [];
  const holds = new Map<string, () => void>();
  let running: { id: string; controller: AbortController; done: Promise<void> } | undefined;
  let isStopped = false;
  let now = { id: '', progress: 0, bytes: 0 };

  function next(): void {
    if (running || isStopped) return;
    const id = waiting.shift();
    if (id === undefined) return;
    const controller = new AbortController();
    const done = run(id, controller.signal).finally(() => {
      running = undefined;
      holds.get(id)?.();
      holds.delete(id);
      if (!isStopped) show(id);
      next();
    });
    running = { id, controller, done };
  }

  async function run(id: string, signal: AbortSignal): Promise<void> {
    const one = findExport(ports.db, id);
    if (!one || !['queued', 'running'].includes(one.state)) return;
    now = { id, progress: 0, bytes: 0 };
    ports.write((tx) => {
      setState(tx.db, id, 'running');
      tx.afterCommit(() => show(id));
    });
    let shownMs = ports.clock.monotonicMs();
    try {
      const bundle = await makeBundle(deps, one, folderOf(id), signal, (progress, bytes) => {
        now = { id, progress, bytes };
        if (ports.clock.monotonicMs() - shownMs < SHOW_EVERY_MS) return;
        shownMs = ports.clock.monotonicMs();
        show(id);
      });
      if (!signal.aborted) finish(one, bundle);
    } catch (error) {
      // Cancelled: the one who did says so. Stopped: the next run of the station goes on.
      if (!signal.aborted) await giveUp(one, error);
    }
  }

  function finish({ id }: StoredExport, { files, manifest, warnings }: Bundle): void {
    ports.write((tx) => {
      // The videos are there already, each with its camera.
      forgetLooseFiles(tx.db, id);
      for (const file of files) if (!file.name.startsWith('video')) addFile(tx.db, id, file, null);
      const { fingerprint, publicKeyPem } = key;
      setState(tx.db, id, 'done', { finishedAtMs: tx.nowMs, warnings, keyFingerprint: fingerprint });
      const params = { manifestSha256: manifest.sha256, fingerprint, publicKeyPem, warnings };
      ports.audit.append(tx, STATION_ACTOR, 'evidence.done', id, params);
    });
  }

  async function giveUp({ id }: StoredExport, error: unknown): Promise<void> {
    const failure = error instanceof NothingRecordedError ? 'nothing_recorded' : failureOf(error);
    ports.log.error('export of evidence failed', {
      id,
      failure,
      error: String((error as Error).stack ?? error),
    });
    await rm(folderOf(id), { recursive: true, force: true }).catch(() => undefined);
    ports.write((tx) => {
      setState(tx.db, id, 'failed', { finishedAtMs: tx.nowMs, failure });
      ports.audit.append(tx, STATION_ACTOR, 'evidence.failed', id, { failure });
    });
  }

  return {
    add(id: string): void {
      const one = findExport(ports.db, id);
      if (one) holds.set(id, recordings.hold(one.cameraIds, one.fromMs, one.toMs));
      waiting.push(id);
      next();
    },
    /** Settles when nothing of it is written any more. Its state is the caller's. */
    async cancel(id: string): Promise<void> {
      const place = waiting.indexOf(id);
      if (place >= 0) waiting.splice(place, 1);
      if (running?.id === id) {
        running.controller.abort();
        await running.done;
      }
      holds.get(id)?.();
      holds.delete(id);
    },
    progress: (id: string) => (running?.id === id ? { progress: now.progress, bytes: now.bytes } : undefined),
    async stop(): Promise<void> {
      isStopped = true;
      running?.controller.abort();
      await running?.done;
      for (const release of holds.values()) release();
    },
  };
}
