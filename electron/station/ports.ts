/**
 * What the station gives to every feature, and what features give each other. Features never import
 * one another: they meet over these types, wired in `wiring.ts`, or over the bus.
 */
import type { LocalText, JsonObject, Priority } from '#contract/base.ts';
import type { Alarm } from '#contract/alarms.contract.ts';
import type { CommandReceipt } from '#contract/devices.contract.ts';
import type { HealthItem } from '#contract/system.contract.ts';
import type { MediaNotice, MediaRequest, StreamKind } from '#contract/media-wire.ts';
import type { Action } from '#contract/plan.ts';
import type { AvailabilityMessage, ReplyMessage, TelemetryMessage } from '#contract/park-messages.ts';
import type {
  BroadcastZone,
  Camera,
  Checkpoint,
  Contact,
  Device,
  PatrolRoute,
  PerimeterZone,
  Place,
  Site,
} from '#contract/site.ts';
import type { Role } from '#domain/permissions.ts';
import type { ReadPool } from '#native/sqlite/read-pool.ts';
import type { Writable } from '#native/sqlite/types.ts';
import type { Bus } from './bus.ts';
import type { Clock } from './clock.ts';
import type { LiveCollection } from './live.ts';
import type { Log } from './log.ts';
import type { PictureFact } from './picture-files.ts';
import type { Settings } from './settings.ts';
import type { Vault } from './vault.ts';

/** Who does something: an account, or the station itself. */
export interface Actor {
  id: string | null;
  name: string;
  role: Role | null;
}
export const STATION_ACTOR: Actor = { id: null, name: 'station', role: null };

/** A write in progress. Memory (live collections, bus) changes only in `afterCommit`. */
export interface Tx {
  db: Writable;
  nowMs: number;
  /** Runs once the transaction is on disk; never when it was rolled back. */
  afterCommit(run: () => void): void;
}

export interface AuditPort {
  /**
   * Appends one entry to the hash-chained audit in the transaction of the change itself, so that
   * neither exists without the other.
   * @param action dotted code, e.g. `alarm.acknowledge`, worded by the console as `audit.<action>`
   */
  append(tx: Tx, actor: Actor, action: string, target: string | null, params?: JsonObject): void;
}

export interface HealthPort {
  /** Sets one line of the foot bar; `sinceMs` moves only when level or code change. */
  set(id: string, level: HealthItem['level'], code: string, params?: JsonObject): void;
}

/** The site in memory, indexed. Replaced as a whole on each edit (`site.changed` on the bus). */
export interface SitePort {
  current(): Site;
  revision(): number;
  place(id: string): Place | undefined;
  device(id: string): Device | undefined;
  camera(id: string): Camera | undefined;
  perimeterZone(id: string): PerimeterZone | undefined;
  broadcastZone(id: string): BroadcastZone | undefined;
  contact(id: string): Contact | undefined;
  checkpoint(id: string): Checkpoint | undefined;
  patrolRoute(id: string): PatrolRoute | undefined;
  /** Name of a place with its building: 3 号楼 2 层. */
  placeName(id: string): LocalText | undefined;
  /** The place and all above it, nearest first. */
  placeAndAbove(id: string): Place[];
  /** Storey of a place: its own level or that of the nearest place above that has one. */
  levelOf(placeId: string): number | null;
  /** Password of a camera, from the vault; never leaves the station. */
  cameraPassword(id: string): string | undefined;
  /**
   * A stream address with the login that is sealed in it, for a driver only. Null when that is of another host or another
   * station.
   */
  openAddress(url: string): string | null;
}

export interface Paths {
  data: string;
  backups: string;
  /** Read-only files that come with the program. */
  resources: string;
}

/** Given to every feature. */
export interface StationPorts {
  clock: Clock;
  log: Log;
  bus: Bus;
  paths: Paths;
  site: SitePort;
  settings: Settings;
  vault: Vault;
  audit: AuditPort;
  health: HealthPort;
  readPool: ReadPool;
  /** Read outside of a write. The same connection as writes use: for short queries only. */
  db: Writable;
  /** One short transaction, committed (synchronous=FULL) when it returns. */
  write<T>(run: (tx: Tx) => T): T;
  /** A live collection of this run of the station. */
  liveCollection<T extends { id: string }>(): LiveCollection<T>;
  newId(): string;
  version: string;
  hostName: string;
}

/** An event as recorded: the native form of the message with the three clocks. */
export interface StoredEvent {
  /** Order in the event table. */
  rowId: number;
  /** `mqtt` for the park, `station` for what the station itself saw (camera lost). Dedupe key with eventId. */
  source: string;
  eventId: string;
  deviceId: string;
  type: string;
  state: 'raise' | 'clear' | 'info';
  severity: Priority | null;
  occurredAtMs: number;
  receivedAtMs: number;
  seq: number | null;
  bootId: string | null;
  drill: boolean;
  data: JsonObject;
}
/** What the station itself reports, through the same door as the park's events. */
export interface StationEvent {
  deviceId: string;
  type: string;
  state: StoredEvent['state'];
  severity?: Priority;
  drill?: boolean;
  data?: JsonObject;
}

