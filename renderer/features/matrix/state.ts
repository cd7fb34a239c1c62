import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import { EMPTY_MATRIX, type MatrixState } from '#domain/alarm-matrix.ts';
import type { HeldTile } from '#domain/matrix-tiles.ts';

/** What the matrix of this window remembers while the guard looks at other screens: a hold is a hold. */
export const useMatrixState = defineStore('matrix', () => {
  /** Times in it are of `performance.now()`. */
  const state = shallowRef<MatrixState>(EMPTY_MATRIX);
  /** The shown alarm is held as a whole. */
  const held = ref(false);
  const heldTiles = shallowRef<readonly HeldTile[]>([]);
  /** Cameras that a person made primary, by alarm. */
  const primaries = shallowRef<ReadonlyMap<string, string>>(new Map());
  const workedAtMs = ref(-Infinity);
  return { state, held, heldTiles, primaries, workedAtMs };
});
