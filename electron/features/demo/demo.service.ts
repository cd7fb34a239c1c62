import { join } from 'node:path';
import type { z } from 'zod';
import type { scenario as scenarioItem } from '#contract/system.contract.ts';
import type { BrokerAddress } from '#native/mqtt/address.ts';
import type { Camera } from '#contract/site.ts';
import { fail } from '#station/errors.ts';
import type { Actor, AlarmsPort, SitePort, StationPorts } from '#station/ports.ts';
import { cameraPort, movedUrl, startCameras, type DemoCameras } from './cameras.ts';
import { startLife, type Life } from './life.ts';
import { play, type Running } from './scenario.ts';
import { isOurPark } from './park-link.ts';
import { startDome, type Dome } from './ptz/dome.ts';
import { DEMO_ROUTE } from './tour-route.ts';
import { SCENARIOS } from './scenarios/index.ts';

type ScenarioItem = z.infer<typeof scenarioItem>;
export type DemoService = ReturnType<typeof createDemo>;
export type DemoPorts = Pick<
  StationPorts,
  'clock' | 'log' | 'paths' | 'site' | 'settings' | 'audit' | 'write' | 'liveCollection'
>;
export interface DemoDeps {
  /** Where the park's broker listens; undefined until it does. Asked again and again: it may move. */
  broker(): BrokerAddress | undefined;
  alarms: Pick<AlarmsPort, 'open'>;
  /** Port of the cameras instead of the site file's; 0 takes any free one. */
  rtspPort?: number;
  /** Where ffmpeg is, once that is known: the camera that turns needs it for its picture. */
  ffmpegPath: () => string | null;
  /** Seed of all chance; 0 unless a test wants another day. */
  seed?: number;
}

const LOOK_FOR_BROKER_MS = 1000;

/**
 * The life of the demo park that comes with the program. For any other site all of it stays off: no port is opened, no message sent, and the
 * scenarios are refused.
 */
