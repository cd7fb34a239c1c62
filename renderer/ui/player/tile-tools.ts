/** What a guard can do with a tile, as its tool bar and its menu show it. */
export interface TileTool {
  id: string;
  /** Locale key. */
  label: string;
  /** Path data, 24 x 24. */
  icon: string;
  key?: string;
  /** It is on now. */
  isOn?: boolean;
  run: () => unknown;
}

export const TILE_ICONS = {
  instant: 'M4 5v5h5M4.6 10A8 8 0 1 1 4 13M12 8v5l3 2',
  live: 'M6 5v14M10 5l9 7-9 7z',
  zoomIn: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.2 15.2L20 20M10.5 7.5v6M7.5 10.5h6',
  zoomOut: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.2 15.2L20 20M7.5 10.5h6',
  whole: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  snapshot: 'M4 8h4l1.5-2.5h5L16 8h4v11H4zM12 10a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4z',
  report: 'M12 4l9 16H3zM12 10v4.5M12 17v.6',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
} as const;

/** A tile narrower than this has one button that opens a menu. */
export const BAR_FROM_PIXELS = 320;

/**
 * Whether keys are meant for this tile: the one with the focus, else the selected one, else the one under the pointer,
 * else the only one on the screen.
 */
export function hasKeys(tile: HTMLElement | null): boolean {
  if (!tile) return false;
  const all = [...document.querySelectorAll<HTMLElement>('figure[data-camera]')];
  const first = (fits: (one: HTMLElement) => boolean) => all.find(fits);
  const meant =
    first((one) => one.matches(':focus-within')) ??
    first((one) => one.classList.contains('selected')) ??
    first((one) => one.matches(':hover')) ??
    (all.length === 1 ? all[0] : undefined);
  return meant === tile;
}
