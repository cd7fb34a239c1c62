import { statSync } from 'node:fs';
import { encodeSound, type EncodedSound, type SoundFormat } from './encode.ts';

/** Encoded sounds kept in memory: an hour of G.711, so that an alarm message starts without waiting for an encoder. */
const KEEP_BYTES = 32_000_000;

export interface SoundStore {
  /** The sound in this format, encoding it now unless it is here. Two broadcasts share one encoding. */
  open(file: string, format: SoundFormat): EncodedSound;
  close(): Promise<void>;
}

/** Encoded sounds by file (with its size and time of change) and format, least recently used dropped first. */
export function createSoundStore(ffmpegPath: () => string): SoundStore {
  const kept = new Map<string, EncodedSound>();

  function prune(newest: string): void {
    let total = [...kept.values()].reduce((sum, sound) => sum + sound.bytes, 0);
    for (const [key, sound] of kept) {
      if (total <= KEEP_BYTES) return;
      // A sound still being made is in use; one that plays stays alive through its player when dropped here.
      if (!sound.done || key === newest) continue;
      total -= sound.bytes;
      kept.delete(key);
    }
  }

  return {
    open(file, format) {
      const facts = statSync(file, { throwIfNoEntry: false });
      const key = JSON.stringify([file, facts?.mtimeMs, facts?.size, format.codec, format.packetMs]);
      const before = kept.get(key);
      kept.delete(key);
      const sound = before && !before.error ? before : encodeSound(ffmpegPath, file, format);
      kept.set(key, sound);
      prune(key);
      return sound;
    },
    async close() {
      await Promise.all([...kept.values()].map((sound) => sound.cancel()));
      kept.clear();
    },
  };
}
