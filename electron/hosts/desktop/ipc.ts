import { CHANNEL } from './lines.ts';
import { isTrustedSender, type IpcSender } from './security.ts';
import { isRoute } from './window-memory.ts';

/** An IPC event, as much of it as is looked at. */
export interface ConsoleEvent extends IpcSender {
  sender: { id: number };
}
/** The parts of Electron's `ipcMain` that are used. */
export interface IpcMainLike {
  on(channel: string, listener: (event: ConsoleEvent) => void): unknown;
  handle(channel: string, listener: (event: ConsoleEvent, argument: unknown) => void): void;
}

/** What a console may ask its host for; `id` is the asking page's. */
export interface ConsoleRequests {
  wantPort(id: number): void;
  openWindow(route: string): void;
  setKiosk(id: number, on: boolean): void;
}

/** Listens to the preload. A message from anything but the console's own page, or of another shape, is refused. */
export function listenToConsole(ipc: IpcMainLike, requests: ConsoleRequests): void {
  ipc.on(CHANNEL.wantPort, (event) => {
    if (isTrustedSender(event)) requests.wantPort(event.sender.id);
  });
  ipc.handle(CHANNEL.openWindow, (event, route) => {
    if (!isTrustedSender(event)) throw new Error('forbidden');
    if (!isRoute(route)) throw new Error('invalid_route');
    requests.openWindow(route);
  });
  ipc.handle(CHANNEL.setKiosk, (event, on) => {
    if (!isTrustedSender(event)) throw new Error('forbidden');
    if (typeof on !== 'boolean') throw new Error('invalid_kiosk');
    requests.setKiosk(event.sender.id, on);
  });
}
