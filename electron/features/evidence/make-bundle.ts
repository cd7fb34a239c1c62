import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { EVIDENCE_WARNINGS } from '#contract/evidence.contract.ts';
import type { StationPorts } from '#station/ports.ts';
import type { RecordingsPort } from '#station/recorded.ts';
import { exportCamera, type CameraFacts } from './camera-export.ts';
import { roomWatch } from './disk-room.ts';
import {
  addCamera,
  addFile,
  camerasOf,
  filesOf,
  forgetLooseFiles,
  type StoredExport,
} from './evidence.store.ts';
import type { BundleFile } from './hashed-file.ts';
import { sealBundle } from './seal.ts';
import type { SigningKey } from './signing-key.ts';

export type Warning = (typeof EVIDENCE_WARNINGS)[number];
export const KEEP_FREE = 'evidence.keepFreeMegabytes';

/** Nothing is recorded of any of the cameras. */
export class NothingRecordedError extends Error {}

export interface BundleDeps {
  ports: Pick<
    StationPorts,
    'db' | 'write' | 'site' | 'settings' | 'clock' | 'paths' | 'version' | 'hostName' | 'log'
  >;
  recordings: RecordingsPort;
  /** Path of ffmpeg, null if there is none. */
  ffmpeg(): Promise<string | null>;
  key: SigningKey;
}
export interface Bundle {
  files: BundleFile[];
  manifest: BundleFile;
  warnings: Warning[];
}

/**
 * Makes a bundle, or goes on with one that was interrupted: cameras that were finished are not done again.
 * @throws NothingRecordedError, DiskLowError, what the disk says, the signal's reason
 */
export async function makeBundle(
  { ports, recordings, ffmpeg, key }: BundleDeps,
  one: StoredExport,
  folder: string,
  signal: AbortSignal,
  onProgress: (share: number, bytes: number) => void,
): Promise<Bundle> {
  const { db, write } = ports;
  const { timezone, id, name } = ports.site.current().site;
  await mkdir(folder, { recursive: true });
  await keepFinished(db, write, one.id, folder);
  const burnWith = one.burnTime ? await ffmpeg() : null;
  const room = roomWatch(folder, () => ports.settings.number(KEEP_FREE) * 1_000_000);
  const done = new Map(camerasOf(db, one.id).map((facts) => [facts.id, facts]));
  let bytes = filesOf(db, one.id).reduce((sum, file) => sum + file.bytes, 0);

  for (const [index, cameraId] of one.cameraIds.entries()) {
    if (done.has(cameraId)) continue;
    const share = (ofCamera: number) => (index + ofCamera) / one.cameraIds.length;
    onProgress(share(0), bytes);
    const { facts, files } = await exportCamera({
      ...{ recordings, folder, cameraId, number: index + 1, fromMs: one.fromMs, toMs: one.toMs },
      ...{ withBlocked: one.withBlocked, withSound: one.withSound, streams: one.streams },
      ...{ burnWith, timezone, signal },
      onProgress(ofCamera, written) {
        bytes += written;
        onProgress(share(ofCamera), bytes);
        return room(written);
      },
    });
    write((tx) => {
      for (const file of files) addFile(tx.db, one.id, file, cameraId);
      addCamera(tx.db, one.id, facts);
    });
    done.set(cameraId, facts);
  }

  const facts = one.cameraIds.map((cameraId) => done.get(cameraId) as CameraFacts);
  if (facts.every(({ videos }) => videos.length === 0)) throw new NothingRecordedError();
  const warnings = warningsOf(facts, one, burnWith !== null);
  const cameras = facts.map((of) => {
    const camera = ports.site.camera(of.id);
    const place = camera ? (ports.site.placeName(camera.placeId) ?? null) : null;
    return { facts: of, name: camera?.name ?? { zh: of.id, en: of.id }, place };
  });
  const sealed = await sealBundle(folder, ports.paths.resources, key, {
    ...{ export: { ...one, warnings }, site: { id, name, timezone }, cameras, files: filesOf(db, one.id) },
    ...{ version: ports.version, hostName: ports.hostName, keyFingerprint: key.fingerprint },
    nowMs: ports.clock.nowMs(),
  });
  return { ...sealed, warnings };
}

function warningsOf(facts: readonly CameraFacts[], one: StoredExport, isBurnPossible: boolean): Warning[] {
  const warnings: Warning[] = [];
  if (facts.some(({ unreadable }) => unreadable.length > 0)) warnings.push('unreadable_part');
  if (one.burnTime && !isBurnPossible) warnings.push('no_ffmpeg');
  if (facts.some(({ burnFailed }) => burnFailed)) warnings.push('burn_failed');
  if (!one.withBlocked && facts.some(({ blocked }) => blocked.length > 0)) warnings.push('blocked_left_out');
  return warnings;
}

/** Removes from the folder what no finished camera speaks of. */
async function keepFinished(
  db: StationPorts['db'],
  write: StationPorts['write'],
  id: string,
  folder: string,
): Promise<void> {
  write((tx) => forgetLooseFiles(tx.db, id));
  const kept = new Map(filesOf(db, id).map((file) => [file.name, file.bytes]));
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file).split(path.sep).join('/');
    if (kept.get(name) !== (await stat(file)).size) await rm(file, { force: true });
  }
}
