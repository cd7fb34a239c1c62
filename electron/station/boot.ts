import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Hello } from '#contract/auth.contract.ts';
import type { PasswordCost } from '#features/accounts/password.ts';
import { auditHead, AuditAnchor, createAudit } from './audit.ts';
import { createBus } from './bus.ts';
import { systemClock, type Clock } from './clock.ts';
import { createWriter, openDatabase } from './database.ts';
import { uuidv7 } from './ids.ts';
import { openLog, type Log, type LogLevel } from './log.ts';
import { migrations } from './migrations/index.ts';
import type { CallContext, CallGate } from './rpc.ts';
import type { Connection } from './sessions.ts';
import { openVault } from './vault.ts';
import { wire, type Wired } from './wiring.ts';
import { holdLock } from '#native/sqlite/lock.ts';
import { openReadPool } from '#native/sqlite/read-pool.ts';

export interface StationOptions {
  /** Folder of everything that the station keeps. One station at a time. */
  dataDir: string;
  /** Site file (YAML), read on the first start. */
  siteFile: string;
  /** Folder of what comes with the program (locales, plans, sounds, demo). */
  resourcesDir: string;
  version: string;
  /** `web` or `desktop`, for the system page. */
  hostName: string;
  capabilities: Hello['capabilities'];
  /** Address of the media WebSocket as a console reaches it; absolute, or a path of the console's own origin. */
  mediaUrl: () => string;
  /** Module of the read worker: the source beside this file, or the bundle's. */
  readWorkerUrl?: URL;
  logLevel?: LogLevel;
  log?: Log;
  clock?: Clock;
  restoreLastBackup?: boolean;
  /** Overrides of settings for this run: tests and benchmarks use their own ports. */
  overrides?: { brokerPort?: number; demoRtspPort?: number };
  /** What a hash of a password costs; see `createPasswords`. */
  passwordCost?: PasswordCost | undefined;
}
export interface Station {
  /** The contract's implementation, for oRPC's handlers. */
  router: Wired['router'];
  /** A console's link; the host makes one per MessagePort or WebSocket (REST: one per request). */
  connect(transport: string): Connection;
  context(connection: Connection): CallContext;
  /** Puts the session of a token on a connection (REST bearer). False when it is not valid. */
  authenticate(connection: Connection, token: string): boolean;
  /** Takes over a media WebSocket's upgrade. */
  mediaUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Refuses new work, waits for running commands (up to 5 s), stops children, checkpoints, closes. Idempotent. */
  stop(): Promise<void>;
}

const DEADLINE_MS = 5000;

/**
 * Starts a station: database, kernel, features, links, in this order.
 * @throws LockedError, DamagedDatabaseError, FutureDatabaseError, SiteFileError: each says what to do
 */
export async function startStation(options: StationOptions): Promise<Station> {
  const data = resolve(options.dataDir);
  const paths = { data, backups: join(data, 'backups'), resources: resolve(options.resourcesDir) };
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const clock = options.clock ?? systemClock;
  const log = options.log ?? openLog(options.logLevel ?? 'info', join(data, 'logs'));
  const release = holdLock(join(data, 'station.lock'));
  const file = join(data, 'guardroom.sqlite');
  const { db, migratedFrom } = openDatabase(
    file,
    paths.backups,
    migrations,
    clock,
    options.restoreLastBackup,
  );
  const vault = openVault(join(data, 'station.key'));
  const anchor = new AuditAnchor(join(data, 'audit.anchor'), vault.derive('audit-anchor'));
  const head = auditHead(db);
  if (head.seq > 0 && anchor.read() === null) anchor.write(head);
  const audit = createAudit(anchor);
  const workerUrl = options.readWorkerUrl ?? new URL('./read-worker.ts', import.meta.url);
  const readPool = openReadPool(workerUrl, file);
  const bus = createBus(log);
  const write = createWriter(db, clock, log);
  let open = true;
  let running = 0;
  let idle: () => void = () => {};
  const wired = await wire({
    kernel: {
      clock,
      log,
      bus,
      paths,
      vault,
      audit,
      readPool,
      db,
      write,
      newId: () => uuidv7(clock.nowMs()),
      version: options.version,
      hostName: options.hostName,
    },
    anchor,
    options,
  });
  const gate: CallGate = {
    sessions: wired.sessions,
    ports: wired.ports,
    open: () => open,
    running(delta) {
      running += delta;
      if (running === 0) idle();
    },
  };
  log.info('station started', {
    version: options.version,
    host: options.hostName,
    site: wired.ports.site.current().site.id,
    migratedFrom,
  });

  let stopping: Promise<void> | null = null;
  const stop = async () => {
    open = false;
    if (running > 0) {
      await new Promise<void>((done) => {
        idle = done;
        clock.after(DEADLINE_MS, done);
      });
    }
    await wired.stop();
    await readPool.stop();
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
    release();
    log.info('station stopped');
  };
  let connections = 0;
  return {
    router: wired.router,
    connect: (transport) => ({ id: `${transport}-${(connections += 1)}`, transport, session: null }),
    context: (connection) => ({ connection, gate }),
    authenticate(connection, token) {
      connection.session = wired.sessions.find(token);
      return connection.session !== null;
    },
    mediaUpgrade: wired.mediaUpgrade,
    stop: () => (stopping ??= stop()),
  };
}
