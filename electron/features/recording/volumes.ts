import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { RecordingVolume } from '#contract/recording.contract.ts';
import {
  headRoomBytes,
  needBytes,
  reserveBytes,
  roomState,
  type VolumeRoom,
} from '#domain/recording-retention.ts';
import type { VolumeState } from '#domain/recording-types.ts';
import type { RecordingErrorCode } from '#native/recording/errors.ts';
import { diskRoom, lookAtVolume, markVolume } from '#native/recording/volume.ts';
import type { Actor, StationPorts } from '#station/ports.ts';
import { fail } from '#station/errors.ts';
import type { VolumeUse } from './files.store.ts';
import { rateMeter } from './rate-meter.ts';
import {
  insertVolume,
  setMarked,
  setQuota,
  setRemoved,
  volumeRows,
  type VolumeRow,
} from './volumes.store.ts';

/** A volume on the disk of the station's own database leaves this to it: more than the level at which that disk is an alarm. */
const STATION_BYTES = 3_000_000_000;
/** After a failed write a volume is left alone for so long, whatever it says about its room. */
const REST_MS = 10_000;

export interface Volume {
  row: VolumeRow;
  state: VolumeState;
  room: VolumeRoom;
  use: VolumeUse;
  isStationDisk: boolean;
  heldDeletion: { files: number; of: number } | null;
  isDeletionAllowed: boolean;
  /** More than half of what the index has is not on the disk: nothing was changed. */
  isIndexHeld: boolean;
}
type Kept = Volume & {
  meter: ReturnType<typeof rateMeter>;
  restUntilMs: number;
  failure: VolumeState | null;
};

type Ports = Pick<StationPorts, 'clock' | 'db' | 'write' | 'audit' | 'paths' | 'log' | 'newId'>;
export type Volumes = ReturnType<typeof createVolumes>;

const FAILED: Record<RecordingErrorCode, VolumeState> = {
  disk_full: 'full',
  disk_missing: 'missing',
  disk_error: 'error',
  bad_file: 'error',
};

