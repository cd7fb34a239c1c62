import { join, resolve } from 'node:path';
import { parseOptions, stationOverrides, type LaunchOptions } from '#hosts/launch/options.mjs';

/** What the station's process is started with, as JSON in its first argument. */
export interface StationArguments {
  dataDir: string;
  siteFile: string;
  resourcesDir: string;
  version: string;
  logLevel: LaunchOptions['logLevel'];
  overrides: ReturnType<typeof stationOverrides>;
  restoreLastBackup: boolean;
}

/** Switches that Chromium, Electron and their test drivers read; they are not ours to judge. */
const FOREIGN =
  /^--(?:inspect(?:-brk)?|remote-debugging-(?:port|pipe)|no-sandbox|disable-[a-z-]+|enable-[a-z-]+|use-[a-z-]+|ozone-[a-z-]+|original-process-start-time|allow-file-access-from-files)(?:=|$)/;

/**
 * The program's own options: everything behind the app's path when started with `electron .`, everything behind the
 * program's name when packaged.
 * @throws {OptionError}
 */
export function desktopOptions(
  argv: readonly string[],
  { packaged, appPath }: { packaged: boolean; appPath: string },
): LaunchOptions {
  const app = packaged ? 0 : argv.findIndex((arg, index) => index > 0 && resolve(arg) === resolve(appPath));
  return parseOptions(argv.slice(app + 1).filter((arg) => !FOREIGN.test(arg)));
}

/** Where everything is, packaged (asar, resources beside it) and not. */
export function desktopPaths(
  options: LaunchOptions,
  at: { packaged: boolean; appPath: string; resourcesPath: string; userData: string; version: string },
) {
  const dataDir = resolve(options.data ?? (at.packaged ? at.userData : join(at.appPath, 'data')));
  const resourcesDir = at.packaged ? join(at.resourcesPath, 'guardroom') : join(at.appPath, 'resources');
  const station: StationArguments = {
    dataDir,
    siteFile: resolve(options.site ?? join(resourcesDir, 'demo', 'site.yaml')),
    resourcesDir,
    version: at.version,
    logLevel: options.logLevel,
    overrides: stationOverrides(options),
    restoreLastBackup: options.restoreLastBackup,
  };
  return {
    main: join(at.appPath, 'out', 'main'),
    preload: join(at.appPath, 'out', 'preload', 'console.cjs'),
    renderer: join(at.appPath, 'out', 'renderer'),
    /** Electron's own files; with the station's, so that one folder is one guard room and one instance. */
    userData: join(dataDir, 'desktop'),
    windows: join(dataDir, 'desktop', 'windows.json'),
    station,
  };
}
