/**
 * The one place where features meet: made in order, given each other's ports, stopped in reverse.
 * A feature adds its block here and one line in `router`.
 */
import type { HealthItem } from '#contract/system.contract.ts';
import { accountsApi } from '#features/accounts/accounts.api.ts';
import { createLoginMemory } from '#native/process/login-memory.ts';
import { createAccounts } from '#features/accounts/accounts.service.ts';
import { createPasswords } from '#features/accounts/password.ts';
import { alarmsApi } from '#features/alarms/alarms.api.ts';
import { createAlarms } from '#features/alarms/alarms.service.ts';
import { watchInternalSources } from '#features/alarms/internal-sources.ts';
import { driveSiren } from '#features/alarms/siren-level.ts';
import { broadcastApi } from '#features/broadcast/broadcast.api.ts';
import { createBroadcast } from '#features/broadcast/broadcast.service.ts';
import { createSirenService } from '#features/broadcast/siren.service.ts';
import { demoApi } from '#features/demo/demo.api.ts';
import { createDemo } from '#features/demo/demo.service.ts';
import { camerasApi } from '#features/cameras/cameras.api.ts';
import { createCameras } from '#features/cameras/cameras.service.ts';
import { createTrust } from '#features/cameras/trust.ts';
import { devicesApi } from '#features/devices/devices.api.ts';
import { createDevices } from '#features/devices/devices.service.ts';
import { createEffects } from '#features/effects/effects.service.ts';
import { registerExecutors } from '#features/effects/executors.ts';
import { evidenceApi } from '#features/evidence/evidence.api.ts';
import { createEvidence } from '#features/evidence/evidence.service.ts';
import { createBrokerLink } from '#features/ingest/broker-link.ts';
import { quarantineApi } from '#features/ingest/ingest.api.ts';
import { createIngest } from '#features/ingest/ingest.service.ts';
import { watchLink } from '#features/ingest/link-health.ts';
import { patrolApi } from '#features/patrol/patrol.api.ts';
import { createPatrol } from '#features/patrol/patrol.service.ts';
import { perimeterApi } from '#features/perimeter/perimeter.api.ts';
import { createPerimeter } from '#features/perimeter/perimeter.service.ts';
import { picturesApi } from '#features/pictures/pictures.api.ts';
import { createPictures } from '#features/pictures/pictures.service.ts';
import { plansApi, runsApi } from '#features/plans/plans.api.ts';
import { createPlans } from '#features/plans/plans.service.ts';
import { verifyRuns } from '#features/plans/runs.store.ts';
import { createRuns } from '#features/plans/runs.service.ts';
import { ptzApi } from '#features/ptz/ptz.api.ts';
import { createPtzService } from '#features/ptz/ptz.service.ts';
import { recordsApi } from '#features/records/records.api.ts';
import { createRecords } from '#features/records/records.service.ts';
import { recordingApi } from '#features/recording/recording.api.ts';
import { createRecording, type RecordingService } from '#features/recording/recording.service.ts';
import { siteApi } from '#features/site/site.api.ts';
import { createSite } from '#features/site/site.service.ts';
import { createBackups } from '#features/system/backups.ts';
import { watchMachine } from '#features/system/machine-watch.ts';
import { systemApi } from '#features/system/system.api.ts';
import { takePicture, NoPictureError } from '#features/tours/picture.ts';
import { toursApi } from '#features/tours/tours.api.ts';
import { createTours, type ToursService } from '#features/tours/tours.service.ts';
import { videoApi } from '#features/video/video.api.ts';
import { createVideo } from '#features/video/video.service.ts';
import { viewsApi } from '#features/views/views.api.ts';
import { createViews } from '#features/views/views.service.ts';
import { createLocalOut } from '#native/audio/local-out.ts';
import type { AuditAnchor } from './audit.ts';
import type { StationOptions } from './boot.ts';
import { mergeReports } from './chain.ts';
import { createHealth } from './health.ts';
import { LiveCollection } from './live.ts';
import { mediaAccess } from './media-access.ts';
import { parkAddress } from './park-address.ts';
import { STATION_ACTOR, type EventsPort, type StationPorts } from './ports.ts';
import { rpc } from './rpc.ts';
import { Sessions } from './sessions.ts';
import { watchSealed } from './sealed-watch.ts';
import { createSettings } from './settings.ts';

