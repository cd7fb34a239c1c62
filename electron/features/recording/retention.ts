import {
  expired,
  isMassDeletion,
  isMassOfStream,
  oldestFor,
  type Hold,
  type KeptFile,
} from '#domain/recording-retention.ts';
import { removeFile } from '#native/recording/folders.ts';
import type { Clock } from '#station/clock.ts';
import type { Log } from '#station/log.ts';
import {
  countUpTo,
  discard,
  endedBefore,
  garbageGone,
  garbageOn,
  oldestOn,
  oldestTimeOn,
  streamRows,
} from './files.store.ts';
import type { Library } from './library.ts';
import type { Volume, Volumes } from './volumes.ts';

const BATCH = 200;

export interface RetentionDeps {
  library: Library;
  volumes: Volumes;
  clock: Clock;
  log: Log;
  /** What nobody may delete now. */
  holds(): Hold[];
  /** How long the recordings of a camera's stream are kept. */
  keepMs(of: Pick<KeptFile, 'cameraId' | 'stream'>): number;
  /** Whether a file is kept longer than that because of an alarm. */
  isAlarmKept(file: KeptFile): boolean;
}

/** Deletes what is over its term, and the oldest when room is needed; first from the index, then from the disk. */
export function createRetention({ library, volumes, clock, log, holds, keepMs, isAlarmKept }: RetentionDeps) {
  const { db } = library;

  function overTerm(volume: Volume, held: Hold[]): KeptFile[] {
    const nowMs = clock.nowMs();
    return streamRows(db).flatMap((stream) => {
      const old = endedBefore(db, volume.row.id, stream.id, nowMs - keepMs(stream));
      return expired(old, held, nowMs, keepMs).filter((file) => !isAlarmKept(file));
    });
  }

  const isMass = ({ row, use }: Volume, files: readonly KeptFile[]): boolean =>
    isMassDeletion(files.length, use.files) ||
    isMassOfStream(files, (stream, upTo) => countUpTo(db, row.id, stream, upTo));

  /** The deletion itself, unless it is more than half of everything, or of a stream, and nobody has said that it is meant. */
  function drop(volume: Volume, files: KeptFile[]): void {
    if (files.length === 0) return;
    if (!volume.isDeletionAllowed && isMass(volume, files)) {
      if (!volume.heldDeletion)
        log.error('deletion of more than half of the recordings held', {
          files: files.length,
          of: volume.use.files,
        });
      volume.heldDeletion = { files: files.length, of: volume.use.files };
      return;
    }
    for (let at = 0; at < files.length; at += BATCH) {
      const batch = files.slice(at, at + BATCH);
      db.transaction(() => discard(db, batch.map(({ id }) => id), true)).immediate(); // prettier-ignore
    }
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    volumes.freed(volume.row.id, files.length, bytes, oldestTimeOn(db, volume.row.id));
    log.info('recordings deleted', { path: volume.row.path, files: files.length, bytes });
  }

  /** Removes the files of the garbage table. One that is being read may not go (Windows): it goes the next time. */
  async function empty(volume: Volume): Promise<void> {
    const gone: number[] = [];
    for (const { id, path } of garbageOn(db, volume.row.id)) {
      try {
        await removeFile(volumes.fileOf(volume.row.id, path)!);
        gone.push(id);
      } catch (error) {
        log.warn('recording not removed', { path, error: (error as Error).message });
      }
    }
    if (gone.length > 0) db.transaction(() => garbageGone(db, gone)).immediate();
  }

  return {
    /** One pass over a volume that is there. */
    async pass(volume: Volume): Promise<void> {
      library.flush();
      const held = holds();
      volume.heldDeletion = null;
      drop(volume, overTerm(volume, held));
      const need = volumes.needBytes(volume);
      if (need > 0) drop(volume, oldestFor(oldestOn(db, volume.row.id), held, need, isAlarmKept));
      volume.isDeletionAllowed = false;
      await empty(volume);
    },
  };
}
