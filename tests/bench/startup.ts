/** Start of the web host, from the process's birth to the first answer of `/healthz`, and what it then needs in memory. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '#tests/peers/mosquitto.ts';
import { SMALL_SITE } from '#tests/peers/web-host.ts';
import { ROOT } from '../../electron/hosts/launch/paths.mjs';
import type { BenchRow } from './report.ts';

const HOST = join(ROOT, 'out', 'main', 'web.js');
const DEMO_SITE = join(ROOT, 'resources', 'demo', 'site.yaml');
const ROUNDS = 5;
/** A guard waits at the window: three seconds are the project's target. */
const TARGET_MS = 3000;
/** What is loaded lazily after the start is there by then. */
const SETTLE_MS = 5000;
/** The least that answers the same request. */
const BARE = `require('node:http').createServer((_, r) => r.end('ok')).listen(+process.argv[1], '127.0.0.1')`;

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

interface Started {
  child: ChildProcess;
  ms: number;
}
/** Runs Node and asks for `/healthz` until it answers. */
async function start(port: number, args: string[]): Promise<Started> {
  const beganMs = performance.now();
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}/healthz`;
  while (
    !(await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null)
      throw new Error(`${args[0]} ended with ${child.exitCode} before it answered`);
    await delay(5);
  }
  return { child, ms: performance.now() - beganMs };
}
async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function startHost(dataDir: string, site: string): Promise<Started> {
  const port = await freePort();
  const ports = ['--port', String(port), '--broker-port', '0', '--rtsp-port', '0'];
  return start(port, [
    HOST,
    '--data',
    dataDir,
    '--site',
    site,
    '--no-browser',
    '--log-level',
    'error',
    ...ports,
  ]);
}
async function startBare(): Promise<number> {
  const port = await freePort();
  const { child, ms } = await start(port, ['-e', BARE, String(port)]);
  await end(child);
  return ms;
}

/** Children of a process, and theirs (Linux). */
function familyOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // pid (name) state ppid: the name may hold anything, also parentheses.
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return [{ pid: Number(name), parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) }];
      } catch {
        return []; // ended meanwhile
      }
    });
  const found = [pid];
  for (const one of found)
    found.push(...parents.filter(({ parent }) => parent === one).map((each) => each.pid));
  return found;
}
/** Memory of a process and its children in MB: proportional set size, so that nothing shared is counted twice. */
function memoryMb(pid: number): number {
  const kilobytes = familyOf(pid).map((one) => {
    try {
      return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${one}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0; // ended meanwhile
    }
  });
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
}

/** First starts, each on a folder of its own, and starts on the folder of the last one. */
async function measure(site: string): Promise<{ coldMs: number; warmMs: number; memory: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'guardroom-startup-'));
  try {
    const cold: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const { child, ms } = await startHost(join(folder, String(round)), site);
      cold.push(ms);
      await end(child);
    }
    const warm: number[] = [];
    let memory = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const { child, ms } = await startHost(join(folder, '0'), site);
      warm.push(ms);
      if (round === ROUNDS - 1 && process.platform === 'linux') {
        await delay(SETTLE_MS);
        memory = memoryMb(child.pid ?? 0);
      }
      await end(child);
    }
    return { coldMs: median(cold), warmMs: median(warm), memory };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function run(): Promise<BenchRow[]> {
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) bare.push(await startBare());
  const floor = { floor: median(bare), floorName: 'Node with a bare HTTP server' };
  const sites = [
    { name: 'small site', file: SMALL_SITE },
    { name: 'demo park', file: DEMO_SITE },
  ].filter(({ file }) => existsSync(file));
  const rows: BenchRow[] = [];
  for (const { name, file } of sites) {
    const { coldMs, warmMs, memory } = await measure(file);
    const target = { max: TARGET_MS };
    rows.push(
      { name: `first start, ${name}`, value: coldMs, unit: 'ms', ...floor, target },
      { name: `further starts, ${name}`, value: warmMs, unit: 'ms', ...floor, target },
    );
    if (memory > 0) rows.push({ name: `memory with children, ${name}`, value: memory, unit: 'MB' });
  }
  return rows;
}