/** features/ingest offers. */
export interface EventsPort {
  /** Records an event of the station itself (source `station`) and applies the alarm rules, all in `tx`. */
  record(tx: Tx, event: StationEvent): StoredEvent;
}
export interface PublisherPort {
  /** Resolves when the broker has it (QoS 1). Rejects when the broker is away or the time is over. */
  publish(
    topic: string,
    payload: string,
    options?: { retain?: boolean; expirySeconds?: number },
  ): Promise<void>;
}
/** features/pictures offers: what a person has seen on a camera, with its picture. */
export interface ReportsPort {
  /** Refuses a type that is no alarm (`picture.unknown_type`). */
  check(type: string): void;
  /** Keeps the picture as a file; `drop` takes away one that got no record. */
  keep(picture: { jpeg: Buffer; takenAtMs: number }): Promise<PictureFact>;
  drop(picture: PictureFact): Promise<void>;
  /** The picture of a report, checked against its record. */
  read(pictureId: string): Promise<{ data: Buffer; takenAtMs: number }>;
  /**
   * Records the picture and the event that it shows (an alarm, at rest until it is handled), all in `tx`.
   * @returns id of the picture
   */
  record(
    tx: Tx,
    actor: Actor,
    report: { cameraId: string; type: string; note: string; picture: PictureFact; data?: JsonObject },
  ): string;
}
/** features/alarms offers. */
export interface AlarmsPort {
  /** Alarm rules for one recorded event, inside its transaction. */
  apply(tx: Tx, event: StoredEvent): void;
  get(id: string): Alarm | undefined;
  open(): Alarm[];
  linkRun(tx: Tx, alarmId: string, runId: string, actor: Actor): void;
}
/** features/devices offers. */
export interface DevicesPort {
  applyValues(
    tx: Tx,
    deviceId: string,
    leaf: 'telemetry' | 'state',
    message: TelemetryMessage,
    receivedAtMs: number,
  ): void;
  applyAvailability(
    tx: Tx,
    deviceId: string,
    message: AvailabilityMessage,
    receivedAtMs: number,
    retained: boolean,
  ): void;
  /** Any message proves that the device lives. */
  applySeen(tx: Tx, deviceId: string, receivedAtMs: number, missed: number): void;
  applyReply(tx: Tx, deviceId: string, message: ReplyMessage, receivedAtMs: number): void;
  availability(deviceId: string): 'online' | 'offline' | 'unknown';
  value(deviceId: string, key: string): { value: unknown; atMs: number } | undefined;
  /** Sends a command and waits for its receipt; audited by the caller's action. */
  command(input: {
    deviceId: string;
    command: string;
    params: JsonObject;
    actor: Actor;
    idempotencyKey: string;
  }): Promise<CommandReceipt>;
}
/** features/plans offers. */
export interface PlansPort {
  offersFor(alarm: Pick<Alarm, 'type' | 'priority' | 'placeId'>): string[];
}

/** Where an effect ends: `simulated` for a drill. */
export interface EffectReceipt {
  rung: 'accepted' | 'started' | 'confirmed' | 'ended' | 'failed' | 'simulated';
  reason: string | null;
}
export interface EffectRequest {
  action: Action;
  idempotencyKey: string;
  drill: boolean;
  runId: string | null;
  alarmId: string | null;
  actor: Actor;
}
/** Does one type of action for real. Called by the gate only, never for a drill. */
export type EffectExecutor<T extends Action['type'] = Action['type']> = (
  request: EffectRequest & { action: Extract<Action, { type: T }> },
  progress: (receipt: EffectReceipt) => void,
) => Promise<EffectReceipt>;
export interface EffectExecutorOptions {
  /** No final receipt within this: `failed`, `effect.timeout`. */
  timeoutMs: number;
  /**
   * What a restart does with an effect that had been handed to its executor and whose end is not
   * known: `repeat` where the executor itself does a key once, or doing it twice is as good as once
   * (showing cameras; sound that died with the station), else `fail`: a person has to look first.
   */
  afterRestart: 'repeat' | 'fail';
}
/** features/effects offers. */
export interface EffectsPort {
  register<T extends Action['type']>(
    type: T,
    executor: EffectExecutor<T>,
    options: EffectExecutorOptions,
  ): void;
  /**
   * Carries an effect out once per idempotency key, over restarts too. Resolves with the final
   * receipt (or `started` where only a person can confirm) and never rejects; `progress` hears every
   * rung, that one included.
   */
  execute(request: EffectRequest, progress?: (receipt: EffectReceipt) => void): Promise<EffectReceipt>;
  /** A person's word that a call-out was made. */
  confirm(tx: Tx, idempotencyKey: string, actor: Actor): void;
}

/** What a media connection of a console is to those who send pictures. */
export interface MediaOutlet {
  /** Written and not yet taken by the network. */
  readonly unsentBytes: number;
  sendNotice(notice: MediaNotice): void;
  sendBytes(bytes: Uint8Array): void;
}
export type ReplayRequest = Extract<MediaRequest, { type: 'replay' }>;
/** One recording on one tile; see `media-wire.ts`. */
export interface ReplayTile {
  pace(atMs: number, speed: number): void;
  /**
   * @param back what is sent after it goes backwards in time
   * @param stream which of the camera's streams is shown from now on, where it is recorded
   */
  seek(jump: number, atMs: number, back?: boolean, stream?: StreamKind): void;
  step(jump: number, atMs: number, direction: 1 | -1): void;
  /** Whether its sound is sent too, at 1x. */
  listen(isOn: boolean): void;
  close(): void;
  /** Settles when all that is due by the station's clock has gone out. */
  rested(): Promise<void>;
  /** Settles when nothing of it is left. */
  ended: Promise<void>;
}
