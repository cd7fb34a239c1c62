import { hello } from '#api/client.ts';
import { host } from '#api/host.ts';

/**
 * Opens a saved view (or, without one, the wall as it is) in a window of its own: on the next monitor where the host has
 * windows, else as the browser does.
 * @returns false when the browser refused to open one
 */
export async function openWallWindow(viewId: string | null): Promise<boolean> {
  const route = `/video?${viewId === null ? '' : `view=${encodeURIComponent(viewId)}&`}bare=1`;
  if (host && hello.value?.capabilities.includes('windows')) {
    await host.openWindow(route);
    return true;
  }
  const address = new URL(window.location.href);
  address.hash = route;
  return window.open(address, '_blank', 'popup,width=1280,height=800') !== null;
}
