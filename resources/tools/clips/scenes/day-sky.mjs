import { fbm } from '../noise.mjs';

/** The sky of a day with a few clouds, by direction. */
export const daySky = (x, y, z) => {
  const k = Math.max(0, y);
  const cloud = Math.max(0, fbm((x / (y + 0.25)) * 1.5, 2, (z / (y + 0.25)) * 1.5, 4) - 0.45) * 1.6;
  return [0.55 - 0.25 * k + cloud * 0.5, 0.68 - 0.2 * k + cloud * 0.42, 0.9 - 0.1 * k + cloud * 0.25];
};
