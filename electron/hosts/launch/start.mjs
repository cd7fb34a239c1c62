// @ts-check
// `npm start`: from a clean clone to an open console. Runs on Node 20 with nothing installed.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { browserArguments, findBrowser, openBrowser } from './browser.mjs';
import { ensureBuilt } from './build.mjs';
import { endRunning, onStopSignal } from './child.mjs';
import { chooseHost, desktopObstacle, hasDisplay } from './choose.mjs';
import { electronBinary, electronVersion, fetchElectron } from './electron-binary.mjs';
import { ensureInstalled } from './install.mjs';
import { HELP, OptionError, hostArguments, parseOptions } from './options.mjs';
import { ROOT, node24 } from './paths.mjs';
import { endTree, exitCodeOf, killTree } from './tree.mjs';

/** @typedef {import('./options.mjs').LaunchOptions} LaunchOptions */
/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** The station's own shutdown deadline is shorter, so a kill only meets a host that hangs. */
const STOP_DEADLINE_MS = 20_000;

/** @param {string} line */
const log = (line) => console.log(`guardroom: ${line}`);
const rootOnLinux = process.platform === 'linux' && process.getuid?.() === 0;

/**
 * The host's process, as the leader of a group of its own so that the whole group can be ended.
 * @param {import('./options.mjs').HostName} host
 * @param {LaunchOptions} options
 */
function startHost(host, options) {
  const args = hostArguments(options);
  const [command, entry] =
    host === 'desktop'
      ? [/** @type {string} */ (electronBinary()), ROOT]
      : [node24(), join(ROOT, 'out', 'main', 'web.js')];
  return spawn(command, [entry, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: process.platform !== 'win32',
    windowsHide: false,
  });
}

/**
 * @param {LaunchOptions} options
 * @returns {Promise<{ host: import('./options.mjs').HostName, why: string }>}
 */
async function pickHost(options) {
  const facts = { display: hasDisplay(process.platform, process.env), rootOnLinux };
  let electron = electronBinary() !== null;
  if (!electron && options.host !== 'web' && !desktopObstacle(facts))
    electron = (await fetchElectron({ log, insist: options.host === 'desktop' })) !== null;
  const choice = chooseHost({ ...facts, electron, asked: options.host });
  if ('refused' in choice) throw new Error(choice.refused);
  return choice;
}

/**
 * @param {string} url
 * @param {LaunchOptions} options
 * @returns {{ browser: ChildProcess | null, where: string }}
 */
function showConsole(url, options) {
  if (!options.browser) return { browser: null, where: 'open it in a browser' };
  if (!hasDisplay(process.platform, process.env))
    return { browser: null, where: 'no display: open it in a browser' };
  const binary = findBrowser();
  if (!binary) return { browser: null, where: 'no Chromium, Chrome or Edge found: open it in a browser' };
  const profile = join(options.data ?? join(ROOT, 'data'), 'browser');
  const browser = openBrowser(binary, browserArguments({ url, profile, kiosk: options.kiosk, rootOnLinux }));
  browser.once('error', (error) => log(`the browser did not start (${error.message}); open ${url}`));
  return { browser, where: 'opened in its own window' };
}

/**
 * @param {LaunchOptions} options
 * @returns {Promise<number>} exit code
 */
async function main(options) {
  /** @type {ChildProcess | null} */
  let child = null;
  /** @type {ChildProcess | null} */
  let browser = null;
  const stopEarly = () => void endRunning().then(() => process.exit(130));
  onStopSignal(
    () => (child ? void endTree(child, STOP_DEADLINE_MS) : stopEarly()),
    () => (child ? void killTree(child) : stopEarly()),
  );

  await ensureInstalled({ log });
  await ensureBuilt({ log });
  const { host, why } = await pickHost(options);
  const running = startHost(host, options);
  child = running;
  running.on('message', (message) => {
    const ready = /** @type {{ type?: string, url?: string }} */ (message);
    if (ready.type !== 'ready') return;
    if (!ready.url) return log(`${host} host (${why}): console open, Electron ${electronVersion()}`);
    const shown = showConsole(ready.url, options);
    browser = shown.browser;
    log(`${host} host (${why}): ${ready.url} (${shown.where})`);
  });
  return new Promise((done) => {
    const finish = async (/** @type {number} */ code) => {
      await Promise.all([killTree(running), browser ? endTree(browser, 3_000) : null]);
      done(code);
    };
    running.once('error', (error) => {
      log(`the ${host} host did not start: ${error.message}`);
      void finish(1);
    });
    running.once('exit', (code, signal) => void finish(exitCodeOf(code, signal, constants.signals)));
  });
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    console.log(HELP);
  } else {
    // Paths are meant from where the command was typed; npm changes the directory to the project's.
    const from = process.env.INIT_CWD ?? process.cwd();
    const data = options.data === null ? null : resolve(from, options.data);
    const site = options.site === null ? null : resolve(from, options.site);
    process.exitCode = await main({ ...options, data, site });
  }
} catch (error) {
  console.error(`guardroom: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
