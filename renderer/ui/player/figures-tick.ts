import { onScopeDispose } from 'vue';

/** Twice a second is as often as a person reads a figure. */
const FIGURES_MS = 500;
const readers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Calls back twice a second for as long as the scope lives; all tiles at once, so that the screen is worked out once. */
export function onFigures(read: () => void): void {
  readers.add(read);
  timer ??= setInterval(() => {
    for (const one of readers) one();
  }, FIGURES_MS);
  onScopeDispose(() => {
    readers.delete(read);
    if (readers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  });
}
