import type { OnvifPtz, PtzVector } from '#native/onvif/ptz.ts';
import type { Clock } from '#station/clock.ts';

/** A move that is not renewed for this long stops: the mouse was let go on a console that has died. */
export const DEAD_MAN_MS = 1_000;
/** The camera's own limit, for when the station dies. Whole seconds: some cameras know no others. */
const CAMERA_LIMIT_MS = 2_000;
/** An unchanged speed is told again this often, well within the camera's limit. */
const REPEAT_MS = 500;

export interface PtzDrive {
  /** Goes at this speed from now on, for {@link DEAD_MAN_MS}. Rejects with the camera's refusal. */
  move(speed: Required<PtzVector>): Promise<void>;
  /** Resolves when the camera has been told. */
  stop(): Promise<void>;
  readonly isMoving: boolean;
}

const same = (a: Required<PtzVector> | null, b: Required<PtzVector> | null) =>
  a === b || (a !== null && b !== null && a.pan === b.pan && a.tilt === b.tilt && a.zoom === b.zoom);

/**
 * Continuous movement of one camera: one command under way at a time, of several that wait only the newest goes out,
 * and whatever happens the movement ends.
 * @param axes what the camera has; an axis that it lacks is not mentioned, one that rests is sent as 0 so that it stops
 * @param changed hears begin and end
 */
export function createPtzDrive(
  ptz: Pick<OnvifPtz, 'continuous' | 'stop'>,
  axes: { panTilt: boolean; zoom: boolean },
  clock: Pick<Clock, 'monotonicMs' | 'after'>,
  changed: () => void,
): PtzDrive {
  let wanted: Required<PtzVector> | null = null;
  let told: Required<PtzVector> | null = null;
  let toldAtMs = -Infinity;
  let running: Promise<void> | undefined;
  let cancelDeadMan: () => void = () => undefined;

  const isDue = () => !same(wanted, told) || (wanted !== null && clock.monotonicMs() - toldAtMs >= REPEAT_MS);

  async function tell(): Promise<void> {
    while (isDue()) {
      const next = wanted;
      const started = told === null;
      // noted before: if the answer is lost the camera may well move, and has to be stopped
      told = next ?? told;
      toldAtMs = clock.monotonicMs();
      if (started && next) changed();
      if (next === null) {
        await ptz.stop();
        told = null;
        changed();
      } else {
        const { pan, tilt, zoom } = next;
        const speed = { ...(axes.panTilt ? { pan, tilt } : {}), ...(axes.zoom ? { zoom } : {}) };
        await ptz.continuous(speed, CAMERA_LIMIT_MS);
      }
    }
  }

  function run(): Promise<void> {
    running ??= tell()
      .catch((error: unknown) => {
        // the camera's own limit ends what it may be doing; the next wish starts afresh
        wanted = null;
        told = null;
        cancelDeadMan();
        changed();
        throw error;
      })
      .finally(() => (running = undefined));
    return running;
  }

  async function stop(): Promise<void> {
    cancelDeadMan();
    wanted = null;
    await run();
  }

  return {
    move(speed) {
      if (speed.pan === 0 && speed.tilt === 0 && speed.zoom === 0) return stop();
      wanted = speed;
      cancelDeadMan();
      cancelDeadMan = clock.after(DEAD_MAN_MS, () => void stop().catch(() => undefined));
      return run();
    },
    stop,
    get isMoving() {
      return told !== null;
    },
  };
}
