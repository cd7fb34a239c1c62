import path from 'node:path';
import { insertFile, streamRows } from '#features/recording/files.store.ts';
import { openWritable } from '#native/sqlite/open.ts';
import type { MediaOutlet } from '#station/ports.ts';
import { openRecordingPark, type RecordingPark } from '#tests/fixtures/recording-park.ts';
import type { BenchRow } from './report.ts';

const SEEKS = 300;
/** Thirty days of sixteen cameras in files of five minutes, so that the index is as large as in use. */
const FILES_PER_CAMERA = 8_640;

/** The index as it is after thirty days; the files themselves are not needed to find others. */
function age(dataDir: string): void {
  const db = openWritable(path.join(dataDir, 'recordings.sqlite'));
  db.pragma('foreign_keys = OFF');
  const startMs = Date.now() - 31 * 86_400_000;
  db.transaction(() => {
    for (const { id } of streamRows(db))
      for (let index = 0; index < FILES_PER_CAMERA; index += 1) {
        const fromMs = startMs + index * 300_000;
        const about = {
          codec: 'avc1.64001f',
          width: 1280,
          height: 720,
          epoch: 0,
          cause: 'continuous' as const,
        };
        const times = { startMs: fromMs, endMs: fromMs + 300_000, bytes: 1, closed: 1 };
        insertFile(db, {
          uuid: `${id}-${index}`,
          volume: 'old',
          stream: id,
          path: `${id}/${index}`,
          ...about,
          ...times,
        });
      }
  })();
  db.close();
}

/** How long the station takes from a request to the frame of its time. */
export async function recordingSeeks(dataDir: string, count: number): Promise<BenchRow[]> {
  age(dataDir);
  const park = await openRecordingPark([], { dataDir });
  try {
    const nowMs = Date.now();
    const took: number[] = [];
    for (let round = 0; round < SEEKS; round += 1) {
      const cameraId = `cam${round % count}`;
      const { ranges } = await park.recording.recordings.ranges(cameraId, nowMs - 600_000, nowMs);
      const { fromMs, toMs } = ranges[0]!;
      took.push(await seekOnce(park, cameraId, Math.round(fromMs + Math.random() * (toMs - fromMs - 1_000))));
    }
    const at = (part: number) => took.toSorted((a, b) => a - b)[Math.floor((took.length - 1) * part)]!;
    const what = `seek to the frame of the time (station, ${count * FILES_PER_CAMERA} files in the index)`;
    return [
      { name: `${what}, median`, value: at(0.5), unit: 'ms' },
      { name: `${what}, p95`, value: at(0.95), unit: 'ms', target: { max: 300 } },
    ];
  } finally {
    await park.stop();
  }
}

/** From the request to the frame that is to be shown, with all that a decoder needs before it. */
function seekOnce(park: RecordingPark, cameraId: string, atMs: number): Promise<number> {
  return new Promise((resolve) => {
    const beganMs = performance.now();
    let shown = false;
    const outlet: MediaOutlet = {
      unsentBytes: 0,
      sendNotice: () => undefined,
      sendBytes(bytes) {
        const flags = bytes[1]!;
        // Neither the init segment (2) nor a frame on the way to the one to show (8).
        if (shown || (flags & 10) !== 0) return;
        shown = true;
        resolve(performance.now() - beganMs);
        tile.close();
      },
    };
    const request = { type: 'replay', sub: 1, jump: 1, cameraId, atMs, speed: 0 } as const;
    const tile = park.recording.openReplay(request, outlet, true)!;
  });
}
