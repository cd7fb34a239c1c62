import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A program of the product, running as a child of the test. */
export interface HostProcess {
  child: ChildProcess;
  /** What it has printed so far. */
  output(): string;
  /** Resolves with its exit code; null after a signal. */
  ended: Promise<number | null>;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const SMALL_SITE = fileURLToPath(new URL('../fixtures/site-small.yaml', import.meta.url));

/** Starts a Node program with an IPC channel, as the launcher does. @param script path, from the project's root or absolute */
export function startNode(
  script: string,
  args: readonly string[],
  options: { cwd?: string; ipc?: boolean } = {},
): HostProcess {
  const { cwd = ROOT, ipc = true } = options;
  const child = spawn(process.execPath, [script, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
    env: { ...process.env, INIT_CWD: cwd },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (part: string) => (text += part));
  // Not `close`: it does not come after a disconnect of the IPC channel.
  const ended = Promise.all([
    once(child, 'exit'),
    ...[child.stdout, child.stderr].map((stream) => stream && once(stream, 'close')),
  ]).then(([[code]]) => code as number | null);
  return { child, output: () => text, ended };
}

export interface RunningHost extends HostProcess {
  url: string;
}

/**
 * Starts the web host on the small site and waits until it serves. Ports are free ones unless given.
 * @param options.built the built one, as people run it, instead of its source
 */
export async function startWebHost(
  dataDir: string,
  args: readonly string[] = [],
  options: { built?: boolean } = {},
): Promise<RunningHost> {
  const ports = ['--port', '--broker-port', '--rtsp-port'].flatMap((name) =>
    args.includes(name) ? [] : [name, '0'],
  );
  const site = args.includes('--site') ? [] : ['--site', SMALL_SITE];
  const script = options.built ? 'out/main/web.js' : 'electron/hosts/web/main.ts';
  const host = startNode(script, ['--data', dataDir, ...site, ...ports, ...args]);
  const url = await new Promise<string>((resolve, reject) => {
    host.child.on('message', (message: { type?: string; url?: string }) => {
      if (message.type === 'ready' && message.url) resolve(message.url);
    });
    void host.ended.then((code) => reject(new Error(`the web host ended with ${code}:\n${host.output()}`)));
  });
  return { ...host, url };
}

/** Process ids whose command line names `text` (Linux). Shows what a program has left behind. */
export function processesNaming(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false; // ended meanwhile
      }
    })
    .map(Number);
}
