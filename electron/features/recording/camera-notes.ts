import type { StreamKind } from '#contract/media-wire.ts';
import type { RecordingState } from '#contract/recording.contract.ts';
import type { Clock } from '#station/clock.ts';
import type { Library } from './library.ts';
import { addNote, lastNotes } from './notes.store.ts';

/** A turn that is further away from now is one of a clock that was set. */
const NEAR_MS = 120_000;

/** Notes when it changes whether, or why not, a camera is recorded: nothing of it is missing while one of its streams is. */
export function cameraNotes(library: Library, clock: Pick<Clock, 'nowMs'>) {
  const noted = new Map([...lastNotes(library.db)].map(([id, { reason }]) => [id, reason]));

  /** When the first of the recordings that run began; 0 if none is known. */
  function beganMs(cameraId: string, recording: readonly StreamKind[]): number {
    const files = library.openFiles();
    const begins = library
      .streamsOf(cameraId)
      .filter(({ stream }) => recording.includes(stream))
      .map(({ id }) =>
        Math.max(0, ...files.filter(({ row }) => row.stream === id).map(({ row }) => row.startMs)),
      );
    return begins.length > 0 ? Math.min(...begins) : 0;
  }
  const newestMs = (cameraId: string) =>
    Math.max(0, ...library.streamsOf(cameraId).flatMap(({ endMs }) => endMs ?? []));

  return {
    /** @param recording its streams that are recorded now; `reason` is null then */
    turn(cameraId: string, reason: RecordingState['reason'], recording: readonly StreamKind[]): void {
      const before = noted.get(cameraId);
      // A camera that was never to be recorded is no news.
      if (before === reason || (before === undefined && reason === 'off')) return;
      noted.set(cameraId, reason);
      const nowMs = clock.nowMs();
      // It ended when the last picture came, and began with its first one, not when that was noticed.
      const turnedMs =
        reason === null ? beganMs(cameraId, recording) : before === null ? newestMs(cameraId) : nowMs;
      const isNear = turnedMs > 0 && turnedMs <= nowMs && nowMs - turnedMs < NEAR_MS;
      const atMs = isNear ? turnedMs : nowMs;
      library.later((db) => addNote(db, cameraId, { atMs, reason }));
    },
    /** The clock was set forward over what is between. */
    forward(cameraId: string, fromMs: number, toMs: number): void {
      library.later((db) => addNote(db, cameraId, { atMs: fromMs, reason: 'clock' }));
      library.later((db) => addNote(db, cameraId, { atMs: toMs, reason: null }));
    },
    stationStops(): void {
      const atMs = clock.nowMs();
      for (const [cameraId, reason] of noted)
        if (reason !== 'off')
          library.later((db) => addNote(db, cameraId, { atMs, reason: 'station_stopped' }));
    },
  };
}
