import type { Ref } from 'vue';
import { neighbourOf, type Direction } from '#domain/wall-layout.ts';
import { screenKeys, useKeys } from '#ui/keys.ts';
import { LAYOUT_KEYS } from './layout-keys.ts';
import type { useCarousel } from './use-carousel.ts';
import type { useWall } from './use-wall.ts';
import { clear, hold, layoutOfWall, nextStream, setHot, swap } from './wall.ts';

const ARROWS: readonly [string, Direction][] = [
  ['ArrowRight', 'right'],
  ['ArrowLeft', 'left'],
  ['ArrowDown', 'down'],
  ['ArrowUp', 'up'],
];
const VIEW_KEYS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Keys of the wall: everything that the mouse does here. */
export function useWallKeys(input: {
  wall: ReturnType<typeof useWall>;
  carousel: ReturnType<typeof useCarousel>;
  enlarged: Ref<number | null>;
  layout(id: string): void;
  enlarge(at: number): void;
  pickLayout(): void;
  find(): void;
  save(): void;
  newWindow(): void;
  full(): void;
  info(): void;
}): void {
  const { carousel } = input;
  const { wall, act, select, open, views } = input.wall;
  const here = screenKeys('wall.keys');
  const at = () => wall.value?.selected ?? 0;
  const next = (direction: Direction) =>
    wall.value ? neighbourOf(layoutOfWall(wall.value), at(), direction) : 0;
  const isSmall = () => input.enlarged.value === null;
  useKeys(() => [
    ...LAYOUT_KEYS.map(({ key, layout }) => here(key, `layout${key}`, () => input.layout(layout))),
    here('Y', 'layouts', input.pickLayout),
    ...ARROWS.flatMap(([key, direction]) => [
      here(key, direction, () => select(next(direction)), isSmall),
      here(`Ctrl+${key}`, `move.${direction}`, () => act((now) => swap(now, at(), next(direction))), isSmall),
    ]),
    here('Enter', 'enlarge', () => input.enlarge(at())),
    here(
      'Escape',
      'leave',
      () => input.enlarge(at()),
      () => !isSmall(),
    ),
    here('L', 'hold', () => act((now) => hold(now, at(), !now.places[at()]?.held))),
    here('G', 'heat', () => act((now) => setHot(now, now.hot === at() ? null : at()))),
    here('Q', 'stream', () => act((now) => nextStream(now, at()))),
    here('Delete', 'clear', () => act((now) => clear(now, at()))),
    here('PageDown', 'page', () => carousel.go(1)),
    here('PageUp', 'pageBack', () => carousel.go(-1)),
    here('K', 'turns', carousel.toggle, () => carousel.turns.value),
    here('/', 'find', input.find),
    here('Ctrl+S', 'save', input.save),
    ...VIEW_KEYS.map((number) =>
      here(
        `Alt+${number}`,
        'view',
        () => open(views.list.value[number - 1]!),
        () => views.list.value.length >= number,
      ),
    ),
    here('I', 'info', input.info),
    here('W', 'window', input.newWindow),
    here('F', 'full', input.full),
  ]);
}
