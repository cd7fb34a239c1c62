import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { askTreeToEnd, endTree } from './end-tree.ts';
import { ProcessError } from './errors.ts';
import { findExecutable, requireExecutable } from './find-executable.ts';
import { textTail } from './tail.ts';

/** How much of stderr is kept for errors. */
const STDERR_TAIL_BYTES = 8_192;
/** After the process is gone its pipes may be held open by an orphan; what it printed is waited for no longer. */
const DRAIN_MS = 500;
const DEFAULT_GRACE_MS = 2_000;

export interface ChildOptions {
  /** Names the child in errors; no secret. */
  label: string;
  /** A path, or a name that is looked up on PATH. */
  command: string;
  args: readonly string[];
  /** Added to the environment of this process. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  stdin?: 'pipe' | 'ignore';
  stdout?: 'pipe' | 'ignore';
  /** Masked in everything kept from stderr. */
  secrets?: readonly string[];
  /** Written to stdin as the polite request to end (ffmpeg: 'q'); needs stdin 'pipe'. The only one on Windows. */
  quit?: string;
  onStderrLine?: (line: string) => void;
}

export interface ChildExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Child {
  readonly pid: number;
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  /** The last lines of stderr, at most 8 KiB, secrets masked. */
  stderrTail(): string;
  /** Settles once the process has ended and its output has been read; never rejects. */
  readonly exited: Promise<ChildExit>;
  /** Ends the child and all that it started: politely first, by force after `graceMs` (2 s). Any number of calls. */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Starts a child process in a tree of its own that ends with this process even if this one is killed (a job object
 * on Windows; `setpriv --pdeathsig` on Linux where util-linux has it).
 * @throws ProcessError command_not_found | not_executable | spawn_failed, before anything runs.
 */
export function startChild(options: ChildOptions): Child {
  const env = { ...process.env, ...options.env };
  const command = requireExecutable(options.label, options.command, env);
  const [file, args] = endingWithParent(command, options.args);
  const child = launch(options, file, args, {
    env,
    cwd: options.cwd,
    // A group of its own on POSIX, so that the whole tree can be signalled; on Windows detaching would leave libuv's job.
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: [options.stdin ?? 'ignore', options.stdout ?? 'ignore', 'pipe'],
  });
  const pid = child.pid as number;
  const tail = textTail(STDERR_TAIL_BYTES, options.secrets ?? [], options.onStderrLine);
  child.stderr?.on('data', (chunk: Buffer) => tail.push(chunk));
  // A child that ends while we write shows as its exit, not as a broken pipe.
  child.stdin?.on('error', () => undefined);
  const exited = exitOf(child);

  let stopping: Promise<void> | undefined;
  async function end(graceMs: number): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) {
      if (options.quit !== undefined && child.stdin?.writable) child.stdin.end(options.quit);
      askTreeToEnd(pid);
      const polite = process.platform !== 'win32' || options.quit !== undefined;
      if (!polite || !(await settlesWithin(exited, graceMs))) await endTree(pid);
    }
    // The leader may be gone while something that it started lives on in its group.
    if (process.platform !== 'win32') await endTree(pid);
    await exited;
  }

  return {
    pid,
    stdin: child.stdin,
    stdout: child.stdout,
    stderrTail: () => tail.text(),
    exited,
    stop: (graceMs = DEFAULT_GRACE_MS) => (stopping ??= end(graceMs)),
  };
}

let setpriv: string | null | undefined;

/** On Linux, `setpriv` replaces itself by the command after asking the kernel to end it with its parent. */
function endingWithParent(command: string, args: readonly string[]): [string, readonly string[]] {
  if (process.platform !== 'linux') return [command, args];
  setpriv ??= findExecutable('setpriv') ?? null;
  return setpriv ? [setpriv, ['--pdeathsig', 'KILL', '--', command, ...args]] : [command, args];
}

function launch(
  options: ChildOptions,
  file: string,
  args: readonly string[],
  spawnOptions: SpawnOptions,
): ChildProcess {
  let child: ChildProcess;
  try {
    child = spawn(file, args, spawnOptions);
  } catch (error) {
    throw spawnFailed(options, error);
  }
  // Without this listener a failed spawn would end the process; with a pid there is nothing left to fail but a kill.
  child.on('error', () => undefined);
  if (child.pid === undefined) throw spawnFailed(options, undefined);
  return child;
}

function spawnFailed(options: ChildOptions, error: unknown): ProcessError {
  const cause = (error as NodeJS.ErrnoException | undefined)?.code ?? 'unknown';
  return new ProcessError('spawn_failed', { label: options.label, command: options.command, cause });
}

function exitOf(child: ChildProcess): Promise<ChildExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      const drained = setTimeout(() => resolve({ code, signal }), DRAIN_MS);
      child.once('close', () => {
        clearTimeout(drained);
        resolve({ code, signal });
      });
    });
  });
}

async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
