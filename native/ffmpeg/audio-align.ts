import { TICKS_PER_SECOND } from './timeline.ts';

const TICKS_PER_MS = TICKS_PER_SECOND / 1_000;
/** Reports that put sound this far from when it came are wrong (cameras that send the start of their clock). */
const REPORT_LIMIT_MS = 2_000;
/** What is heard may leave the picture by this much before it is put right: unnoticed (ITU-R BT.1359: 45 ms early, 125 late). */
const REPORTED_LIMIT_MS = 30;
/** By arrival alone nobody knows better than a burst of packets is long. */
const ARRIVED_LIMIT_MS = 120;
/** A leap: the camera has set its clock, or another source has begun. */
const LEAP_MS = 2_000;
/** Share of a new difference in the running one: some twenty packets settle it. */
const SMOOTHING = 0.05;

export interface AudioAligner {
  /**
   * A picture, when it came, its time on the stream's timeline and, where the camera has reported it, its time on the
   * camera's clock.
   */
  picture(ticks: number, receivedAtMs: number, cameraMs: number | undefined): void;
  /**
   * The time of a packet of sound on the pictures' timeline; undefined before the first picture.
   * @param mediaMs its time on its own timeline
   */
  sound(mediaMs: number, receivedAtMs: number, cameraMs: number | undefined): number | undefined;
}

/**
 * Puts sound on the timeline of the pictures: by the camera's reports where it sends sensible ones, else by when both
 * came. In between sound keeps its own pace, so that nothing is stretched by the jitter of a network.
 */
export function audioAligner(): AudioAligner {
  let picture: { ms: number; receivedAtMs: number; cameraMs: number | undefined } | undefined;
  /** Picture time minus the sound's own. */
  let offsetMs: number | undefined;
  let errorMs = 0;
  let isReported = false;

  return {
    picture(ticks, receivedAtMs, cameraMs) {
      picture = { ms: ticks / TICKS_PER_MS, receivedAtMs, cameraMs };
    },
    sound(mediaMs, receivedAtMs, cameraMs) {
      if (!picture) return undefined;
      const arrived = picture.ms + receivedAtMs - picture.receivedAtMs - mediaMs;
      const hasReports = cameraMs !== undefined && picture.cameraMs !== undefined;
      const reported = hasReports ? picture.ms + cameraMs - picture.cameraMs! - mediaMs : undefined;
      const isSensible = reported !== undefined && Math.abs(reported - arrived) < REPORT_LIMIT_MS;
      const target = isSensible ? reported : arrived;
      const isNew = offsetMs === undefined || Math.abs(target - offsetMs) > LEAP_MS;
      if (isNew || (isSensible && !isReported)) {
        offsetMs = target;
        errorMs = 0;
      }
      isReported = isSensible;
      errorMs += (target - offsetMs! - errorMs) * SMOOTHING;
      if (Math.abs(errorMs) > (isSensible ? REPORTED_LIMIT_MS : ARRIVED_LIMIT_MS)) {
        offsetMs! += errorMs;
        errorMs = 0;
      }
      return Math.round((mediaMs + offsetMs!) * TICKS_PER_MS);
    },
  };
}
