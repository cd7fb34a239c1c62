/** Pixels that do not depend on the monitor's scale, as Electron counts them; x and y may be negative. */
export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface Monitor {
  id: number;
  /** The monitor without task bars. */
  workArea: Rectangle;
}
/** Where a window was when it was last seen. */
export interface RememberedPlace {
  bounds: Rectangle;
  monitorId: number;
  maximized: boolean;
}
export interface Place {
  bounds: Rectangle;
  maximized: boolean;
}

/** The smallest window that shows the whole console: a 1366x768 monitor with room for the system's own bars. */
export const SMALLEST = { width: 1024, height: 640 };
/** So much of a window must be on a monitor for a person to see and move it, in pixels each way. */
const REACHABLE = 120;

/**
 * Where a window goes. A remembered place is kept as long as enough of the window is on a monitor; a window whose
 * monitor is gone or has shrunk is brought back, onto the monitor that it overlaps most, else its own, else the first.
 * @param monitors at least one; the first is the primary one
 * @param taken monitors that show a console already: a window without a place goes to another one
 */
export function placeWindow(
  remembered: RememberedPlace | null,
  monitors: readonly Monitor[],
  taken: readonly number[] = [],
): Place {
  const [primary] = monitors;
  if (!primary) throw new Error('no monitor');
  if (!remembered) {
    const free = monitors.find((monitor) => !taken.includes(monitor.id)) ?? primary;
    return { bounds: { ...free.workArea }, maximized: true };
  }
  const { bounds, maximized } = remembered;
  const byOverlap = monitors.map((monitor) => ({ monitor, overlap: overlapOf(bounds, monitor.workArea) }));
  const best = byOverlap.reduce((a, b) => (areaOf(b.overlap) > areaOf(a.overlap) ? b : a));
  const home =
    areaOf(best.overlap) > 0
      ? best.monitor
      : (monitors.find((monitor) => monitor.id === remembered.monitorId) ?? primary);
  const reachable = best.overlap.width >= REACHABLE && best.overlap.height >= REACHABLE;
  // The title bar must be on the monitor, or the window cannot be moved.
  const grip = bounds.y >= home.workArea.y - 1;
  const fits = bounds.width >= SMALLEST.width && bounds.height >= SMALLEST.height;
  return { bounds: reachable && grip && fits ? { ...bounds } : fitInto(bounds, home.workArea), maximized };
}

/** The window, no smaller than the smallest and no larger than the area, moved as little as possible into the area. */
function fitInto(bounds: Rectangle, area: Rectangle): Rectangle {
  const width = Math.min(Math.max(bounds.width, SMALLEST.width), area.width);
  const height = Math.min(Math.max(bounds.height, SMALLEST.height), area.height);
  return {
    x: clamp(bounds.x, area.x, area.x + area.width - width),
    y: clamp(bounds.y, area.y, area.y + area.height - height),
    width,
    height,
  };
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
const areaOf = ({ width, height }: Rectangle): number => width * height;

function overlapOf(a: Rectangle, b: Rectangle): Rectangle {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const width = Math.max(0, Math.min(a.x + a.width, b.x + b.width) - x);
  const height = Math.max(0, Math.min(a.y + a.height, b.y + b.height) - y);
  return { x, y, width, height };
}
