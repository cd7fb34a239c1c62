/** The parts of Electron's `app` that are used. */
export interface QuittingApp {
  on(event: 'before-quit', listener: (event: { preventDefault(): void }) => void): unknown;
  on(event: 'window-all-closed', listener: () => void): unknown;
  exit(code: number): void;
  quit(): void;
}

/**
 * Ends in good order: the first request to quit is held back until the station has closed its database.
 * @param stop ends the station; has a deadline of its own
 * @param prepare called at once, before anything is ended
 */
export function quitCleanly(app: QuittingApp, prepare: () => void, stop: () => Promise<void>): void {
  let stopping: Promise<void> | undefined;
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (stopping) return;
    prepare();
    stopping = stop().then(
      () => app.exit(0),
      () => app.exit(1),
    );
  });
  app.on('window-all-closed', () => app.quit());
}
