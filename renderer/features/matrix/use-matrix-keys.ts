import type { Ref } from 'vue';
import { useSession } from '#api/session.ts';
import { useIntents } from '#app/intents.ts';
import { screenKeys, useKeys } from '#ui/keys.ts';
import type { useMatrix } from './use-matrix.ts';

const PRIMARY_KEYS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Keys of the matrix. */
export function useMatrixKeys(input: {
  matrix: ReturnType<typeof useMatrix>;
  /** The tiles beside the primary one. */
  others: Ref<readonly string[]>;
  acknowledge(): void;
  full(): unknown;
  steer(): void;
  maySteer(): boolean;
}): void {
  const { matrix, others } = input;
  const { alarm, tiles, shownId } = matrix;
  const session = useSession();
  const intents = useIntents();
  const here = screenKeys('matrix.keys');
  const isShown = () => shownId.value !== null;
  const mayAcknowledge = () =>
    alarm.value?.closedAtMs === null && !alarm.value.acknowledged && session.may('alarm.handle');
  const replay = () => alarm.value && intents.go('replay', { alarm: alarm.value.id });
  useKeys(() => [
    here('PageDown', 'next', () => matrix.turn(1)),
    here('PageUp', 'previous', () => matrix.turn(-1)),
    here('Enter', 'acknowledge', input.acknowledge, mayAcknowledge),
    here('L', 'hold', matrix.toggleHold, isShown),
    here('Shift+L', 'holdTile', () => tiles.value[0] && matrix.toggleTile(tiles.value[0])),
    ...PRIMARY_KEYS.map((number, at) =>
      here(
        String(number),
        'primary',
        () => others.value[at] && matrix.makePrimary(others.value[at]),
        () => at < others.value.length,
      ),
    ),
    here('R', 'replay', replay, isShown),
    here('T', 'steer', input.steer, input.maySteer),
    here('F', 'full', input.full),
  ]);
}
