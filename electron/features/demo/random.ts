/** Repeatable chance: the same seed gives the same park. */

/** Mixes text and numbers into 32 bits (FNV-1a with a final avalanche). */
export function hashOf(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const char of parts.join('|')) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** 0 to below 1 from a key. */
export const chance = (...parts: readonly (string | number)[]): number => hashOf(...parts) / 2 ** 32;

/** Smooth noise from -1 to 1 that changes over about `periodMs`. */
export function drift(key: string, atMs: number, periodMs: number): number {
  const at = atMs / periodMs;
  const from = Math.floor(at);
  const k = at - from;
  const ease = k * k * (3 - 2 * k);
  const [a, b] = [chance(key, from), chance(key, from + 1)];
  return (a + (b - a) * ease) * 2 - 1;
}

export interface Random {
  /** 0 to below 1. */
  next(): number;
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  pick<T>(list: readonly T[]): T;
}

/** A stream of chance (mulberry32). */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (from, to) => from + Math.floor(next() * (to - from + 1)),
    pick: (list) => list[Math.floor(next() * list.length)]!,
  };
}
