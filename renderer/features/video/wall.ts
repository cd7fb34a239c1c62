/** The wall's rules, free of the screen. */
import { z } from 'zod';
import { viewBody, viewPlace, type ViewBody } from '#contract/views.contract.ts';
import { layoutOf, type WallLayout } from '#domain/wall-layout.ts';

type ViewPlace = ViewBody['places'][number];
/** One place: a camera or none, and how it is shown. `key` stays with what is shown when two places change over. */
export interface WallPlace extends ViewPlace {
  key: number;
}
/** What is on a wall. No camera is on it twice, but for the hot place and those with a list of their own. */
export interface Wall {
  /** As `wall-layout.ts` names it. */
  layout: string;
  /** As many as the layout has. */
  places: readonly WallPlace[];
  /** The place that the guard works with; keys and clicks in the tree go there. */
  selected: number;
  /** The place that shows what the guard picks anywhere, or null. */
  hot: number | null;
  /** Pages that the wall turns by itself. */
  carousel: ViewBody['carousel'];
  /** The saved view that this wall came from. */
  viewId: string | null;
}

const FALLBACK = '2x2';
const blank = (key: number): WallPlace => ({
  ...{ key, cameraId: null, stream: 'auto', held: false, list: null },
});
export const layoutOfWall = (wall: Wall): WallLayout => layoutOf(wall.layout)!;
const nextKey = (places: readonly WallPlace[]) => Math.max(-1, ...places.map(({ key }) => key)) + 1;

/** Whether the wall itself may put another camera into a place: it is not held, not hot and has no list of its own. */
export function isFree(wall: Wall, at: number): boolean {
  const place = wall.places[at];
  return place !== undefined && !place.held && !place.list && at !== wall.hot;
}
/** Whether a camera in a place is there as itself, and so nowhere else. */
const isFixed = (wall: Wall, at: number) => at !== wall.hot && !wall.places[at]?.list;

function change(wall: Wall, at: number, next: Partial<ViewPlace>): Wall {
  return {
    ...wall,
    places: wall.places.map((place, index) => (index === at ? { ...place, ...next } : place)),
  };
}

/** Empty free places get the cameras of `pool` that are not shown yet. */
function fill(wall: Wall, pool: readonly string[]): Wall {
  const shown = new Set(wall.places.map(({ cameraId }) => cameraId));
  const rest = pool.filter((id) => !shown.has(id));
  const places = wall.places.map((place, at) =>
    place.cameraId === null && isFree(wall, at) ? { ...place, cameraId: rest.shift() ?? null } : place,
  );
  return { ...wall, places };
}

/**
 * A wall of another layout: what is shown stays in its order. When there are too few places, what is held, watched, hot or
 * takes turns stays first; when there are more, they are filled with cameras of `pool`.
 */
export function withLayout(wall: Wall, layoutId: string, pool: readonly string[]): Wall {
  const count = layoutOf(layoutId)?.cells.length;
  if (count === undefined) return wall;
  const rank = (place: WallPlace, at: number) =>
    place.held ? 0 : at === wall.selected ? 1 : at === wall.hot || place.list ? 2 : place.cameraId ? 3 : 4;
  const kept = wall.places
    .map((place, at) => ({ place, at, rank: rank(place, at) }))
    .toSorted((a, b) => a.rank - b.rank || a.at - b.at)
    .slice(0, count)
    .toSorted((a, b) => a.at - b.at);
  const from = nextKey(wall.places);
  const places = Array.from({ length: count }, (_, at) => kept[at]?.place ?? blank(from + at));
  const placeOf = (old: number) => kept.findIndex(({ at }) => at === old);
  const hot = wall.hot === null || placeOf(wall.hot) < 0 ? null : placeOf(wall.hot);
  const selected = Math.max(0, placeOf(wall.selected));
  return fill({ ...wall, layout: layoutId, places, selected, hot }, pool);
}

/** Two places change over, with all that belongs to them. Null: one of them is held. */
export function swap(wall: Wall, a: number, b: number): Wall | null {
  const [one, other] = [wall.places[a], wall.places[b]];
  if (!one || !other || a === b) return wall;
  if (one.held || other.held) return null;
  const places = wall.places.map((place, at) => (at === a ? other : at === b ? one : place));
  const hot = wall.hot === a ? b : wall.hot === b ? a : wall.hot;
  return { ...wall, places, hot, selected: b };
}

