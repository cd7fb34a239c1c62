import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { RememberedPlace } from './placement.ts';

const pixels = z.int().min(-100_000).max(100_000);
const remembered = z.array(
  z.object({
    /** Address within the console. */
    route: z
      .string()
      .regex(/^\/[\w\-/?=&.%]*$/)
      .max(500),
    place: z.object({
      bounds: z.object({ x: pixels, y: pixels, width: pixels.min(1), height: pixels.min(1) }),
      monitorId: z.number(),
      maximized: z.boolean(),
    }),
  }),
);

export interface RememberedWindow {
  route: string;
  place: RememberedPlace;
}

/** Which windows were open, and where. Losing this file loses nothing but places, so a damaged one counts as empty. */
export function readWindows(file: string): RememberedWindow[] {
  try {
    return remembered.parse(JSON.parse(readFileSync(file, 'utf8'))).slice(0, 16);
  } catch {
    return [];
  }
}

/** Writes the file as a whole or not at all. */
export function writeWindows(file: string, windows: readonly RememberedWindow[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(windows));
  renameSync(`${file}.new`, file);
}

/** Whether a text is an address within the console, as `openWindow` takes it. */
export const isRoute = (route: unknown): route is string =>
  remembered.element.shape.route.safeParse(route).success;
