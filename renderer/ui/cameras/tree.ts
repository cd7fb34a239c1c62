/** The tree of cameras by place, as rows of a list. Free of the screen. */
import type { LocalText } from '#contract/base.ts';
import type { Camera, Place } from '#contract/site.ts';

export interface PlaceRow {
  kind: 'place';
  id: string;
  depth: number;
  /** Of the place and of those around it that hold nothing else, outermost first; empty: the site has no such place. */
  names: LocalText[];
  /** Cameras in it and below that are shown. */
  count: number;
  isOpen: boolean;
}
interface CameraRow {
  kind: 'camera';
  id: string;
  depth: number;
  camera: Camera;
}
export type TreeRow = PlaceRow | CameraRow;

interface Node {
  id: string;
  place: Place | undefined;
  cameras: Camera[];
  children: Node[];
}

const spelled = (name: LocalText) => `${name.zh} ${name.en}`;

/**
 * Every place that has cameras, each under the one it lies in, in the order of the site file; its cameras before the places
 * in it. A park that everything lies in is no row of its own unless it has cameras of its own: it then stands beside its parts.
 * @param options.word finds cameras by name, id or the name of a place around them, blanks separating words that must all be
 *   found; while it is not empty every place is open
 * @param options.closed ids of places that are folded
 */
export function treeRows(
  cameras: Iterable<Camera>,
  places: ReadonlyMap<string, Place>,
  options: { word: string; closed: ReadonlySet<string> },
): TreeRow[] {
  const words = options.word.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const nodes = new Map<string, Node>();
  const roots: Node[] = [];
  const nodeOf = (id: string): Node => {
    const known = nodes.get(id);
    if (known) return known;
    const place = places.get(id);
    const made: Node = { id, place, cameras: [], children: [] };
    // known before its parent is looked up: a loop of places ends here
    nodes.set(id, made);
    if (place?.parentId && places.has(place.parentId)) nodeOf(place.parentId).children.push(made);
    else roots.push(made);
    return made;
  };
  const around = (placeId: string): string => {
    const names: string[] = [];
    const seen = new Set<string>();
    for (let place = places.get(placeId); place && !seen.has(place.id);) {
      seen.add(place.id);
      names.push(spelled(place.name));
      place = place.parentId ? places.get(place.parentId) : undefined;
    }
    return names.join(' ');
  };
  const lost: Node[] = [];
  for (const camera of cameras) {
    if (words.length > 0) {
      const text = `${camera.id} ${spelled(camera.name)} ${around(camera.placeId)}`.toLowerCase();
      if (!words.every((word) => text.includes(word))) continue;
    }
    nodeOf(camera.placeId).cameras.push(camera);
  }
  // of places that lie in each other nobody is the root: they are shown beside the others
  for (const node of nodes.values()) if (!reaches(roots, node)) lost.push(node);

  const order = new Map([...places.keys()].map((id, at) => [id, at]));
  const sorted = (list: Node[]) =>
    list.toSorted((a, b) => (order.get(a.id) ?? Infinity) - (order.get(b.id) ?? Infinity));
  const rows: TreeRow[] = [];
  const drawn = new Set<Node>();
  const countOf = (node: Node, above: readonly Node[] = []): number =>
    above.includes(node)
      ? 0
      : node.cameras.length + node.children.reduce((sum, child) => sum + countOf(child, [...above, node]), 0);
  const nameOf = ({ place }: Node): LocalText[] => (place ? [place.name] : []);
  const draw = (node: Node, depth: number, withChildren = true, above: LocalText[] = []): void => {
    if (drawn.has(node)) return;
    drawn.add(node);
    const [inner] = node.children;
    // a building whose cameras are all in one corridor is one row with it
    if (withChildren && inner && node.children.length === 1 && node.cameras.length === 0)
      return draw(inner, depth, true, [...above, ...nameOf(node)]);
    const isOpen = words.length > 0 || !options.closed.has(node.id);
    const count = withChildren ? countOf(node) : node.cameras.length;
    rows.push({ kind: 'place', id: node.id, depth, names: [...above, ...nameOf(node)], count, isOpen });
    if (!isOpen) return;
    for (const camera of node.cameras) rows.push({ kind: 'camera', id: camera.id, depth: depth + 1, camera });
    if (withChildren) for (const child of sorted(node.children)) draw(child, depth + 1);
  };
  const [only] = roots;
  if (only && roots.length === 1 && lost.length === 0 && only.children.length > 0) {
    for (const child of sorted(only.children)) draw(child, 0);
    if (only.cameras.length > 0) draw(only, 0, false);
  } else for (const node of [...sorted(roots), ...lost]) draw(node, 0);
  return rows;
}

function reaches(from: readonly Node[], wanted: Node, seen = new Set<Node>()): boolean {
  return from.some((node) => {
    if (node === wanted) return true;
    if (seen.has(node)) return false;
    seen.add(node);
    return reaches(node.children, wanted, seen);
  });
}
