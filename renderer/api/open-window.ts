import { hello } from './client.ts';
import { host } from './host.ts';

/**
 * Opens a route of the console in a window of its own: on the next free monitor where the host offers that, as a
 * browser's window elsewhere.
 * @param route path within the console, e.g. `/matrix?bare=1`
 * @returns false when the browser did not allow it
 */
export async function openWindow(route: string): Promise<boolean> {
  if (host && hello.value?.capabilities.includes('windows')) {
    await host.openWindow(route);
    return true;
  }
  // Not `noopener`: the new window takes over this one's session.
  return window.open(new URL(`#${route}`, window.location.href), '_blank', 'popup') !== null;
}
