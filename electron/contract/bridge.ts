/**
 * How the console reaches its station in the desktop host, where there is no socket: it posts `WANT_PORT` to its own
 * window, and the preload answers, as soon as the station works, with a `message` event whose `data` is `HAVE_PORT` and
 * whose `ports[0]` is the line. The line closes when the station's process ends; the console then asks again.
 */
export const WANT_PORT = 'guardroom:want-port';
export const HAVE_PORT = 'guardroom:port';

/** What else the desktop host offers, as `window.guardroom`; absent in a browser. Announced as `hello.capabilities`. */
export interface HostBridge {
  /** Opens another console window, on the next monitor that has none. `route`: path within the console, e.g. `/video`. */
  openWindow(route: string): Promise<void>;
  /** Full screen without a way out (true), or back to a window. */
  setKiosk(on: boolean): Promise<void>;
}

/** Message that says how the station's process is, sent to the window whenever that changes. */
export const STATION_REPORT = 'guardroom:station-report';

/** The station's process, as the host sees it. The console words `failed` as `host.station.<reason>`. */
export interface StationReport {
  type: typeof STATION_REPORT;
  state: 'starting' | 'running' | 'failed';
  /** Why it ended or refused to start: a code. */
  reason?: string;
  /** UTC milliseconds of the next try. */
  retryAtMs?: number;
}
