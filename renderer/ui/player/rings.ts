import type { MediaHeader, StreamKind } from '#contract/media-wire.ts';
import { frameRing, type FrameRing } from './frame-ring.ts';

/** After its last tile is gone (a change of layout, another page) a camera's ring waits this long for the next. */
const LINGER_MS = 30_000;
/** Of all rings together: 36 tiles of 1 Mbit/s take 140 MB. */
const ALL_BYTES = 384 * 1024 * 1024;

interface Kept {
  ring: FrameRing;
  users: number;
  timer?: ReturnType<typeof setTimeout>;
  /** Who writes a stream; the others of the same stream wait for their turn. */
  writers: Map<StreamKind, symbol[]>;
}
const kept = new Map<string, Kept>();

/** The ring of a camera, for as long as it is used and a little longer. */
export function useRing(cameraId: string): { ring: FrameRing; leave(): void } {
  const entry: Kept = kept.get(cameraId) ?? { ring: frameRing(), users: 0, writers: new Map() };
  kept.set(cameraId, entry);
  clearTimeout(entry.timer);
  entry.users += 1;
  let isUsed = true;
  return {
    ring: entry.ring,
    leave() {
      if (!isUsed) return;
      isUsed = false;
      entry.users -= 1;
      if (entry.users === 0) entry.timer = setTimeout(() => kept.delete(cameraId), LINGER_MS);
    },
  };
}

function spare(): void {
  let total = 0;
  for (const { ring } of kept.values()) total += ring.bytes;
  while (total > ALL_BYTES) {
    const largest = [...kept.values()].reduce((most, one) => (one.ring.bytes > most.ring.bytes ? one : most));
    const before = largest.ring.bytes;
    if (!largest.ring.shrink()) return;
    total -= before - largest.ring.bytes;
  }
}

export interface RingTap {
  track(codec: string): void;
  media(header: MediaHeader, data: Uint8Array<ArrayBuffer>): void;
  leave(): void;
}
/** Writes what one player receives into its camera's ring. Of two players of one stream the first one writes. */
export function tapRing(cameraId: string, stream: StreamKind): RingTap {
  const { ring, leave } = useRing(cameraId);
  const entry = kept.get(cameraId) as Kept;
  const me = Symbol(stream);
  const queue = entry.writers.get(stream) ?? [];
  entry.writers.set(stream, queue);
  queue.push(me);
  const writer = ring.writer(stream);
  return {
    track: (codec) => writer.track(codec),
    media(header, data) {
      if (header.init) return writer.init(data);
      // Whose turn has just come begins with a key frame of its own.
      if (queue[0] !== me) return writer.wait();
      writer.frame(header, data);
      if (header.key) spare();
    },
    leave() {
      const at = queue.indexOf(me);
      if (at >= 0) queue.splice(at, 1);
      leave();
    },
  };
}
