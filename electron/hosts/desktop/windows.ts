import type { Clock } from '#native/process/clock.ts';
import { placeWindow, type Monitor, type Place, type Rectangle } from './placement.ts';
import { CONSOLE_ORIGIN } from './protocol.ts';
import type { RememberedWindow } from './window-memory.ts';

/** The parts of Electron's `BrowserWindow` that are used. */
export interface ConsoleWindow {
  readonly id: number;
  readonly webContents: { getURL(): string };
  loadURL(url: string): Promise<void>;
  getNormalBounds(): Rectangle;
  setBounds(bounds: Rectangle): void;
  isMaximized(): boolean;
  maximize(): void;
  unmaximize(): void;
  isMinimized(): boolean;
  restore(): void;
  focus(): void;
  isKiosk(): boolean;
  setKiosk(on: boolean): void;
  isDestroyed(): boolean;
  on(event: 'close', listener: (event: { preventDefault(): void }) => void): unknown;
  on(event: 'closed' | 'move' | 'resize' | 'maximize' | 'unmaximize', listener: () => void): unknown;
}

/** The parts of Electron's `screen` that are used. */
export interface Screen {
  getAllDisplays(): Monitor[];
  getPrimaryDisplay(): Monitor;
  getDisplayMatching(bounds: Rectangle): Monitor;
  on(event: 'display-added' | 'display-removed' | 'display-metrics-changed', listener: () => void): unknown;
}

export interface ConsoleWindowsOptions<W extends ConsoleWindow> {
  create(place: Place): W;
  screen: Screen;
  clock: Clock;
  kiosk: boolean;
  remembered: RememberedWindow[];
  save(windows: RememberedWindow[]): void;
}

export interface ConsoleWindows<W extends ConsoleWindow> {
  /** Opens what was open last time, or one window. */
  openRemembered(): void;
  /** Opens one more, on a monitor without a console if there is one. */
  open(route: string): W;
  all(): W[];
  /** Brings the first window to the front: somebody has started the program again. */
  focus(): void;
  /** From now on windows may close, and their places stay remembered. */
  prepareToQuit(): void;
}

/** Moving a window sends many events; its place is written when they have stopped. */
const SAVE_AFTER_MS = 500;
const HOME = '/';
/** The console keeps its own addresses in the fragment. */
const addressOf = (route: string): string => `${CONSOLE_ORIGIN}/#${route}`;

/** The console's windows: opened where they were, brought back when their monitor goes, kept open in kiosk mode. */
export function consoleWindows<W extends ConsoleWindow>(
  options: ConsoleWindowsOptions<W>,
): ConsoleWindows<W> {
  const { screen, clock } = options;
  const windows = new Set<W>();
  let quitting = false;
  let saving: (() => void) | undefined;

  function monitors(): Monitor[] {
    const primary = screen.getPrimaryDisplay();
    return [primary, ...screen.getAllDisplays().filter((monitor) => monitor.id !== primary.id)];
  }
  const monitorOf = (window: W): number => screen.getDisplayMatching(window.getNormalBounds()).id;

  function describe(window: W): RememberedWindow {
    const { hash } = new URL(window.webContents.getURL() || addressOf(HOME));
    const bounds = window.getNormalBounds();
    const place = { bounds, monitorId: monitorOf(window), maximized: window.isMaximized() };
    return { route: hash.slice(1) || HOME, place };
  }

  function save(): void {
    saving?.();
    saving = undefined;
    if (windows.size > 0) options.save([...windows].map(describe));
  }
  function saveSoon(): void {
    saving?.();
    if (!quitting) saving = clock.after(SAVE_AFTER_MS, save);
  }

  function add(window: W, route: string): W {
    windows.add(window);
    for (const event of ['move', 'resize', 'maximize', 'unmaximize'] as const) window.on(event, saveSoon);
    window.on('close', (event) => {
      if (window.isKiosk() && !quitting) event.preventDefault();
      else if (!quitting && windows.size === 1) save(); // the last one: it opens there again
    });
    window.on('closed', () => {
      windows.delete(window);
      saveSoon();
    });
    if (options.kiosk) window.setKiosk(true);
    // A failed load is seen and repaired by the renderer's watch.
    window.loadURL(addressOf(route)).catch(() => undefined);
    return window;
  }

  function rearrange(): void {
    for (const window of windows) {
      const { place } = describe(window);
      const next = placeWindow(place, monitors());
      if (sameRectangle(next.bounds, place.bounds)) continue;
      if (place.maximized) window.unmaximize();
      window.setBounds(next.bounds);
      if (place.maximized) window.maximize();
    }
  }
  for (const event of ['display-added', 'display-removed', 'display-metrics-changed'] as const)
    screen.on(event, rearrange);

  const opened: ConsoleWindows<W> = {
    openRemembered() {
      for (const { route, place } of options.remembered)
        add(options.create(placeWindow(place, monitors())), route);
      if (windows.size === 0) opened.open(HOME);
    },
    open(route) {
      const place = placeWindow(null, monitors(), [...windows].map(monitorOf));
      return add(options.create(place), route);
    },
    all: () => [...windows],
    focus() {
      const [first] = windows;
      if (!first) return;
      if (first.isMinimized()) first.restore();
      first.focus();
    },
    prepareToQuit() {
      if (!quitting) save();
      quitting = true;
    },
  };
  return opened;
}

const sameRectangle = (a: Rectangle, b: Rectangle): boolean =>
  a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
