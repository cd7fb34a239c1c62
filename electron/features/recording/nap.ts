import type { Clock } from '#station/clock.ts';

/** Where a loop rests between two pieces of work, until its time comes or it is woken. */
export function createNap(clock: Clock) {
  let wake: () => void = () => undefined;
  let isResting = false;
  const waiting: (() => void)[] = [];

  return {
    /** Settles after a while, or when it is woken; without a time only then. */
    rest(ms: number | undefined): Promise<void> {
      isResting = true;
      for (const tell of waiting.splice(0)) tell();
      return new Promise((resolve) => {
        const end = () => {
          isResting = false;
          resolve();
        };
        const cancel = ms === undefined ? () => undefined : clock.after(ms, end);
        wake = () => {
          cancel();
          end();
        };
      });
    },
    wake: () => wake(),
    /** Settles as soon as the loop rests: all that is due has been done. */
    resting: () =>
      isResting ? Promise.resolve() : new Promise<void>((resolve) => void waiting.push(resolve)),
  };
}