export function createDemo(ports: DemoPorts, deps: DemoDeps) {
  const { clock, log, paths, site, settings, audit, write } = ports;
  // a demo site of somebody's own (or of a test) keeps its demo accounts, but nobody speaks for its devices
  const isDemo = site.current().site.kind === 'demo' && isOurPark(site.current().devices);
  const live = ports.liveCollection<ScenarioItem>();
  const running = new Map<string, Running>();
  const sitePort = cameraPort(site.current().cameras);
  let cameras: DemoCameras | undefined;
  let dome: Dome | undefined;
  let life: Life | undefined;
  let lifeAt: string | undefined;
  let stopLooking: (() => void) | undefined;
  let isStopped = false;
  let work: Promise<void> = Promise.resolve();

  if (isDemo) {
    settings.define(
      { key: 'demo.readingSeconds', kind: 'number', defaultValue: 60, min: 5, max: 3600 },
      { key: 'demo.trafficPace', kind: 'number', defaultValue: 1, min: 0, max: 50 },
      { key: 'demo.mishapsPerHour', kind: 'number', defaultValue: 4, min: 0, max: 600 },
    );
    live.upsert(...SCENARIOS.map(({ id, durationSeconds }) => idle(id, durationSeconds)));
  }

  const show = (id: string, startedAtMs: number | null, durationSeconds: number) =>
    live.upsert({ id, state: startedAtMs === null ? 'idle' : 'running', startedAtMs, durationSeconds });
  const stopLife = async () => {
    for (const one of [...running.values()]) one.stop();
    const old = life;
    life = undefined;
    lifeAt = undefined;
    await old?.stop();
  };
  /** The park connects once the broker listens, and moves with it. */
  const follow = async () => {
    const address = isStopped ? undefined : deps.broker();
    const key = address && JSON.stringify([address.url, address.username]);
    if (key === lifeAt) return;
    await stopLife();
    if (!address) return;
    life = await startLife({ ports, address, alarms: deps.alarms, seed: deps.seed ?? 0 });
    lifeAt = key;
  };
  /** The first camera of the site that turns and has its ONVIF address on this machine. */
  const openDome = async (): Promise<Dome | undefined> => {
    const camera = site.current().cameras.find((one) => one.ptz && one.onvif?.address === '127.0.0.1');
    if (!camera?.onvif) return undefined;
    const port = deps.rtspPort === undefined ? camera.onvif.port : 0;
    const password = site.cameraPassword(camera.id);
    const { resources } = paths;
    return startDome({ camera, password, port, resources, ffmpeg: deps.ffmpegPath, log });
  };
  const enqueue = (task: () => Promise<void>): Promise<void> =>
    (work = work.then(task).catch((error: unknown) => log.error('demo park', { error: String(error) })));

  const cameraIds = DEMO_ROUTE.groups.flatMap((group) => group.cameraIds);
  return {
    live,
    /** A video patrol to try; null where this is not the demo park. */
    tourRoute: isDemo && cameraIds.every((id) => site.camera(id)) ? DEMO_ROUTE : null,
    /**
     * Lets the cameras listen; after it `camerasOf` knows where. Quick: clips are read when somebody asks for them.
     * What fails is logged and does not keep the station from starting.
     */
    openCameras(): Promise<void> {
      if (!isDemo) return Promise.resolve();
      return enqueue(async () => {
        const wantedPort = deps.rtspPort ?? sitePort ?? 0;
        dome = await openDome().catch((error: Error) => {
          log.warn('demo dome', { error: error.message });
          return undefined;
        });
        cameras = await startCameras({
          folder: join(paths.resources, 'demo', 'clips'),
          site,
          wantedPort,
          dome,
          log,
        });
        const turns = site.current().cameras.find(({ id }) => id === dome?.cameraId);
        if (turns) dome?.setStreamUrl(movedUrl(turns.mainUrl, sitePort, cameras.port));
        log.info('demo cameras', { port: cameras.port, onvifPort: dome?.port ?? 0 });
      });
    },
    /** The site with its cameras' addresses as they really are: another port than the file's may have been taken. */
    camerasOf(port: SitePort): SitePort {
      if (cameras === undefined) return port;
      const realPort = cameras.port;
      const really = <T extends Camera>(camera: T): T => ({
        ...camera,
        mainUrl: movedUrl(camera.mainUrl, sitePort, realPort),
        subUrl: camera.subUrl && movedUrl(camera.subUrl, sitePort, realPort),
        ...(camera.onvif && dome?.cameraId === camera.id
          ? { onvif: { ...camera.onvif, port: dome.port } }
          : {}),
      });
      return {
        ...port,
        current: () => ({ ...port.current(), cameras: port.current().cameras.map(really) }),
        camera(id) {
          const camera = port.camera(id);
          return camera && really(camera);
        },
      };
    },
    /** Connects the devices, as soon as the broker listens. */
    start(): Promise<void> {
      if (!isDemo) return Promise.resolve();
      stopLooking = clock.every(LOOK_FOR_BROKER_MS, () => void enqueue(follow));
      return enqueue(follow);
    },
    startScenario(actor: Actor, id: string): void {
      const scenario = SCENARIOS.find((one) => one.id === id);
      if (!isDemo) fail('CONFLICT', 'demo.not_a_demo_site');
      if (!scenario) fail('NOT_FOUND', 'demo.unknown_scenario', { id });
      if (running.has(id)) fail('CONFLICT', 'demo.already_running', { id });
      if (!life) fail('UNAVAILABLE', 'demo.park_not_connected');
      const { park } = life;
      write((tx) => {
        audit.append(tx, actor, 'demo.start', id);
        tx.afterCommit(() => {
          const onEnd = () => {
            running.delete(id);
            show(id, null, scenario.durationSeconds);
          };
          const onError = (error: Error) => log.warn('demo scenario', { id, error: error.message });
          running.set(id, play(scenario, { park, cameras: () => cameras, clock, onEnd, onError }));
          show(id, tx.nowMs, scenario.durationSeconds);
        });
      });
    },
    /** Ends a scenario and undoes it; one that does not run is fine. */
    stopScenario(actor: Actor, id: string): void {
      if (!SCENARIOS.some((one) => one.id === id)) fail('NOT_FOUND', 'demo.unknown_scenario', { id });
      if (!running.has(id)) return;
      write((tx) => {
        audit.append(tx, actor, 'demo.stop', id);
        tx.afterCommit(() => running.get(id)?.stop());
      });
    },
    async stop(): Promise<void> {
      isStopped = true;
      stopLooking?.();
      await enqueue(stopLife);
      await cameras?.stop();
      await dome?.stop();
    },
  };
}

const idle = (id: string, durationSeconds: number): ScenarioItem => ({
  id,
  state: 'idle',
  startedAtMs: null,
  durationSeconds,
});
