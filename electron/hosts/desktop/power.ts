/** The parts of Electron's `powerSaveBlocker` that are used. */
export interface SaveBlocker {
  start(type: 'prevent-display-sleep'): number;
  stop(id: number): void;
  isStarted(id: number): boolean;
}
/** The parts of Electron's `powerMonitor` that are used. */
export interface PowerMonitor {
  on(event: 'resume' | 'unlock-screen', listener: () => void): unknown;
}

/** Keeps the monitor on, also after the machine was sent to sleep by hand. @returns lets it sleep again */
export function keepAwake(blocker: SaveBlocker, monitor: PowerMonitor): () => void {
  let id = blocker.start('prevent-display-sleep');
  const again = (): void => {
    if (!blocker.isStarted(id)) id = blocker.start('prevent-display-sleep');
  };
  monitor.on('resume', again);
  monitor.on('unlock-screen', again);
  return () => blocker.stop(id);
}
