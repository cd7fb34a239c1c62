import { randomUUID } from 'node:crypto';
import type { StreamKind } from '#contract/media-wire.ts';
import type { Relay } from '#native/ffmpeg/relay.ts';
import type { EventsPort, MediaOutlet, ReplayRequest, ReplayTile, StationPorts } from '#station/ports.ts';
import { createAlarmTerm } from './alarm-term.ts';
import { createCursor } from './cursor.ts';
import { diskAlarms } from './disk-alarms.ts';
import type { VolumeUse } from './files.store.ts';
import { createHolds } from './holds.service.ts';
import { openIndex } from './index-file.ts';
import { createLibrary } from './library.ts';
import { createRecorders, streamRuleOf, wholeRule } from './recorders.ts';
import { createRetention } from './retention.ts';
import { createShelf } from './shelf.ts';
import { createThumbnails } from './thumbnails.ts';
import { createTimeline } from './timeline.ts';
import { createVolumes } from './volumes.ts';
import { noteStart, setAlive } from './run-marks.ts';
import { recordingsPort } from './recordings-port.ts';
import { recoverOpenFiles } from './recover.ts';
import { reconcile } from './reconcile.ts';
import { openReplay } from './replay.ts';

const TICK_MS = 1_000;
const FIGURES_MS = 5_000;
const CHECK_MS = 5_000;
/** Terms end by the day; room is looked at with each check. */
const RETENTION_MS = 60_000;
const DAY_MS = 86_400_000;

export interface RecordingDeps {
  openStream(cameraId: string, stream: StreamKind): Relay | undefined;
  ffmpegPath(): string;
  events: EventsPort;
  /** Whether an alarm of a device is raised. */
  isActive(deviceId: string, type: string): boolean;
}
export type RecordingService = ReturnType<typeof createRecording>;

