// @ts-check
// Ends a child with everything that it has started, on Windows and on Linux.
import { spawn } from 'node:child_process';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/**
 * Kills a child's whole tree at once. On Linux the child must have been started `detached`, as the leader of a process
 * group; members that outlived it are found by the group too. On Windows Node keeps its children in a job object that
 * ends with it, so what a host that has ended had started is gone already.
 * @param {ChildProcess} child
 * @returns {Promise<void>} resolves when the kill has been sent
 */
export function killTree(child) {
  const { pid } = child;
  if (pid === undefined) return Promise.resolve();
  if (process.platform === 'win32') {
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((done) => {
      const killer = spawn('taskkill', ['/pid', String(pid), '/T', '/F'], {
        stdio: 'ignore',
        windowsHide: true,
      });
      killer.once('error', () => done());
      killer.once('exit', () => done());
    });
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: the group is empty, which is what we want
  }
  return Promise.resolve();
}

/**
 * Asks a child to end and waits for it, then kills what is left of its tree.
 * @param {ChildProcess} child started with an IPC channel, or understanding SIGTERM
 * @param {number} deadlineMs how long a clean end may take
 * @returns {Promise<void>} resolves when the child has ended
 */
export async function endTree(child, deadlineMs) {
  if (child.pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((done) => child.once('exit', done));
    // Windows has no SIGTERM: there the request goes over the IPC channel.
    if (process.platform === 'win32' && child.connected) child.send({ type: 'stop' }, () => {});
    else child.kill('SIGTERM');
    const timer = setTimeout(() => void killTree(child), deadlineMs);
    await ended;
    clearTimeout(timer);
  }
  await killTree(child);
}

/**
 * The exit code that stands for how a child ended.
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 * @param {Record<string, number>} signals numbers by name (os.constants.signals)
 */
export function exitCodeOf(code, signal, signals) {
  if (code !== null) return code;
  return 128 + (signal ? (signals[signal] ?? 0) : 0);
}
