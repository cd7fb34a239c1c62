import type { StationReport } from '#contract/bridge.ts';
import type { StationProcess } from './station-process.ts';

/** IPC channels of the preload. Nothing else is listened to. */
export const CHANNEL = {
  wantPort: 'console:want-port',
  openWindow: 'console:open-window',
  setKiosk: 'console:set-kiosk',
  port: 'station:port',
  report: 'station:report',
} as const;

/** The parts of Electron's `WebContents` that carry a line. */
export interface LineEnd<Port> {
  readonly id: number;
  postMessage(channel: string, message: unknown, transfer?: Port[]): void;
  isDestroyed(): boolean;
}

export interface StationLines<Port> {
  /** A window wants a line to the station: it gets one now, or as soon as the station works. */
  want(contents: LineEnd<Port>): void;
  /** The station works, for the first time or again. */
  ready(): void;
}

/**
 * Hands out lines between windows and the station: each is one channel, an end to each side.
 * @param makeChannel Electron's `MessageChannelMain`
 */
export function stationLines<Port>(
  station: Pick<StationProcess<Port>, 'connect' | 'report'>,
  makeChannel: () => { port1: Port; port2: Port },
): StationLines<Port> {
  const waiting = new Map<number, LineEnd<Port>>();

  function want(contents: LineEnd<Port>): void {
    waiting.delete(contents.id);
    if (contents.isDestroyed()) return;
    if (station.report.state !== 'running') {
      waiting.set(contents.id, contents);
      return contents.postMessage(CHANNEL.report, station.report);
    }
    const { port1, port2 } = makeChannel();
    station.connect(port1);
    contents.postMessage(CHANNEL.port, null, [port2]);
  }

  return {
    want,
    ready: () => [...waiting.values()].forEach(want),
  };
}

/** Tells every window how the station's process is. */
export function tellWindows(windows: Iterable<LineEnd<never>>, report: StationReport): void {
  for (const contents of windows) if (!contents.isDestroyed()) contents.postMessage(CHANNEL.report, report);
}
