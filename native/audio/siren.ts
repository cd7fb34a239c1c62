import { systemClock, type Clock } from '#native/process/clock.ts';
import { errorCode } from '#native/process/errors.ts';
import type { LocalOut, LocalPlayback } from './local-out.ts';

export type SirenPriority = 1 | 2 | 3 | 4;

/** Pause between two bursts (IEC 60601-1-8 table 3: 2.5 to 15 s high, 2.5 to 30 s medium, over 15 s low). */
export const SIREN_PAUSE_MS: Record<SirenPriority, number> = { 1: 2_500, 2: 5_000, 3: 12_000, 4: 30_000 };
/** After a failure it is tried again this soon: a headset is plugged in again, a sound server comes back. */
const RETRY_MS = 5_000;

export interface SirenState {
  /** What should sound now. */
  priority: SirenPriority | null;
  /** Null: never tried. False: the last burst could not be played and `code` says why. */
  working: boolean | null;
  code: string | null;
}

export interface Siren {
  /**
   * The level that should sound; null is silence. The same level again changes nothing, so a burst of alarms gives one
   * sound; a higher one cuts in at once, a lower one follows after the sound that plays.
   */
  set(priority: SirenPriority | null): void;
  state(): SirenState;
  /** Plays the test tone now, beside whatever sounds. Null: it played to its end; else the error code. */
  test(): Promise<string | null>;
  close(): Promise<void>;
}

export interface SirenOptions {
  out: LocalOut;
  /** Sound file of each level. */
  sounds: Record<SirenPriority, string>;
  testSound: string;
  pauseMs?: Record<SirenPriority, number>;
  clock?: Clock;
  /** Called when `working` or `code` has changed. */
  onChange?: (state: SirenState) => void;
}

/** The station's own alarm sound: repeats until told otherwise, whether or not any console is open. */
export function createSiren(options: SirenOptions): Siren {
  const clock = options.clock ?? systemClock();
  const pauses = options.pauseMs ?? SIREN_PAUSE_MS;
  let wanted: SirenPriority | null = null;
  let sounding: { priority: SirenPriority; playback: LocalPlayback } | null = null;
  let cancelWait: (() => void) | null = null;
  let working: boolean | null = null;
  let code: string | null = null;

  const state = (): SirenState => ({ priority: wanted, working, code });

  function report(failure: string | null): void {
    const changed = working !== (failure === null) || code !== failure;
    working = failure === null;
    code = failure;
    if (changed) options.onChange?.(state());
  }

  function waitThenSound(delayMs: number): void {
    cancelWait?.();
    cancelWait = clock.after(delayMs, () => {
      cancelWait = null;
      sound();
    });
  }

  function sound(): void {
    if (wanted === null || sounding) return;
    const priority = wanted;
    const playback = options.out.playFile(options.sounds[priority]);
    sounding = { priority, playback };
    void playback.finished.then(
      (how) => {
        if (how === 'ended') report(null);
        // What was cut off, and is wanted again, does not wait for the pause of a sound that nobody heard.
        after(how === 'ended' ? pauses[priority] : 0);
      },
      (error: unknown) => {
        report(errorCode(error, 'audio.play_failed'));
        after(RETRY_MS);
      },
    );
    function after(delayMs: number): void {
      sounding = null;
      if (wanted === null) return;
      // A level that changed while it sounded does not wait for the old one's pause.
      waitThenSound(wanted === priority ? delayMs : 0);
    }
  }

  return {
    set(priority) {
      if (priority === wanted) return;
      const louder = priority !== null && (wanted === null || priority < wanted);
      wanted = priority;
      if (priority === null) {
        cancelWait?.();
        cancelWait = null;
        sounding?.playback.stop();
      } else if (louder) {
        cancelWait?.();
        cancelWait = null;
        if (sounding) sounding.playback.stop();
        else sound();
      }
    },
    state,
    async test() {
      try {
        await options.out.playFile(options.testSound).finished;
        report(null);
        return null;
      } catch (error) {
        report(errorCode(error, 'audio.play_failed'));
        return code;
      }
    },
    async close() {
      wanted = null;
      cancelWait?.();
      sounding?.playback.stop();
      await sounding?.playback.finished.catch(() => undefined);
    },
  };
}
