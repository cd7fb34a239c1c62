import type { StreamKind } from '#contract/media-wire.ts';
import { TICKS_PER_SECOND } from './player.ts';

/** How to make a decoder for the frames of a group. */
export interface RingTrack {
  codec: string;
  init: Uint8Array<ArrayBuffer>;
}
export interface RingFrame {
  track: RingTrack;
  key: boolean;
  /** When the station received it, smoothed by the stream's own clock; rises through the ring. UTC milliseconds. */
  wallMs: number;
  data: Uint8Array<ArrayBuffer>;
}
/** A key frame and what depends on it. */
interface Group {
  stream: StreamKind;
  frames: RingFrame[];
  bytes: number;
}
export type FrameRing = ReturnType<typeof frameRing>;
interface Arrived {
  key: boolean;
  receivedAtMs: number;
  ticks: number;
}

/** Kept: this much before the newest frame, and the rest of the oldest group. */
export const RING_MS = 30_000;
/** 30 s of 5 Mbit/s are 19 MB; a stream above that goes back less far. */
export const RING_BYTES = 24 * 1024 * 1024;

/** What lies further ahead was received before the station's clock was set back. */
const FUTURE_MS = 60_000;

const startOf = (group: Group) => (group.frames[0] as RingFrame).wallMs;
const endOf = (group: Group) => (group.frames.at(-1) as RingFrame).wallMs;

/**
 * The last frames of a camera as they came, in whole groups from key frame to key frame. Both streams go into one ring:
 * where they overlap, the group that begins later takes over, so the ring goes on through a change of stream.
 */
export function frameRing(limits: { ms: number; bytes: number } = { ms: RING_MS, bytes: RING_BYTES }) {
  let groups: Group[] = [];
  let bytes = 0;
  /** While it is looked at nothing leaves for its age. */
  let holders = 0;

  function drop(): void {
    bytes -= groups.shift()?.bytes ?? 0;
  }
  function trim(): void {
    const newest = Math.max(...groups.map(endOf));
    while (groups.length > 1) {
      const isOld = holders === 0 && startOf(groups[1] as Group) <= newest - limits.ms;
      if (!isOld && bytes <= limits.bytes) return;
      drop();
    }
  }

  return {
    get bytes() {
      return bytes;
    },
    /** From the oldest frame that can be shown to the newest; null: nothing is there. */
    span(): { fromMs: number; toMs: number } | null {
      const [first] = groups;
      return first ? { fromMs: startOf(first), toMs: Math.max(...groups.map(endOf)) } : null;
    },
    /** Frames after a time up to another, in order. */
    between(afterMs: number, toMs: number): RingFrame[] {
      const found: RingFrame[] = [];
      groups.forEach((group, at) => {
        if (endOf(group) <= afterMs || startOf(group) > toMs) return;
        const next = groups[at + 1];
        const untilMs = Math.min(toMs, next ? startOf(next) - 0.001 : Infinity);
        found.push(...group.frames.filter(({ wallMs }) => wallMs > afterMs && wallMs <= untilMs));
      });
      return found;
    },
    /** Time of the key frame from which a moment is decoded: of the group that it is in, or of the first one. */
    keyBefore(atMs: number): number | undefined {
      const group = groups.findLast((one) => startOf(one) <= atMs) ?? groups[0];
      return group && startOf(group);
    },
    /** Time of the frame before the one shown at a time. */
    before(atMs: number): number | undefined {
      const key = groups.findLast((one) => startOf(one) < atMs);
      return key && this.between(startOf(key) - 1, atMs - 0.01).at(-1)?.wallMs;
    },
    /** Keeps what is there until the returned function is called, as far as the bytes allow. */
    hold(): () => void {
      holders += 1;
      let isHeld = true;
      return () => {
        if (isHeld) holders -= 1;
        isHeld = false;
      };
    },
    /** Takes the oldest group away: another ring needs the room. False: there is nothing to spare. */
    shrink(): boolean {
      if (groups.length < 2) return false;
      drop();
      return true;
    },
    /** Takes in one stream. A frame that leads to none before it (after a loss) waits for the next key frame. */
    writer(stream: StreamKind) {
      let codec = '';
      let track: RingTrack | undefined;
      let group: Group | undefined;
      let key = { wallMs: 0, ticks: 0 };
      return {
        track(next: string): void {
          codec = next;
          track = undefined;
          group = undefined;
        },
        init(data: Uint8Array<ArrayBuffer>): void {
          track = { codec, init: data };
          group = undefined;
        },
        /** Somebody else writes this stream for now. */
        wait(): void {
          group = undefined;
        },
        frame(header: Arrived & { discontinuity: boolean }, data: Uint8Array<ArrayBuffer>): void {
          if (!track) return;
          if (header.key) {
            const at = header.receivedAtMs;
            // The same again (a newcomer is sent the group that runs), or times of a clock that has been set back.
            const isPast = (one: Group) =>
              startOf(one) < at - 1 || (one.stream !== stream && startOf(one) < at + FUTURE_MS);
            groups = groups.filter(isPast);
            key = { wallMs: at, ticks: header.ticks };
            const made: Group = { stream, frames: [], bytes: 0 };
            group = made;
            append(made, track, header, data, at);
            groups.splice(groups.findLastIndex((one) => startOf(one) <= at) + 1, 0, made);
            bytes = groups.reduce((sum, one) => sum + one.bytes, 0);
          } else if (header.discontinuity) group = undefined;
          else if (group && groups.includes(group)) {
            const wallMs = key.wallMs + ((header.ticks - key.ticks) * 1_000) / TICKS_PER_SECOND;
            append(group, track, header, data, Math.max(wallMs, endOf(group) + 0.01));
            bytes += data.length;
          }
          // What is old ends with a group; only what is too large has to end at once.
          if (header.key || bytes > limits.bytes) trim();
        },
      };
    },
  };
}

function append(
  group: Group,
  track: RingTrack,
  header: Arrived,
  data: Uint8Array<ArrayBuffer>,
  wallMs: number,
): void {
  group.frames.push({ track, key: header.key, wallMs, data });
  group.bytes += data.length;
}