/** The disks for recordings: which one is there, how much room it has, which one the next file goes to. */
export function createVolumes(ports: Ports, useOf: (volume: string) => Promise<VolumeUse>) {
  const { clock, db, write, audit, paths, log, newId } = ports;
  const defaultPath = path.join(paths.data, 'recordings');
  let volumes: Kept[] = [];
  let turn = 0;

  function keep(row: VolumeRow): Kept {
    const room = {
      freeBytes: null,
      totalBytes: 0,
      usedBytes: 0,
      quotaBytes: row.quotaBytes,
      bytesPerHour: 0,
    };
    const use = { files: 0, bytes: 0, oldestMs: null };
    const held = { heldDeletion: null, isDeletionAllowed: false, isIndexHeld: false };
    const rest = { isStationDisk: false, meter: rateMeter(clock), restUntilMs: 0, failure: null };
    const volume: Kept = { row, state: 'missing', room, use, ...held, ...rest };
    volumes.push(volume);
    return volume;
  }

  async function addDefault(): Promise<void> {
    const row = { id: newId(), path: defaultPath, quotaBytes: null, marked: 0 };
    write((tx) => insertVolume(tx.db, row, tx.nowMs));
    keep(row);
  }

  async function open(): Promise<void> {
    for (const row of volumeRows(db)) keep(row);
    if (volumes.length === 0) await addDefault();
    for (const volume of volumes) volume.use = await useOf(volume.row.id);
    await check();
  }

  /** Whether the right disk is at the path; a new one is marked as ours. */
  async function presence({ row }: Kept): Promise<VolumeState | 'present'> {
    if (row.path === defaultPath && row.marked === 0) await mkdir(defaultPath, { recursive: true });
    const look = await lookAtVolume(row.path);
    if (look.kind === 'known') return look.id === row.id ? 'present' : 'swapped';
    if (look.kind === 'error') return 'error';
    if (look.kind === 'missing' || row.marked === 1) return 'missing';
    await markVolume(row.path, row.id, clock.nowMs());
    write((tx) => setMarked(tx.db, row.id));
    row.marked = 1;
    return 'present';
  }

  async function checkOne(volume: Kept): Promise<void> {
    const { row, use } = volume;
    const here = await presence(volume).catch((error: Error) => {
      log.warn('volume cannot be used', { path: row.path, error: error.message });
      return 'error' as const;
    });
    const disk = here === 'present' ? await diskRoom(row.path) : null;
    if (here === 'present')
      volume.isStationDisk = (await deviceOf(row.path)) === (await deviceOf(paths.data)) && disk !== null;
    const kept = volume.isStationDisk ? STATION_BYTES : 0;
    volume.room = {
      freeBytes: disk && Math.max(0, disk.freeBytes - kept),
      totalBytes: Math.max(0, (disk?.totalBytes ?? 0) - kept),
      ...{ usedBytes: use.bytes, quotaBytes: row.quotaBytes, bytesPerHour: volume.meter.bytesPerHour() },
    };
    const isResting = clock.monotonicMs() < volume.restUntilMs;
    if (!isResting) volume.failure = null;
    setState(volume, here === 'present' ? (volume.failure ?? roomState(volume.room, volume.state)) : here);
  }

  function setState(volume: Kept, state: VolumeState): void {
    if (volume.state !== state) log.info('volume', { path: volume.row.path, from: volume.state, to: state });
    volume.state = state;
  }

  async function check(): Promise<void> {
    await Promise.all(volumes.map(checkOne));
  }

  const find = (id: string): Kept =>
    volumes.find(({ row }) => row.id === id) ?? fail('NOT_FOUND', 'volume.unknown', { id });

  return {
    open,
    check,
    all: (): readonly Volume[] => volumes,
    get: (id: string): Volume | undefined => volumes.find(({ row }) => row.id === id),
    fileOf: (id: string, file: string): string | undefined => {
      const row = volumes.find((one) => one.row.id === id)?.row;
      return row && path.join(row.path, ...file.split('/'));
    },
    /** Where the next file goes: turn about, a volume more often the larger it is. */
    pick(): Volume | undefined {
      const usable = volumes.filter(({ state }) => state === 'ok' || state === 'low');
      const roomy = usable.filter(({ state }) => state === 'ok');
      const choice = roomy.length > 0 ? roomy : usable;
      const total = choice.reduce((sum, one) => sum + shareOf(one), 0);
      // The golden section spreads turns evenly whatever the shares are.
      turn = (turn + 0.618_033_988_75) % 1;
      let at = turn * total;
      return choice.find((one) => (at -= shareOf(one)) < 0) ?? choice[0];
    },
    /** Why there is none to write to. */
    reason(): 'disk_full' | 'disk_missing' | 'disk_error' {
      if (volumes.some(({ state }) => state === 'full')) return 'disk_full';
      return volumes.some(({ state }) => state === 'error' || state === 'held')
        ? 'disk_error'
        : 'disk_missing';
    },
    wrote(id: string, bytes: number, isNewFile: boolean): void {
      const volume = volumes.find(({ row }) => row.id === id);
      if (!volume) return;
      volume.use.bytes += bytes;
      volume.use.files += isNewFile ? 1 : 0;
      volume.use.oldestMs ??= clock.nowMs();
      volume.meter.add(bytes);
    },
    freed(id: string, files: number, bytes: number, oldestMs: number | null): void {
      const volume = volumes.find(({ row }) => row.id === id);
      if (volume)
        volume.use = {
          files: volume.use.files - files,
          bytes: Math.max(0, volume.use.bytes - bytes),
          oldestMs,
        };
    },
    failed(id: string, code: RecordingErrorCode): void {
      const volume = volumes.find(({ row }) => row.id === id);
      if (!volume) return;
      volume.failure = FAILED[code];
      volume.restUntilMs = clock.monotonicMs() + REST_MS;
      setState(volume, volume.failure);
    },
    describe: (volume: Volume): RecordingVolume => ({
      ...{
        id: volume.row.id,
        path: volume.row.path,
        state: volume.heldDeletion || volume.isIndexHeld ? 'held' : volume.state,
      },
      freeBytes: volume.room.freeBytes,
      usedBytes: volume.use.bytes,
      quotaBytes: volume.row.quotaBytes,
      headRoomBytes: headRoomBytes(volume.room),
      bytesPerHour: Math.round(volume.room.bytesPerHour),
      ...{ files: volume.use.files, oldestMs: volume.use.oldestMs, heldDeletion: volume.heldDeletion },
    }),
    needBytes: (volume: Volume) => needBytes(volume.room),

    async put(actor: Actor, input: { path: string; quotaBytes: number | null }): Promise<Volume> {
      if (!path.isAbsolute(input.path)) fail('INVALID', 'volume.not_absolute', { path: input.path });
      const folder = path.resolve(input.path);
      const known = volumes.find(({ row }) => path.relative(row.path, folder) === '');
      const row = known?.row ?? { id: newId(), path: folder, quotaBytes: input.quotaBytes, marked: 0 };
      if (!known) {
        const look = await lookAtVolume(folder);
        if (look.kind === 'missing') fail('INVALID', 'volume.missing', { path: folder });
        if (look.kind === 'error') fail('INVALID', 'volume.error', { path: folder, detail: look.detail });
        // A disk of ours that comes back under its own name, with what is on it.
        if (look.kind === 'known') Object.assign(row, { id: look.id, marked: 1 });
        if (volumes.some((one) => one.row.id === row.id)) fail('CONFLICT', 'volume.in_use', { path: folder });
      }
      write((tx) => {
        if (known) setQuota(tx.db, row.id, input.quotaBytes);
        else insertVolume(tx.db, row, tx.nowMs);
        audit.append(tx, actor, 'recording.volume', folder, { quotaBytes: input.quotaBytes });
      });
      row.quotaBytes = input.quotaBytes;
      const volume = known ?? keep(row);
      if (!known) volume.use = await useOf(row.id);
      await checkOne(volume);
      return volume;
    },
    remove(actor: Actor, id: string): void {
      const { row } = find(id);
      write((tx) => {
        setRemoved(tx.db, id, tx.nowMs);
        audit.append(tx, actor, 'recording.volume_remove', row.path, {});
      });
      volumes = volumes.filter((one) => one.row.id !== id);
    },
    async adopt(actor: Actor, id: string): Promise<Volume> {
      const before = find(id);
      if (before.state !== 'missing' && before.state !== 'swapped')
        fail('CONFLICT', 'volume.not_missing', { path: before.row.path });
      const look = await lookAtVolume(before.row.path);
      if (look.kind !== 'blank' && look.kind !== 'known')
        fail('CONFLICT', 'volume.missing', { path: before.row.path });
      const own = look.kind === 'known' ? { id: look.id, marked: 1 } : { id: newId(), marked: 0 };
      const row = { ...before.row, ...own };
      write((tx) => {
        setRemoved(tx.db, id, tx.nowMs);
        insertVolume(tx.db, row, tx.nowMs);
        audit.append(tx, actor, 'recording.volume_adopt', row.path, {});
      });
      volumes = volumes.filter((one) => one !== before);
      const volume = keep(row);
      volume.use = await useOf(row.id);
      await checkOne(volume);
      return volume;
    },
    allowDeletion(actor: Actor, id: string): void {
      const volume = find(id);
      const held = volume.heldDeletion;
      if (!held) return fail('CONFLICT', 'volume.nothing_held', { path: volume.row.path });
      write((tx) => audit.append(tx, actor, 'recording.allow_deletion', volume.row.path, { ...held }));
      volume.isDeletionAllowed = true;
      volume.heldDeletion = null;
    },
  };
}

/** At least a little, so that a small disk gets its turn. */
const shareOf = ({ room }: Volume): number =>
  Math.max(1, Math.min(room.totalBytes, room.quotaBytes ?? room.totalBytes) - reserveBytes(room));

async function deviceOf(folder: string): Promise<number | undefined> {
  return stat(folder).then(
    ({ dev }) => dev,
    () => undefined,
  );
}
