import { openWindow } from '#api/open-window.ts';

/**
 * Opens a saved view (or, without one, the wall as it is) in a window of its own.
 * @returns false when the browser refused to open one
 */
export const openWallWindow = (viewId: string | null): Promise<boolean> =>
  openWindow(`/video?${viewId === null ? '' : `view=${encodeURIComponent(viewId)}&`}bare=1`);
