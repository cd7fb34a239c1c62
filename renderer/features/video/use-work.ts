import { useSteering } from '#ui/ptz/use-steering.ts';
import type { WallPlace } from './wall.ts';

/** What was pressed in a tile counts as work for this long: as long as control of a camera lasts without use. */
const WORK_MS = 15_000;

/** In which places the guard works: something was pressed there, the pointer is over it, or its camera is being steered. */
export function useWork() {
  const steers = useSteering();
  const untilMs = new Map<number, number>();
  let pointed: number | null = null;
  return {
    note: (key: number) => void untilMs.set(key, performance.now() + WORK_MS),
    point: (key: number | null) => void (pointed = key),
    isAt: ({ key, cameraId }: WallPlace): boolean =>
      pointed === key || (untilMs.get(key) ?? 0) > performance.now() || steers(cameraId),
  };
}
