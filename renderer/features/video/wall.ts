/** The wall's rules, free of the screen. */
export const LAYOUTS = [1, 4, 9, 16] as const;
export type Layout = (typeof LAYOUTS)[number];

/** What is on a wall: as many places as the layout has, each a camera or empty. */
export interface Wall {
  layout: Layout;
  places: (string | null)[];
  /** The place that the guard works with; keys and clicks in the list go there. */
  selected: number;
}

/** A wall of a layout that keeps the cameras of another, in order, and fills up with those not yet shown. */
export function withLayout(wall: Wall, layout: Layout, cameraIds: readonly string[]): Wall {
  const kept = wall.places.filter((id): id is string => id !== null && cameraIds.includes(id));
  const picked = wall.places[wall.selected];
  // going to fewer places keeps the one that is being watched
  const first =
    picked && kept.indexOf(picked) >= layout ? [picked, ...kept.filter((id) => id !== picked)] : kept;
  const rest = cameraIds.filter((id) => !first.includes(id));
  const places = [...first, ...rest].slice(0, layout);
  const selected = Math.max(0, picked ? places.indexOf(picked) : 0);
  return { layout, places: Array.from({ length: layout }, (_, at) => places[at] ?? null), selected };
}

/** Puts a camera into a place; if it is on the wall already, the two places change over. */
export function put(wall: Wall, at: number, cameraId: string): Wall {
  const places = [...wall.places];
  const from = places.indexOf(cameraId);
  if (from >= 0) places[from] = places[at] ?? null;
  places[at] = cameraId;
  return { ...wall, places, selected: at };
}

/**
 * Brings an alarm's cameras onto the wall: the first place gets the first camera, the others follow, and
 * what was shown moves behind; the cameras of the alarm that are already there do not appear twice.
 */
export function bring(wall: Wall, cameraIds: readonly string[], all: readonly string[]): Wall {
  if (cameraIds.length === 0) return wall;
  const layout = LAYOUTS.find((size) => size >= Math.max(wall.layout, Math.min(cameraIds.length, 16))) ?? 16;
  const others = wall.places.filter((id): id is string => id !== null && !cameraIds.includes(id));
  const filled = withLayout({ layout, places: [...cameraIds, ...others], selected: 0 }, layout, all);
  return { ...filled, selected: 0 };
}

/** The next page of cameras: those after the last one shown, round again at the end. */
export function turn(wall: Wall, cameraIds: readonly string[], by: 1 | -1): Wall {
  if (cameraIds.length <= wall.layout) return withLayout({ ...wall, places: [] }, wall.layout, cameraIds);
  const start = Math.max(0, cameraIds.indexOf(wall.places[0] ?? ''));
  const count = cameraIds.length;
  const places = Array.from(
    { length: wall.layout },
    (_, at) => cameraIds[(((start + by * wall.layout + at) % count) + count) % count] ?? null,
  );
  return { ...wall, places, selected: 0 };
}

/** A wall from storage, or a fresh one; whatever is stored, the result is sound. */
export function restore(stored: unknown, cameraIds: readonly string[]): Wall {
  const raw = (typeof stored === 'object' && stored !== null ? stored : {}) as Partial<
    Record<keyof Wall, unknown>
  >;
  const layout = LAYOUTS.find((size) => size === raw.layout) ?? 4;
  const places = Array.isArray(raw.places)
    ? raw.places.map((id) => (typeof id === 'string' && cameraIds.includes(id) ? id : null))
    : [];
  const unique = places.map((id, at) => (id !== null && places.indexOf(id) === at ? id : null));
  if (unique.every((id) => id === null))
    return withLayout({ layout, places: [], selected: 0 }, layout, cameraIds);
  const selected =
    typeof raw.selected === 'number' &&
    Number.isInteger(raw.selected) &&
    raw.selected >= 0 &&
    raw.selected < layout
      ? raw.selected
      : 0;
  return { layout, places: Array.from({ length: layout }, (_, at) => unique[at] ?? null), selected };
}
