import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startChild, type Child } from '#native/process/child.ts';
import { makeCertificates, type TestCertificates } from './certificates.ts';

export interface MosquittoOptions {
  /** User and password; without it anybody may connect. */
  login?: { username: string; password: string };
  /** TLS with a fresh authority; `client` asks for client certificates too. */
  tls?: 'server' | 'client';
  /** Lines of an ACL file. */
  acl?: string[];
  /** Further lines of mosquitto.conf. */
  config?: string[];
}

export interface Mosquitto {
  readonly port: number;
  readonly url: string;
  readonly certificates: TestCertificates | undefined;
  /** Ends the broker in good order (sessions are saved), and starts it again on the same port with the same data. */
  restart(): Promise<void>;
  /** Ends the broker in good order until `start()`. */
  halt(): Promise<void>;
  start(): Promise<void>;
  /** Ends the broker and removes its folder. */
  stop(): Promise<void>;
  log(): string;
}

/**
 * A port that nobody listens on now. Below those that systems hand out by themselves (32768 up on Linux): one of them can
 * be a connection's by the time it is listened on.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}

const opens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

function configuration(
  folder: string,
  port: number,
  options: MosquittoOptions,
  tls?: TestCertificates,
): string[] {
  const lines = [
    `listener ${port} 127.0.0.1`,
    'persistence true',
    `persistence_location ${folder}${sep}`,
    'max_queued_messages 0',
    'set_tcp_nodelay true',
    'sys_interval 1',
    `allow_anonymous ${options.login ? 'false' : 'true'}`,
  ];
  // Started by root, mosquitto gives up its rights and could not write into the folder.
  if (process.getuid?.() === 0) lines.push('user root');
  if (options.login) lines.push(`password_file ${join(folder, 'passwords')}`);
  if (options.acl) lines.push(`acl_file ${join(folder, 'acl')}`);
  if (tls)
    lines.push(`cafile ${tls.caFile}`, `certfile ${tls.serverCertFile}`, `keyfile ${tls.serverKeyFile}`);
  if (options.tls === 'client') lines.push('require_certificate true');
  return [...lines, ...(options.config ?? [])];
}

/** Starts a mosquitto of its own on a free port of 127.0.0.1, with persistence. Needs the package `mosquitto`. */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const folder = mkdtempSync(join(tmpdir(), 'guardroom-mosquitto-'));
  const port = await freePort();
  const certificates = options.tls && makeCertificates(folder);
  writeFileSync(
    join(folder, 'mosquitto.conf'),
    `${configuration(folder, port, options, certificates).join('\n')}\n`,
  );
  if (options.acl) writeFileSync(join(folder, 'acl'), `${options.acl.join('\n')}\n`);
  if (options.login) {
    const { username, password } = options.login;
    execFileSync('mosquitto_passwd', ['-b', '-c', join(folder, 'passwords'), username, password], {
      stdio: 'pipe',
    });
  }
  const output: string[] = [];
  let child: Child | undefined;

  const start = async () => {
    const started = startChild({
      label: 'mosquitto',
      // Debian keeps it in sbin, which is not on everybody's PATH.
      env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
      command: 'mosquitto',
      args: ['-c', join(folder, 'mosquitto.conf')],
      onStderrLine: (line) => void output.push(line),
    });
    child = started;
    let ended = false;
    void started.exited.then(() => (ended = true));
    while (!(await opens(port))) {
      if (ended) throw new Error(`mosquitto did not start: ${started.stderrTail()}`);
      await delay(20);
    }
  };
  const halt = async () => {
    await child?.stop();
    child = undefined;
  };
  await start();
  return {
    port,
    url: `${options.tls ? 'mqtts' : 'mqtt'}://127.0.0.1:${port}`,
    certificates,
    start,
    halt,
    async restart() {
      await halt();
      await start();
    },
    async stop() {
      await halt();
      rmSync(folder, { recursive: true, force: true });
    },
    log: () => output.join('\n'),
  };
}
