// @ts-check
// The launcher's and the test runner's helper programs (npm, the build, apt-get): one at a time or several, all ended
// when the launcher is told to stop.
import { spawn } from 'node:child_process';
import { killTree } from './tree.mjs';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean, shell?: boolean, timeoutMs?: number }} [options]
 *   quiet: its output is thrown away
 * @returns {Promise<number | null>} exit code; null when it could not be started or was killed
 */
export function run(command, args, { cwd, env, quiet = false, shell = false, timeoutMs } = {}) {
  return new Promise((done) => {
    const child = spawn(command, [...args], {
      cwd,
      env,
      shell,
      stdio: quiet ? 'ignore' : ['ignore', 'inherit', 'inherit'],
      detached: process.platform !== 'win32', // a group of its own, which can be killed as a whole
      windowsHide: true,
    });
    running.add(child);
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => void killTree(child), timeoutMs);
    const end = (/** @type {number | null} */ code) => {
      clearTimeout(timer);
      running.delete(child);
      done(code);
    };
    child.once('error', () => end(null));
    child.once('exit', (code) => end(code));
  });
}

/** Kills what run() has started and not seen end. */
export async function endRunning() {
  await Promise.all([...running].map((child) => killTree(child)));
}

/** How often a program that npm has started looks whether npm is still there. */
const LOOK_MS = 500;

/**
 * Runs `stop` at the first request to end this process, and `force` at the next. Also when the npm that started it is
 * gone: a signal to npm ends npm and its shell, but does not reach us.
 * @param {() => void} stop
 * @param {() => void} force
 */
export function onStopSignal(stop, force) {
  let asked = false;
  const ask = () => {
    if (asked) return force();
    asked = true;
    stop();
  };
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK']))
    process.on(signal, ask);
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent && alive(parent)) return;
    clearInterval(look);
    if (!asked) ask();
  }, LOOK_MS);
  look.unref();
}

/** @param {number} pid */
function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'; // there, but not ours
  }
}
