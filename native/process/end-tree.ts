import { spawn } from 'node:child_process';

/** Asks a process group to end (POSIX only; Windows has no such request for console programs). */
export function askTreeToEnd(pid: number): void {
  if (process.platform !== 'win32') signalGroup(pid, 'SIGTERM');
}

/** Ends a process and everything that it started, at once. Resolves when the order has been given. */
export async function endTree(pid: number): Promise<void> {
  if (process.platform !== 'win32') {
    signalGroup(pid, 'SIGKILL');
    return;
  }
  await new Promise<void>((resolve) => {
    const killer = spawn('taskkill', ['/PID', String(pid), '/T', '/F'], {
      windowsHide: true,
      stdio: 'ignore',
    });
    killer.once('error', () => resolve());
    killer.once('exit', () => resolve());
  });
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: the group has ended. EPERM (macOS, zombies only) means the same. Anything else is a defect of ours.
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
