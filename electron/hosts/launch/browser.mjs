// @ts-check
// Opens the console of the web host in a Chromium browser as an application window.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const LINUX = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
const WINDOWS = [
  ['Google', 'Chrome', 'Application', 'chrome.exe'],
  ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
  ['Chromium', 'Application', 'chrome.exe'],
];
const MAC = ['Google Chrome', 'Chromium', 'Microsoft Edge'];

/**
 * Where a Chromium browser may be on this platform, best first.
 * @param {NodeJS.Platform} platform
 * @param {Record<string, string | undefined>} env
 * @returns {string[]}
 */
export function browserCandidates(platform, env) {
  if (platform === 'win32') {
    const roots = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA];
    return WINDOWS.flatMap((parts) => roots.flatMap((root) => (root ? [join(root, ...parts)] : [])));
  }
  if (platform === 'darwin') return MAC.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return LINUX.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/**
 * @param {NodeJS.Platform} [platform]
 * @param {Record<string, string | undefined>} [env]
 * @returns {string | null} path of the browser that is used
 */
export function findBrowser(platform = process.platform, env = process.env) {
  return browserCandidates(platform, env).find((path) => existsSync(path)) ?? null;
}

/**
 * The browser's command line. A profile of its own makes it a process of its own, which ends with the station.
 * @param {{ url: string, profile: string, kiosk: boolean, rootOnLinux: boolean }} options
 * @returns {string[]}
 */
export function browserArguments({ url, profile, kiosk, rootOnLinux }) {
  return [
    `--app=${url}`,
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking', // nothing is fetched from outside
    '--disable-component-update',
    '--disable-features=Translate,MediaRouter,OptimizationHints',
    '--autoplay-policy=no-user-gesture-required', // an alarm sounds before anybody has clicked
    '--disable-background-timer-throttling', // a hidden console stays live
    '--disable-renderer-backgrounding',
    ...(kiosk ? ['--kiosk'] : ['--start-maximized']),
    ...(rootOnLinux ? ['--no-sandbox', '--test-type'] : []), // Chromium does not start for root otherwise
  ];
}

/**
 * @param {string} binary
 * @param {string[]} args
 * @returns {import('node:child_process').ChildProcess}
 */
export function openBrowser(binary, args) {
  return spawn(binary, args, { stdio: 'ignore', detached: process.platform !== 'win32', windowsHide: false });
}
