import { SCHEME } from './protocol.ts';

/** What a console window may do: https://www.electronjs.org/docs/latest/tutorial/security, items 2 to 7 and 20. */
export const webPreferences = (preload: string) => ({
  preload,
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false, // its dictionaries come from the network
  backgroundThrottling: false, // a covered window stays live
  autoplayPolicy: 'no-user-gesture-required' as const, // an alarm sounds before anybody has clicked
});

/** Asked for by the console: full screen, copying a text, and the microphone for announcements. */
const PERMITTED = new Set(['fullscreen', 'clipboard-sanitized-write', 'media', 'speaker-selection']);

/** Whether a permission is given. The camera never is: the park's cameras are not the workstation's. */
export function permitted(permission: string, origin: string, mediaTypes: readonly string[] = []): boolean {
  if (!isConsole(origin) || !PERMITTED.has(permission)) return false;
  return permission !== 'media' || (mediaTypes.length > 0 && mediaTypes.every((type) => type === 'audio'));
}

/** Whether an address is the console's. */
export function isConsole(address: string): boolean {
  const url = URL.parse(address);
  // The origin of an address with a scheme of one's own is "null" outside Chromium, so protocol and host are compared.
  return url !== null && url.protocol === `${SCHEME}:` && url.host === 'console';
}

/** Whether a request may leave a window: the console's files, what it made itself, and sockets on loopback. */
export function mayRequest(address: string): boolean {
  const url = URL.parse(address);
  if (!url) return false;
  if (url.protocol === 'ws:') return url.hostname === '127.0.0.1';
  return isConsole(address) || ['blob:', 'data:', 'devtools:'].includes(url.protocol);
}

/** The parts of Electron's `WebContents` that are locked down. */
export interface LockableContents {
  setWindowOpenHandler(handler: () => { action: 'deny' }): void;
  on(event: 'will-navigate' | 'will-redirect', listener: (event: PreventableNavigation) => void): unknown;
  on(event: 'will-attach-webview', listener: (event: { preventDefault(): void }) => void): unknown;
}
export interface PreventableNavigation {
  readonly url: string;
  preventDefault(): void;
}

/** Denies new windows, web views, and every way out of the console. */
export function lockContents(contents: LockableContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-attach-webview', (event) => event.preventDefault());
  const stay = (event: PreventableNavigation): void => {
    if (!isConsole(event.url)) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-redirect', stay);
}

/** The parts of Electron's `Session` that are locked down. */
export interface LockableSession {
  setPermissionRequestHandler(
    handler: (
      contents: unknown,
      permission: string,
      callback: (granted: boolean) => void,
      details: { requestingUrl?: string; mediaTypes?: string[] },
    ) => void,
  ): void;
  setPermissionCheckHandler(
    handler: (
      contents: unknown,
      permission: string,
      origin: string,
      details: { mediaType?: string },
    ) => boolean,
  ): void;
  setDevicePermissionHandler(handler: () => boolean): void;
  webRequest: {
    onBeforeRequest(
      listener: (details: { url: string }, callback: (response: { cancel: boolean }) => void) => void,
    ): void;
  };
}

/** Denies permissions but the few above, devices altogether, and requests to anywhere but the console and loopback. */
export function lockSession(session: LockableSession): void {
  session.setPermissionRequestHandler((_contents, permission, callback, details) =>
    callback(permitted(permission, details.requestingUrl ?? '', details.mediaTypes)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin, details) =>
    permitted(permission, origin, details.mediaType ? [details.mediaType] : []),
  );
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((details, callback) => callback({ cancel: !mayRequest(details.url) }));
}

/** The parts of an IPC event that say who sent it. */
export interface IpcSender {
  senderFrame: { url: string; parent: unknown } | null;
}

/** Whether a message comes from the console's own page and not from a frame inside it or a page that is gone. */
export const isTrustedSender = ({ senderFrame }: IpcSender): boolean =>
  senderFrame !== null && senderFrame.parent === null && isConsole(senderFrame.url);
