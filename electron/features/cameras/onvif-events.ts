import type { Camera } from '#contract/site.ts';
import { deviceOfOnvif } from '#domain/camera-device.ts';
import { deviceUrl } from '#native/onvif/address.ts';
import { createOnvifClient, type OnvifOptions } from '#native/onvif/client.ts';
import { createEventStream, type EventStream } from '#native/onvif/events.ts';
import { meaningsOf } from '#native/onvif/event-meaning.ts';
import type { OnvifEvent } from '#native/onvif/event-message.ts';
import type { LoginMemory } from '#native/process/login-memory.ts';
import type { SuperviseState } from '#native/process/supervise.ts';
import type { CertificateCheck } from '#native/tls/pinned.ts';
import type { SitePort, StationPorts } from '#station/ports.ts';
import { cameraOfEvent, NO_SOURCES, readSources, type SourceMap } from './event-channel.ts';
import { createHeard } from './event-heard.ts';
import { createEventRecords, type RecordsDeps } from './event-records.ts';

/** A device that did not name its sources is not asked with every event. */
const ASK_SOURCES_EVERY_MS = 60_000;
/** Within this a device that was subscribed to has told how all its states stand. */
const STATES_TOLD_MS = 5_000;

/** One subscription: a camera's, or that of a recorder for all its channels. */
interface Listening {
  /** Those that want events, in the order of the site. */
  cameras: Camera[];
  stream: EventStream;
  reading: Promise<void>;
}
export interface EventsDeps extends RecordsDeps {
  /** Cameras where they really listen: those of a demo may have moved to another port. */
  reachable: Pick<SitePort, 'camera'>;
  trusts: CertificateCheck;
  /** Which logins the devices of the park have refused. */
  logins: LoginMemory;
}

/**
 * What cameras report by ONVIF as events of the station (`event-records.ts` says what becomes of each). One subscription
 * per device and login, however many of its channels have `onvif.events`, following the site.
 */
export function listenToCameras(
  ports: Pick<StationPorts, 'bus' | 'clock' | 'log' | 'site' | 'write' | 'liveCollection'>,
  deps: EventsDeps,
) {
  const { bus, clock, log, site } = ports;
  const open = new Map<string, Listening>();
  const ending = new Set<Promise<unknown>>();
  const heard = createHeard(ports);
  const records = createEventRecords(ports, deps);
  /** Of a device under any address and login: a later subscription has a greater number. */
  let starts = 0;

  /** Whose an event is. The device is asked for its sources with the first event that comes. */
  function router(listening: () => Camera[], options: OnvifOptions) {
    let sources: SourceMap = NO_SOURCES;
    let askedAtMs = -Infinity;
    let askedFor = '';
    async function learn(): Promise<void> {
      const wanted = listening().map(({ id }) => id).join(' '); // prettier-ignore
      const isNew = wanted !== askedFor;
      const isDue = sources === NO_SOURCES && clock.monotonicMs() - askedAtMs >= ASK_SOURCES_EVERY_MS;
      if (!isNew && !isDue) return;
      [askedFor, askedAtMs] = [wanted, clock.monotonicMs()];
      const client = createOnvifClient(options);
      try {
        sources = await readSources(client, listening().map(channelOf));
      } catch (error) {
        log.warn('sources of a device not read', { url: options.url, error: (error as Error).message });
      } finally {
        client.close();
      }
    }
    return async (event: OnvifEvent) => {
      await learn();
      return cameraOfEvent(event, listening().map(channelOf), sources)?.id;
    };
  }

  function start(key: string, cameras: Camera[]): Listening {
    const [camera] = cameras as [Camera];
    const password = site.cameraPassword(camera.id) ?? '';
    const options: OnvifOptions = {
      url: deviceUrl({ ...camera.onvif!, host: camera.onvif!.address }),
      ...(camera.username ? { login: { user: camera.username, password } } : {}),
      nowMs: () => clock.nowMs(),
      trusts: deps.trusts,
    };
    const listening = () => open.get(key)?.cameras ?? cameras;
    const ids = () => listening().map(({ id }) => id);
    const earlier = (starts += 1) * 1e9;
    let subscription = earlier;
    let isReading = false;
    let cancelSettle: () => void = () => undefined;
    function settle(): void {
      // what it has told is still being looked at
      if (isReading) cancelSettle = clock.after(STATES_TOLD_MS, settle);
      else for (const id of ids()) records.settle(id, subscription);
    }
    function onState(state: SuperviseState): void {
      if (state.kind === 'running') {
        heard.state(ids(), 'listening');
        subscription = earlier + state.generation;
        cancelSettle();
        cancelSettle = clock.after(STATES_TOLD_MS, settle);
      } else cancelSettle();
      if (state.kind !== 'backing-off') return;
      heard.state(ids(), 'failed', state.reason);
      if (state.attempt === 1) log.warn('camera events failed', { camera: camera.id, reason: state.reason });
    }
    const shared = {
      logins: deps.logins,
      device: deviceOfOnvif({ ...camera, onvif: camera.onvif! }),
    };
    heard.state(ids(), 'connecting');
    const stream = createEventStream({ ...options, clock, onState, shared });
    const whose = router(listening, options);
    const reading = (async () => {
      for await (const event of stream) {
        const meanings = meaningsOf(event);
        isReading = true;
        const id = await whose(event);
        isReading = false;
        if (id === undefined) continue;
        heard.heard(id, event.topic, meanings !== undefined);
        for (const meaning of meanings ?? []) records.act(id, meaning, event, subscription);
      }
    })().catch((error: Error) =>
      log.error('camera events ended', { camera: camera.id, error: error.message }),
    );
    return { cameras, stream, reading };
  }

  function end(key: string): void {
    const listening = open.get(key);
    if (!listening) return;
    open.delete(key);
    const done = Promise.all([listening.stream.close(), listening.reading]);
    ending.add(done);
    void done.finally(() => ending.delete(done));
  }

  function follow(): void {
    const wanted = new Map<string, Camera[]>();
    for (const { id } of site.current().cameras) {
      const camera = deps.reachable.camera(id);
      if (!camera?.onvif?.events) continue;
      const { address, port, secure } = camera.onvif;
      const login = [camera.username ?? '', site.cameraPassword(id) ?? ''];
      const key = JSON.stringify([address, port, secure, ...login]);
      wanted.set(key, [...(wanted.get(key) ?? []), camera]);
    }
    for (const key of [...open.keys()]) if (!wanted.has(key)) end(key);
    for (const [key, cameras] of wanted) {
      const listening = open.get(key);
      if (listening) listening.cameras = cameras;
      else open.set(key, start(key, cameras));
    }
    const ids = new Set([...wanted.values()].flat().map(({ id }) => id));
    for (const { id } of heard.live.values()) if (!ids.has(id)) records.forget(id);
    heard.keep(ids);
  }

  const stopSite = bus.on('site.changed', follow);
  follow();
  return {
    live: heard.live,
    /** How many devices are listened to. */
    count: () => open.size,
    async stop(): Promise<void> {
      stopSite();
      heard.stop();
      records.stop();
      for (const key of [...open.keys()]) end(key);
      await Promise.all(ending);
      heard.stop();
    },
  };
}

const channelOf = ({ id, onvif, mainUrl }: Camera) => ({ id, source: onvif?.source, mainUrl });
