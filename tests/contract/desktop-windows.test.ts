import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseOptions } from '#hosts/launch/options.mjs';
import { desktopOptions, desktopPaths } from '#hosts/desktop/options.ts';
import type { Monitor, Place, Rectangle } from '#hosts/desktop/placement.ts';
import { keepAwake } from '#hosts/desktop/power.ts';
import { isRoute, readWindows, writeWindows, type RememberedWindow } from '#hosts/desktop/window-memory.ts';
import { consoleWindows, type ConsoleWindow } from '#hosts/desktop/windows.ts';
import { fakeClock } from '#tests/fixtures/fake-clock.ts';

const monitor = (id: number, x: number): Monitor => ({
  id,
  workArea: { x, y: 0, width: 1920, height: 1040 },
});

/** A window that is only what was done to it. */
class Window implements ConsoleWindow {
  readonly id = 1;
  url = '';
  bounds: Rectangle;
  maximized: boolean;
  kiosk = false;
  minimized = false;
  focused = 0;
  gone = false;
  readonly webContents = { getURL: () => this.url };
  readonly #listeners = new Map<string, ((event: { preventDefault(): void }) => void)[]>();
  constructor({ bounds, maximized }: Place) {
    this.bounds = bounds;
    this.maximized = maximized;
  }
  loadURL(url: string): Promise<void> {
    this.url = url;
    return Promise.resolve();
  }
  getNormalBounds = (): Rectangle => this.bounds;
  setBounds(bounds: Rectangle): void {
    this.bounds = bounds;
    this.emit('move');
  }
  isMaximized = (): boolean => this.maximized;
  maximize = (): void => void (this.maximized = true);
  unmaximize = (): void => void (this.maximized = false);
  isMinimized = (): boolean => this.minimized;
  restore = (): void => void (this.minimized = false);
  focus = (): void => void (this.focused += 1);
  isKiosk = (): boolean => this.kiosk;
  setKiosk = (on: boolean): void => void (this.kiosk = on);
  isDestroyed = (): boolean => this.gone;
  on(event: string, listener: (event: { preventDefault(): void }) => void): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }
  emit(event: string): boolean {
    let prevented = false;
    for (const listener of this.#listeners.get(event) ?? [])
      listener({ preventDefault: () => (prevented = true) });
    return prevented;
  }
  /** As a person closes it. */
  close(): void {
    if (this.emit('close')) return;
    this.gone = true;
    this.emit('closed');
  }
}

function setUp(options: { kiosk?: boolean; remembered?: RememberedWindow[] } = {}) {
  const monitors = [monitor(1, 0), monitor(2, 1920)];
  const clock = fakeClock();
  const saves: RememberedWindow[][] = [];
  const changed: (() => void)[] = [];
  const screen = {
    getAllDisplays: () => monitors,
    getPrimaryDisplay: () => monitors[0]!,
    getDisplayMatching: ({ x }: Rectangle) => monitors.findLast((one) => x >= one.workArea.x) ?? monitors[0]!,
    on: (_event: string, listener: () => void) => changed.push(listener),
  };
  const windows = consoleWindows<Window>({
    create: (place) => new Window(place),
    screen,
    clock,
    kiosk: options.kiosk ?? false,
    remembered: options.remembered ?? [],
    save: (open) => saves.push(open),
  });
  return { monitors, clock, saves, windows, changeMonitors: () => changed.forEach((listener) => listener()) };
}