export type Kernel = Omit<StationPorts, 'site' | 'settings' | 'health' | 'liveCollection'>;
export type Wired = Awaited<ReturnType<typeof wire>>;

export async function wire({
  kernel,
  anchor,
  options,
}: {
  kernel: Kernel;
  anchor: AuditAnchor;
  options: StationOptions;
}) {
  const { clock, bus, db, audit, vault } = kernel;
  const epoch = kernel.newId();
  const liveCollection = <T extends { id: string }>() => new LiveCollection<T>(clock, epoch);
  const healthItems = liveCollection<HealthItem>();
  const health = createHealth(healthItems, clock);
  const settings = createSettings(db, audit, vault, (key) => bus.emit('setting.changed', { key }));
  const early = { ...kernel, health, liveCollection };
  const site = createSite(early, options.siteFile);
  const ports: StationPorts = { ...early, settings, site: site.port };
  /** Run in reverse order at the end. */
  const stops: (() => void | Promise<void>)[] = [];

  const sessions = new Sessions(db, clock, (id) => accounts.find(id));
  const accounts = createAccounts(ports, sessions, createPasswords(options.passwordCost));
  await accounts.seedDemo(site.file);
  const backups = createBackups(ports);
  stops.push(() => backups.stop());
  // first of all, so that the cameras of a demo park listen when they are asked; for a real site it does nothing
  const demo = createDemo(ports, {
    broker: () => parkAddress(link.info(), settings, site.port.current().site.id),
    alarms: { open: () => alarms.port.open() },
    ffmpegPath: () => video.ffmpegPath(),
    rtspPort: options.overrides?.demoRtspPort,
  });
  await demo.openCameras();
  const trust = createTrust(ports);
  const logins = createLoginMemory(clock);
  const video = createVideo(
    { ...ports, site: demo.camerasOf(site.port) },
    mediaAccess(sessions, (...asked) => recording.openReplay(...asked)),
    options.mediaUrl,
    trust.check,
    logins,
  );
  stops.push(() => video.stop());

  // what comes in: the link is opened last, when everything that a message may touch is there
  const link = createBrokerLink(ports, options.overrides?.brokerPort);
  const events: EventsPort = { record: (tx, event) => ingest.events.record(tx, event) };
  const pictures = createPictures(ports, {
    events,
    isHeld: (cameraId, atMs) => recording.isHeld(cameraId, atMs),
    isBlocked: (cameraId, atMs) => recording.isBlocked(cameraId, atMs),
  });
  stops.push(() => pictures.stop());
  const tours: ToursService = createTours(ports, {
    events,
    reports: pictures.reports,
    isHeld: (cameraId, atMs) => recording.isHeld(cameraId, atMs),
    picture: async (cameraId) => {
      const relay = video.openStream(cameraId, 'main');
      if (!relay) throw new NoPictureError('no such camera');
      return await takePicture(relay, video.ffmpegPath());
    },
  });
  stops.push(() => tours.stop());
  const named = tours.namedIn(site.port);
  const plans = createPlans(ports);
  const alarms = createAlarms({ ...ports, site: named }, plans.port);
  stops.push(() => alarms.stop());
  const devices = createDevices(ports, { events, publisher: link.publisher });
  const ingest = createIngest(ports, { alarms: alarms.port, devices: devices.port });
  const activeAlarm = (deviceId: string, type: string) =>
    alarms.port.open().find((alarm) => alarm.deviceId === deviceId && alarm.type === type && alarm.active);
  const isActive = (deviceId: string, type: string) => activeAlarm(deviceId, type) !== undefined;
  const recording: RecordingService = createRecording(ports, {
    openStream: video.openStream,
    ffmpegPath: video.ffmpegPath,
    events,
    isActive,
  });
  stops.push(() => recording.stop());
  const evidence = createEvidence(ports, {
    recordings: recording.recordings,
    ffmpeg: async () => (await video.ffmpeg())?.path ?? null,
  });
  stops.push(() => evidence.stop());
  const cameras = createCameras(ports, {
    events,
    activeData: (deviceId, type) => activeAlarm(deviceId, type)?.data,
    shelf: site,
    trust,
    logins,
    reachable: demo.camerasOf(site.port),
  });
  stops.push(() => cameras.stop());
  stops.push(watchInternalSources(ports, events, isActive));
  stops.push(watchLink(ports, link, ingest, () => alarms.port.open()));
  stops.push(watchMachine(ports, events, () => alarms.port.open()));
  link.onState((state) => devices.linkChanged(state.kind === 'online'));
  const views = createViews(ports);
  const ptz = createPtzService({ ...ports, site: demo.camerasOf(site.port) }, trust.check, {
    // the site's own data, not those of a demo whose ports have moved
    putMount: (actor, id, mount) => site.put(actor, 'cameras', { ...site.port.camera(id), mount }),
  });
  stops.push(() => ptz.close());
  const patrol = createPatrol(ports);
  const perimeter = createPerimeter(ports, { devices: devices.port, alarms: alarms.port, events });
  stops.push(
    () => patrol.stop(),
    () => perimeter.stop(),
    () => devices.stop(),
    () => ingest.stop(),
  );

  // what goes out: one gate for every effect
  const effects = createEffects(ports, {
    isDrillRun: (id) => runs.isDrill(id),
    isDrillAlarm: (id) => alarms.port.get(id)?.drill,
  });
  registerExecutors(effects, { site: site.port, devices: devices.port });
  const local = createLocalOut();
  const broadcast = createBroadcast(ports, {
    effects,
    alarms: alarms.port,
    ffmpegPath: video.ffmpegPath,
    local,
  });
  const siren = createSirenService(ports, { local });
  stops.push(
    () => local.close(),
    () => siren.close(),
    () => broadcast.close(),
    driveSiren(ports, alarms.live, (level) => siren.set(level)),
  );
  const runs = createRuns(ports, { plans, alarms: alarms.port, effects });
  stops.push(() => runs.stop());

  const records = createRecords(ports);
  stops.push(() => records.stop());

  alarms.start();
  const { tourRoute } = demo;
  if (tourRoute && tours.isNew()) tours.saveRoute(STATION_ACTOR, undefined, tourRoute);
  tours.start();
  pictures.start();
  ingest.start();
  devices.start();
  records.start();
  runs.resume();
  // disks may be slow to answer: the station does not wait for them
  void recording.start().then(() => evidence.resume());
  await link.start(ingest.commitBatch);
  stops.push(() => link.stop());
  void demo.start();
  stops.push(() => demo.stop());
  // every setting is defined by now
  stops.push(watchSealed(ports, site.unreadable));
  health.set('station', 'ok', 'running');

  const demoAccounts = site.file.site.kind === 'demo' ? site.file.demoAccounts : [];
  const hello = () => ({
    version: kernel.version,
    site: site.port.current().site,
    needsSetup: accounts.needsSetup(),
    demoAccounts,
    capabilities: options.capabilities,
    stationTimeMs: clock.nowMs(),
  });

  const router = rpc.router({
    auth: accountsApi(accounts, hello),
    site: siteApi(site),
    alarms: alarmsApi(alarms),
    devices: devicesApi(devices),
    quarantine: quarantineApi(db),
    video: videoApi(video),
    views: viewsApi(views),
    cameras: camerasApi(cameras),
    ptz: ptzApi(ptz),
    tours: toursApi(tours),
    pictures: picturesApi(pictures),
    plans: plansApi(plans),
    runs: runsApi(runs),
    broadcast: broadcastApi(broadcast, siren),
    recording: recordingApi(recording, () => clock.nowMs()),
    evidence: evidenceApi(evidence),
    patrol: patrolApi(patrol),
    perimeter: perimeterApi(perimeter),
    records: recordsApi(records, ports),
    demo: demoApi(demo),
    system: systemApi(ports, healthItems, backups, anchor, {
      ffmpeg: video.ffmpeg,
      encoder: video.encoder,
      speech: broadcast.speechEngines,
      broker: link.info,
      verifyRecords: () =>
        mergeReports([
          ingest.verify(),
          alarms.verify(),
          verifyRuns(db),
          broadcast.verify(),
          tours.verify(),
          pictures.verify(),
        ]),
    }),
  });

  return {
    router,
    ports,
    sessions,
    mediaUpgrade: video.upgrade,
    async stop() {
      for (const stop of stops.reverse()) {
        await Promise.resolve()
          .then(stop)
          .catch((error: Error) => kernel.log.error('stopping a part failed', { error: error.message }));
      }
    },
  };
}
