import type { Library } from './library.ts';
import { addNote, lastNotes, pruneNotes, readMark, setMark } from './notes.store.ts';

/** How exactly it is known when a killed station stopped. */
const ALIVE_MS = 10_000;
const lastAlive = new WeakMap<Library, number>();

/** Notes now and then that the station runs, with what is written anyway. */
export function setAlive(library: Library, nowMs: number): void {
  if (Math.abs(nowMs - (lastAlive.get(library) ?? 0)) < ALIVE_MS) return;
  lastAlive.set(library, nowMs);
  library.later((db) => setMark(db, 'alive', nowMs));
}

/** A station that was killed could not note it: done now, from where each camera's recording ended. */
export function noteStart(library: Library, nowMs: number): void {
  const { db } = library;
  const aliveMs = readMark(db, 'alive') ?? nowMs;
  for (const [cameraId, last] of lastNotes(db)) {
    if (last.reason === 'station_stopped' || last.reason === 'off') continue;
    const ends = library.streamsOf(cameraId).map(({ endMs }) => endMs ?? 0);
    const endMs = last.reason === null ? Math.max(0, ...ends) : aliveMs;
    library.later((to) =>
      addNote(to, cameraId, { atMs: Math.max(last.atMs, endMs), reason: 'station_stopped' }),
    );
  }
  library.later((to) => pruneNotes(to, nowMs));
  library.flush();
}
