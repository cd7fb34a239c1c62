import type { Clock } from '#station/clock.ts';
import type { PictureFact, PictureFiles } from '#station/picture-files.ts';
import type { StationPorts } from '#station/ports.ts';
import * as store from './tours.store.ts';

const DAY_MS = 86_400_000;
const BATCH = 200;
const KEEP_DAYS = 'tour.pictureDays';

type Ports = Pick<StationPorts, 'db' | 'write' | 'settings' | 'log'> & { clock: Pick<Clock, 'nowMs'> };

/**
 * Pictures of confirmations end after a time; what an evidence lock covers stays. The file goes, its hash stays, and that it
 * went is a record of the run. Reported events have pictures of their own (features/pictures).
 */
export function createPictureTerm(
  { clock, db, write, settings, log }: Ports,
  files: Pick<PictureFiles, 'drop'>,
  isHeld: (cameraId: string, atMs: number) => boolean,
) {
  settings.define({ key: KEEP_DAYS, kind: 'number', defaultValue: 90, min: 1, max: 3_650 });
  let running: Promise<void> | undefined;

  async function pass(): Promise<void> {
    try {
      const beforeMs = clock.nowMs() - settings.number(KEEP_DAYS) * DAY_MS;
      for (let after = 0; ;) {
        const old = store.picturesBefore(db, beforeMs, after, BATCH);
        for (const { seq, runId, cameraId, params } of old) {
          const picture = params['picture'] as PictureFact;
          if (cameraId === null || isHeld(cameraId, picture.takenAtMs)) continue;
          await files.drop(picture);
          const why = { of: seq, reason: 'retention', sha256: picture.sha256 };
          write((tx) => {
            const record = { runId, kind: 'picture_removed', cameraId, by: null, atMs: tx.nowMs } as const;
            store.insertRecord(tx.db, { ...record, params: why });
          });
        }
        if (old.length < BATCH) return;
        after = old.at(-1)!.seq;
      }
    } catch (error) {
      log.error('old pictures of video patrols could not be removed', { error: (error as Error).message });
    }
  }
  /** Settles when what is over is gone. */
  return { tidy: (): Promise<void> => (running ??= pass().finally(() => (running = undefined))) };
}
