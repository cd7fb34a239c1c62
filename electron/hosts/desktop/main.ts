import { join } from 'node:path';
import {
  BrowserWindow,
  Menu,
  MessageChannelMain,
  app,
  crashReporter,
  ipcMain,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  screen,
  session,
  utilityProcess,
  type MessagePortMain,
} from 'electron';
import { OptionError } from '#hosts/launch/options.mjs';
import { systemClock } from '#native/process/clock.ts';
import { listenToConsole } from './ipc.ts';
import { stationLines, tellWindows } from './lines.ts';
import { desktopOptions, desktopPaths } from './options.ts';
import type { Place } from './placement.ts';
import { keepAwake } from './power.ts';
import { SCHEME, consoleFiles, consoleScheme } from './protocol.ts';
import { quitCleanly } from './quit.ts';
import { watchRenderer } from './renderer-watch.ts';
import { lockContents, lockSession, webPreferences } from './security.ts';
import { superviseStation, type StationProcess } from './station-process.ts';
import { readWindows, writeWindows } from './window-memory.ts';
import { consoleWindows } from './windows.ts';

/** The station's own deadline is 10 s; after this it is killed. */
const STOP_DEADLINE_MS = 15_000;
const clock = systemClock();
const log = (event: string, details: object = {}): boolean =>
  process.stderr.write(
    `${JSON.stringify({ at: new Date().toISOString(), host: 'desktop', event, ...details })}\n`,
  );

function start(): void {
  const options = desktopOptions(process.argv, { packaged: app.isPackaged, appPath: app.getAppPath() });
  const paths = desktopPaths(options, {
    packaged: app.isPackaged,
    appPath: app.getAppPath(),
    resourcesPath: process.resourcesPath,
    userData: app.getPath('userData'),
    version: app.getVersion(),
  });
  app.setPath('userData', paths.userData);
  app.setAppUserModelId('cn.guardroom.console');
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged([consoleScheme]);
  crashReporter.start({ uploadToServer: false }); // dumps stay on this machine
  if (!app.requestSingleInstanceLock()) return app.exit(0);

  const station: StationProcess<MessagePortMain> = superviseStation({
    fork: () =>
      utilityProcess.fork(join(paths.main, 'station.js'), [JSON.stringify(paths.station)], {
        serviceName: 'Guardroom station',
        stdio: 'inherit',
      }),
    clock,
    stopDeadlineMs: STOP_DEADLINE_MS,
    onReport(report) {
      log('station', report);
      tellWindows(
        windows.all().map((window) => window.webContents),
        report,
      );
    },
    onReady: () => lines.ready(),
  });
  const lines = stationLines(station, () => new MessageChannelMain());
  const pageOf = (id: number) => windows.all().find((window) => window.webContents.id === id);

  const createWindow = ({ bounds, maximized }: Place): BrowserWindow => {
    const window = new BrowserWindow({
      ...bounds,
      show: false,
      backgroundColor: '#0e1113', // no white flash in a dark room
      autoHideMenuBar: true,
      webPreferences: webPreferences(paths.preload),
    });
    window.once('ready-to-show', () => (maximized ? window.maximize() : window.show()));
    watchRenderer({
      contents: window.webContents,
      reload: () => window.webContents.reload(),
      clock,
      onTrouble: (trouble, reason) => log('console', { trouble, reason }),
    });
    return window;
  };
  const windows = consoleWindows<BrowserWindow>({
    create: createWindow,
    screen,
    clock,
    kiosk: options.kiosk,
    remembered: readWindows(paths.windows),
    save: (open) => writeWindows(paths.windows, open),
  });

  app.on('web-contents-created', (_event, contents) => lockContents(contents));
  app.on('second-instance', () => windows.focus());
  quitCleanly(
    app,
    () => windows.prepareToQuit(),
    () => station.stop(),
  );
  listenToConsole(ipcMain, {
    wantPort(id) {
      const page = pageOf(id);
      if (page) lines.want(page.webContents);
    },
    openWindow: (route) => void windows.open(route),
    setKiosk: (id, on) => pageOf(id)?.setKiosk(on),
  });
  followLauncher();

  void app.whenReady().then(() => {
    Menu.setApplicationMenu(null);
    lockSession(session.defaultSession);
    protocol.handle(SCHEME, consoleFiles(paths.renderer));
    keepAwake(powerSaveBlocker, powerMonitor);
    station.start();
    windows.openRemembered();
    process.send?.({ type: 'ready' });
  });
}

/** The launcher of `npm start` asks for the end over IPC where there are no signals; without it nobody else would. */
function followLauncher(): void {
  process.on('message', (message: { type?: string }) => {
    if (message.type === 'stop') app.quit();
  });
  process.on('disconnect', () => app.quit());
}

try {
  start();
} catch (error) {
  log('refused', { reason: error instanceof Error ? error.message : String(error) });
  app.exit(error instanceof OptionError ? 2 : 1);
}