/** Records the site's cameras and gives back what is recorded. `start` opens the disks; until then nothing is recorded. */
export function createRecording(ports: StationPorts, deps: RecordingDeps) {
  const { clock, log, bus, site, health } = ports;
  const { db } = openIndex(ports.paths.data, clock.nowMs());
  const library = createLibrary(db, log, randomUUID);
  const useOf = (volume: string) => ports.readPool.run<VolumeUse>('recording.volumeUse', { volume });
  const volumes = createVolumes(ports, useOf);
  const holds = createHolds(ports);
  const timeline = createTimeline(ports, library);
  const shelf = createShelf(library, volumes);
  const recorders = createRecorders(ports, {
    ...{ library, volumes, openStream: deps.openStream },
    newId: ports.newId,
  });
  const alarms = diskAlarms(ports, deps.events, deps.isActive);
  const retention = createRetention({
    ...{ library, volumes, clock, log },
    holds: holds.active,
    keepMs: ({ cameraId, stream }) => streamRuleOf(site.camera(cameraId), stream).keepDays * DAY_MS,
    isAlarmKept: (file) => alarmTerm.keeps(file),
  });
  const alarmTerm = createAlarmTerm(ports, (cameraId) => wholeRule(site.camera(cameraId)));
  const cursor = (cameraId: string, stream: StreamKind) =>
    createCursor(shelf, { cameraId, stream }, (file, error) =>
      log.warn('recording cannot be read', { path: file.path, error: error.message }),
    );
  const isBlocked = (cameraId: string, atMs: number) => holds.blockAt(cameraId, atMs) !== undefined;
  const thumbnails = createThumbnails({ ffmpegPath: deps.ffmpegPath, cursor, isBlocked });
  const tiles = new Set<ReplayTile>();
  const reconciled = new Set<string>();
  const stops: (() => void)[] = [];
  let isStopped = false;
  let isChecking = false;
  let nextRetentionMs = 0;
  let busy: Promise<void> = Promise.resolve();

  async function keepHouse(): Promise<void> {
    await volumes.check();
    const isDue = clock.monotonicMs() >= nextRetentionMs;
    if (isDue) nextRetentionMs = clock.monotonicMs() + RETENTION_MS;
    for (const volume of volumes.all()) {
      if (isStopped) return;
      const isThere = volume.state === 'ok' || volume.state === 'low' || volume.state === 'full';
      if (!isThere) {
        reconciled.delete(volume.row.id);
        continue;
      }
      await greet(volume.row.id);
      if (!isDue && volumes.needBytes(volume) <= 0) continue;
      await retention.pass(volume);
    }
    await volumes.check();
    report();
  }

  /** A disk that has (again) come: what is on it and what the index says of it are brought together. */
  async function greet(id: string): Promise<void> {
    const volume = volumes.get(id);
    if (!volume || reconciled.has(id)) return;
    reconciled.add(id);
    await recoverOpenFiles(library, volumes, log);
    const found = await reconcile(volume, { library, volumes, log, clock });
    if (found.adopted + found.lost + found.empty > 0 || found.isHeld)
      log.warn('recordings reconciled', { path: volume.row.path, ...found });
    volume.isIndexHeld = found.isHeld;
    volume.use = await useOf(id);
  }

  function report(): void {
    const counts = recorders.counts();
    const isBad = counts.stopped > 0 || volumes.all().some(({ isIndexHeld }) => isIndexHeld);
    alarms.look(counts.total > 0 ? volumes.all() : [], counts.stopped);
    if (counts.total === 0) health.set('recording', 'off', 'off');
    else if (isBad) health.set('recording', 'bad', counts.stopped > 0 ? 'stopped' : 'held', counts);
    else if (volumes.all().some(({ state, heldDeletion }) => state !== 'ok' || heldDeletion))
      health.set('recording', 'warn', 'disk', counts);
    else if (counts.waiting > 0) health.set('recording', 'warn', 'waiting', counts);
    else health.set('recording', 'ok', 'ok', counts);
  }

  /** One after the other, and a failure of one is no end of the others. */
  function house(run: () => Promise<void>): Promise<void> {
    busy = busy
      .then(run)
      .catch((error: Error) => log.error('recordings: house-keeping failed', { error: error.message }));
    return busy;
  }

  async function start(): Promise<void> {
    await house(async () => {
      await volumes.open();
      await recoverOpenFiles(library, volumes, log);
      noteStart(library, clock.nowMs());
    });
    if (isStopped) return;
    recorders.tick();
    stops.push(
      clock.every(TICK_MS, () => {
        recorders.tick();
        setAlive(library, clock.nowMs());
        library.flush();
      }),
      clock.every(FIGURES_MS, () => {
        recorders.figures();
        report();
      }),
      clock.every(CHECK_MS, () => {
        if (isChecking) return;
        isChecking = true;
        void house(keepHouse).finally(() => (isChecking = false));
      }),
      bus.on('site.changed', () => recorders.tick()),
      bus.on('alarm.changed', (alarm) => alarmTerm.note(recorders.alarm(alarm))),
    );
    await house(keepHouse);
  }

  return {
    live: recorders.live,
    recordings: recordingsPort(shelf, timeline, holds),
    ...{ holds, timeline, volumes, thumbnails, start, isBlocked },
    /** Whether an evidence lock covers a moment of a camera. */
    isHeld: (cameraId: string, atMs: number) =>
      holds.active().some((one) => one.cameraIds.includes(cameraId) && one.fromMs <= atMs && atMs < one.toMs),
    /** Settles when every part so far is on disk. */
    written: recorders.written,
    /** What is waiting is done when it resolves: disks looked at, terms kept. */
    settle: () => house(keepHouse),
    /** @param withBlocked whether this session may see what is blocked for privacy */
    openReplay(request: ReplayRequest, outlet: MediaOutlet, withBlocked: boolean): ReplayTile | undefined {
      const { cameraId } = request;
      // A camera that is no longer of the site can still be seen as it was.
      if (isStopped || (!site.camera(cameraId) && library.streamsOf(cameraId).length === 0)) return undefined;
      const tile = openReplay(request, outlet, {
        clock,
        cursor: cursor(cameraId, request.stream ?? 'main'),
        streamOf: (id) => library.stream(id)?.stream,
        blockAt: (atMs, toMs) => (withBlocked ? undefined : holds.blockAt(cameraId, atMs, toMs)),
        reasonOf: async (span) => (await timeline.read([cameraId], span))[0]?.gaps[0]?.reason ?? null,
        onError: (error) => log.error('replay failed', { camera: cameraId, error: error.message }),
      });
      tiles.add(tile);
      void tile.ended.finally(() => tiles.delete(tile));
      return tile;
    },
    async stop(): Promise<void> {
      isStopped = true;
      for (const stop of stops) stop();
      for (const tile of tiles) tile.close();
      await Promise.all([...tiles].map(({ ended }) => ended));
      await recorders.stop();
      await busy;
      library.close();
    },
  };
}