/**
 * Puts a camera into a place; if it is on the wall already, the two places change over. A list of the place ends.
 * Null: the place (or the one where the camera is) is held.
 */
export function put(wall: Wall, at: number, cameraId: string): Wall | null {
  const place = wall.places[at];
  if (!place) return wall;
  if (place.held) return null;
  const from = wall.places.findIndex((one, index) => one.cameraId === cameraId && isFixed(wall, index));
  if (from >= 0 && from !== at && at !== wall.hot) return swap(wall, from, at);
  return { ...change(wall, at, { cameraId, list: null }), selected: at };
}

/** The place for a camera that was picked in the tree: the selected one, or the next one behind it that is not held. */
export function placeFor(wall: Wall): number | null {
  const count = wall.places.length;
  const order = Array.from({ length: count }, (_, step) => (wall.selected + step) % count);
  return order.find((at) => !wall.places[at]?.held) ?? null;
}

/** The hot place shows a camera; without one, or when it is held, nothing changes. */
export function follow(wall: Wall, cameraId: string): Wall {
  if (wall.hot === null || wall.places[wall.hot]?.held) return wall;
  return wall.places[wall.hot]?.cameraId === cameraId ? wall : change(wall, wall.hot, { cameraId });
}

/** Empties a place. Null: it is held. */
export function clear(wall: Wall, at: number): Wall | null {
  if (wall.places[at]?.held) return null;
  const empty = change(wall, at, { cameraId: null, list: null, stream: 'auto' });
  return wall.hot === at ? { ...empty, hot: null } : empty;
}

export const hold = (wall: Wall, at: number, held: boolean): Wall => change(wall, at, { held });

const STREAMS = ['auto', 'main', 'sub'] as const;
/** The next choice of stream for a place: the one that fits, always the large one, always the small one. */
export const nextStream = (wall: Wall, at: number): Wall => {
  const now = STREAMS.indexOf(wall.places[at]?.stream ?? 'auto');
  return change(wall, at, { stream: STREAMS[(now + 1) % STREAMS.length] });
};

/** Makes a place the hot one, or none. What was hot before and is elsewhere too leaves its place. */
export function setHot(wall: Wall, at: number | null): Wall {
  const hot = at !== null && wall.places[at] ? at : null;
  const next: Wall = { ...wall, hot };
  return unique(hot === null ? next : change(next, hot, { list: null }));
}

/** Gives a place cameras that take turns in it, or none any more. It begins with the first one. */
export function setList(wall: Wall, at: number, list: WallPlace['list']): Wall {
  const place = wall.places[at];
  if (!place || place.held) return wall;
  const kept = list?.cameraIds.includes(place.cameraId ?? '') ? place.cameraId : list?.cameraIds[0];
  const hot = wall.hot === at && list ? null : wall.hot;
  return unique(change({ ...wall, hot }, at, { list, cameraId: list ? (kept ?? null) : place.cameraId }));
}

/** The next camera of a place's own list, round at its end. A held place keeps what it has. */
export function step(wall: Wall, at: number, by: 1 | -1): Wall {
  const place = wall.places[at];
  if (!place?.list || place.held) return wall;
  const { cameraIds } = place.list;
  const now = cameraIds.indexOf(place.cameraId ?? '');
  const next = now < 0 ? 0 : (now + by + cameraIds.length) % cameraIds.length;
  return change(wall, at, { cameraId: cameraIds[next] ?? null });
}

/** Cameras that the wall's pages show, in order; those in places that stay are not among them. */
function pageList(wall: Wall, pool: readonly string[]): { list: string[]; free: number[] } {
  const free = wall.places.map((_, at) => at).filter((at) => isFree(wall, at));
  const staying = new Set(wall.places.filter((_, at) => !isFree(wall, at)).map(({ cameraId }) => cameraId));
  const chosen = wall.carousel?.cameraIds.length ? wall.carousel.cameraIds : pool;
  return { list: [...new Set(chosen)].filter((id) => !staying.has(id)), free };
}
/**
 * Which page is shown, from 0, and of how many; one when everything fits. When cameras were changed by hand it is the page
 * that most of the others are from.
 */
