import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  DEFAULT_PORT,
  HELP,
  OptionError,
  parseOptions,
  stationOverrides,
  type LaunchOptions,
} from '#hosts/launch/options.mjs';
import { letHeapGrow } from '#native/process/heap.ts';
import { startStation } from '#station/boot.ts';
import { refusalCode } from '#station/refusal.ts';
import { MEDIA_PATH, serveConsole, type WebServer, type WebServerOptions } from './server.ts';

/** Stopping takes no longer; the station's own deadline for running work is 5 s. */
const STOP_DEADLINE_MS = 15_000;

/** The project's folder: out/main and electron/hosts/web both lie below it. */
function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** Runs the web host until it is told to stop. @returns exit code */
async function run(options: LaunchOptions): Promise<number> {
  letHeapGrow();
  const root = projectRoot();
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const resourcesDir = join(root, 'resources');
  const told = stopRequest();
  const station = await startStation({
    dataDir: resolve(options.data ?? join(root, 'data')),
    siteFile: resolve(options.site ?? join(resourcesDir, 'demo', 'site.yaml')),
    resourcesDir,
    version,
    hostName: 'web',
    capabilities: [],
    mediaUrl: () => MEDIA_PATH,
    logLevel: options.logLevel,
    overrides: stationOverrides(options),
    restoreLastBackup: options.restoreLastBackup,
  });
  try {
    const server = await listen(
      { station, consoleDir: join(root, 'out', 'renderer'), version, port: 0 },
      options.port,
    );
    process.send?.({ type: 'ready', url: server.url });
    if (!process.send) process.stdout.write(`${server.url}\n`);
    await told;
    const deadline = setTimeout(() => process.exit(1), STOP_DEADLINE_MS);
    deadline.unref();
    server.stopListening();
    await station.stop();
    await server.close();
    return 0;
  } finally {
    await station.stop(); // idempotent; also when the port could not be taken
  }
}

/** The port that was asked for, or the usual one, or any free one when the usual one is taken. */
async function listen(options: WebServerOptions, asked: number | null): Promise<WebServer> {
  try {
    return await serveConsole({ ...options, port: asked ?? DEFAULT_PORT });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (asked !== null) throw new Error(`port ${asked} is in use on 127.0.0.1; choose another with --port`);
    return serveConsole({ ...options, port: 0 });
  }
}

/** Resolves at the first signal, the launcher's request (Windows has no signals), or when the launcher is gone. */
function stopRequest(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const)
      process.on(signal, () => done());
    process.on('message', (message: { type?: string }) => {
      if (message.type === 'stop') done();
    });
    process.on('disconnect', done);
  });
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(`${HELP}\n`);
  else process.exitCode = await run(options);
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof OptionError ? '' : ` (${refusalCode(error)})`;
  process.stderr.write(`guardroom: ${text}${code}\n`);
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
if (process.connected) process.disconnect(); // the launcher's channel would keep this process alive