describe('windows of the console', () => {
  it('begin with one, and put the next on the monitor that has none', () => {
    const { windows } = setUp();
    windows.openRemembered();
    const second = windows.open('/video');
    expect(windows.all().map((window) => window.bounds.x)).toEqual([0, 1920]);
    expect(second.url).toBe('guardroom://console/#/video');
  });

  it('open again as they were left', async () => {
    const { windows, clock, saves } = setUp();
    windows.openRemembered();
    windows.open('/video').setBounds({ x: 2000, y: 40, width: 1400, height: 900 });
    await clock.advance(500);
    expect(saves).toHaveLength(1);
    const again = setUp({ remembered: saves[0] });
    again.windows.openRemembered();
    expect(again.windows.all().map(({ url, bounds }) => [url, bounds.x])).toEqual([
      ['guardroom://console/#/', 0],
      ['guardroom://console/#/video', 2000],
    ]);
  });

  it('come back when their monitor is unplugged', () => {
    const { windows, monitors, changeMonitors } = setUp();
    windows.openRemembered();
    const second = windows.open('/video');
    monitors.pop();
    changeMonitors();
    expect(second.bounds).toEqual(monitors[0]?.workArea);
    expect(second.maximized).toBe(true);
  });

  it('forget one that is closed, but not the last, and none when the program ends', async () => {
    const { windows, clock, saves } = setUp();
    windows.openRemembered();
    const second = windows.open('/video');
    second.close();
    await clock.advance(500);
    expect(saves.at(-1)).toHaveLength(1);
    windows.open('/alarms');
    windows.prepareToQuit();
    windows.all().forEach((window) => window.close());
    await clock.advance(500);
    expect(saves.at(-1)).toHaveLength(2);
    const alone = setUp();
    alone.windows.openRemembered();
    alone.windows.all()[0]?.close();
    await alone.clock.advance(500);
    expect(alone.saves.at(-1)).toHaveLength(1);
  });

  it('do not close in kiosk mode until the program ends', () => {
    const { windows } = setUp({ kiosk: true });
    windows.openRemembered();
    const [window] = windows.all();
    window?.close();
    expect(window?.gone).toBe(false);
    windows.prepareToQuit();
    window?.close();
    expect(window?.gone).toBe(true);
  });

  it('come to the front when the program is started again', () => {
    const { windows } = setUp();
    windows.openRemembered();
    const [window] = windows.all();
    window!.minimized = true;
    windows.focus();
    expect([window?.minimized, window?.focused]).toEqual([false, 1]);
  });
});

describe('memory of the windows', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guardroom-windows-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'desktop', 'windows.json');

  it('keeps what it was given', () => {
    const place = { bounds: { x: -5, y: 0, width: 1200, height: 800 }, monitorId: 2, maximized: false };
    writeWindows(file, [{ route: '/video?wall=4', place }]);
    expect(readWindows(file)).toEqual([{ route: '/video?wall=4', place }]);
  });

  it.each(['', '{', '[{"route":"https://example.org"}]', '[{"route":"/","place":{"bounds":{"x":1e9}}}]'])(
    'counts as empty when it holds %j',
    (text) => {
      writeFileSync(file, text);
      expect(readWindows(file)).toEqual([]);
    },
  );

  it('takes addresses within the console only', () => {
    expect(isRoute('/records?text=%E5%85%A5%E4%BE%B5')).toBe(true);
    for (const bad of ['video', '', '/"', 'javascript:1', undefined]) expect(isRoute(bad)).toBe(false);
  });
});

describe('options of the desktop host', () => {
  it('are found behind the app’s path, and past Chromium’s own switches', () => {
    const at = { packaged: false, appPath: join(tmpdir(), 'app') };
    const argv = [
      'electron',
      '--inspect=0',
      join(tmpdir(), 'app'),
      '--kiosk',
      '--no-sandbox',
      '--log-level',
      'debug',
    ];
    expect(desktopOptions(argv, at)).toMatchObject({ kiosk: true, logLevel: 'debug' });
    expect(desktopOptions(['guardroom.exe', '--kiosk'], { ...at, packaged: true })).toMatchObject({
      kiosk: true,
    });
    expect(() => desktopOptions(['guardroom.exe', '--kiosc'], { ...at, packaged: true })).toThrow('--kiosc');
  });

  it('keep everything of one guard room in one folder', () => {
    const at = {
      packaged: true,
      appPath: '/a/app.asar',
      resourcesPath: '/a',
      userData: '/u',
      version: '1.0.0',
    };
    const paths = desktopPaths(parseOptions([]), at);
    const posix = (path: string): string => path.replaceAll('\\', '/').replace(/^[A-Z]:/, '');
    expect(posix(paths.station.dataDir)).toBe('/u');
    expect(posix(paths.userData)).toBe('/u/desktop');
    expect(posix(paths.station.siteFile)).toBe('/a/guardroom/demo/site.yaml');
  });
});

describe('power', () => {
  it('keeps the monitor on, also after a sleep that dropped the wish', () => {
    const held = new Set<number>();
    let id = 0;
    const wake: (() => void)[] = [];
    const stop = keepAwake(
      {
        start: () => (held.add((id += 1)), id),
        stop: (one) => held.delete(one),
        isStarted: (one) => held.has(one),
      },
      { on: (_event, listener) => wake.push(listener) },
    );
    expect(held.size).toBe(1);
    wake[0]?.();
    expect(held.size).toBe(1);
    held.clear();
    wake[0]?.();
    expect(held.size).toBe(1);
    stop();
    expect(held.size).toBe(0);
  });
});