export function pageOf(wall: Wall, pool: readonly string[]): { page: number; pages: number } {
  const { list, free } = pageList(wall, pool);
  const pages = free.length === 0 ? 1 : Math.max(1, Math.ceil(list.length / free.length));
  const votes = new Array<number>(pages).fill(0);
  free.forEach((at, index) => {
    const position = list.indexOf(wall.places[at]?.cameraId ?? '');
    // the last page is filled up from the first one
    const page =
      pages > 1 && position >= 0 && position < index ? pages - 1 : Math.floor(position / free.length);
    if (position >= 0) votes[page] = (votes[page] ?? 0) + 1;
  });
  return { page: Math.max(0, votes.indexOf(Math.max(...votes))), pages };
}
/** The next page of cameras in the places that are free, round again at the end; the last page is filled up from the first. */
export function turn(wall: Wall, pool: readonly string[], by: 1 | -1): Wall {
  const { list, free } = pageList(wall, pool);
  const { page, pages } = pageOf(wall, pool);
  const start = ((page + by + pages) % pages) * free.length;
  const cameraAt = (index: number) =>
    list.length <= free.length ? (list[index] ?? null) : (list[(start + index) % list.length] ?? null);
  const places = wall.places.map((place, at) => {
    const index = free.indexOf(at);
    return index < 0 ? place : { ...place, cameraId: cameraAt(index) };
  });
  return { ...wall, places };
}

/** Each camera once: of two places the held one keeps it, else the first. */
function unique(wall: Wall): Wall {
  const owner = new Map<string, number>();
  wall.places.forEach(({ cameraId, held }, at) => {
    if (cameraId === null || !isFixed(wall, at)) return;
    const other = owner.get(cameraId);
    if (other === undefined || (held && !wall.places[other]?.held)) owner.set(cameraId, at);
  });
  const isExtra = ({ cameraId }: WallPlace, at: number) =>
    cameraId !== null && isFixed(wall, at) && owner.get(cameraId) !== at;
  return {
    ...wall,
    places: wall.places.map((place, at) => (isExtra(place, at) ? { ...place, cameraId: null } : place)),
  };
}

/** A saved view on the wall, as it was saved: cameras that the site no longer has keep their places. */
export function fromView(view: ViewBody, viewId: string): Wall {
  const places = view.places.map((place, key) => ({ ...place, key }));
  const { layout, hot, carousel } = view;
  return unique({ layout, places, selected: 0, hot, carousel, viewId });
}
/** The wall as it would be saved under a name. */
export function toView(wall: Wall, name: string): ViewBody {
  const places = wall.places.map(({ cameraId, stream, held, list }) => ({ cameraId, stream, held, list }));
  return { name, layout: wall.layout, places, hot: wall.hot, carousel: wall.carousel };
}
/** Whether the wall is no longer as the view; cameras that take turns or follow the guard do not count. */
export function differs(wall: Wall, view: ViewBody): boolean {
  const still = (body: ViewBody) =>
    body.places.map((place, at) =>
      place.list || at === body.hot || body.carousel ? { ...place, cameraId: null } : place,
    );
  const now = toView(wall, view.name);
  return (
    JSON.stringify({ ...now, places: still(now) }) !==
    JSON.stringify({ ...viewBody.parse(view), places: still(viewBody.parse(view)) })
  );
}

/** A fresh wall: the first cameras. */
export const freshWall = (pool: readonly string[], layoutId = FALLBACK): Wall =>
  withLayout(
    { layout: '1x1', places: [blank(0)], selected: 0, hot: null, carousel: null, viewId: null },
    layoutId,
    pool,
  );

const storedWall = z.object({
  layout: viewBody.shape.layout,
  places: z.array(viewPlace).min(1),
  hot: viewBody.shape.hot,
  carousel: viewBody.shape.carousel,
  selected: z.int().min(0).catch(0),
  viewId: z.string().nullable().catch(null),
});
/** A wall from storage, or a fresh one; whatever is stored, the result is sound. */
export function restore(stored: unknown, pool: readonly string[]): Wall {
  const raw = storedWall.safeParse(stored).data;
  const count = raw ? layoutOf(raw.layout)?.cells.length : undefined;
  if (!raw || count === undefined) return freshWall(pool);
  const places = Array.from({ length: count }, (_, key) => ({ ...(raw.places[key] ?? blank(key)), key }));
  const within = (at: number | null) => at !== null && at < count;
  return unique({
    ...{ layout: raw.layout, places, carousel: raw.carousel, viewId: raw.viewId },
    selected: within(raw.selected) ? raw.selected : 0,
    hot: within(raw.hot) ? raw.hot : null,
  });
}
