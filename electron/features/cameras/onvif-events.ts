import type { JsonObject } from '#contract/base.ts';
import type { Camera } from '#contract/site.ts';
import { deviceUrl } from '#native/onvif/address.ts';
import { createOnvifClient, type OnvifOptions } from '#native/onvif/client.ts';
import { createEventStream, type EventStream } from '#native/onvif/events.ts';
import { meaningOf, type EventMeaning, type OnvifEvent } from '#native/onvif/event-message.ts';
import type { CertificateCheck } from '#native/tls/pinned.ts';
import type { EventsPort, SitePort, StationPorts } from '#station/ports.ts';
import { cameraOfEvent, NO_SOURCES, readSources, type SourceMap } from './event-channel.ts';

/** A camera that sees leaves in the wind says so twice a second; one record in this time is enough. */
const MOTION_EVERY_MS = 10_000;
/** A device that did not name its sources is not asked with every event. */
const ASK_SOURCES_EVERY_MS = 60_000;

/** One subscription: a camera's, or that of a recorder for all its channels. */
interface Listening {
  /** Those that want events, in the order of the site. */
  cameras: Camera[];
  stream: EventStream;
  reading: Promise<void>;
}
export interface EventsDeps {
  events: EventsPort;
  isActive: (deviceId: string, type: string) => boolean;
  /** Cameras where they really listen: those of a demo may have moved to another port. */
  reachable: Pick<SitePort, 'camera'>;
  trusts: CertificateCheck;
}

/**
 * What cameras report by ONVIF as events of the station: motion as `video.motion` (for the record), tampering as
 * `video.tamper` (an alarm, cleared by the camera), inputs as `video.input`. One subscription per device and login,
 * however many of its channels have `onvif.events`, following the site.
 */
export function listenToCameras(
  ports: Pick<StationPorts, 'bus' | 'clock' | 'log' | 'site' | 'write'>,
  deps: EventsDeps,
) {
  const { bus, clock, log, site, write } = ports;
  const open = new Map<string, Listening>();
  const ending = new Set<Promise<unknown>>();
  const motionAtMs = new Map<string, number>();
  const inputs = new Map<string, boolean | null>();

  function record(cameraId: string, type: string, state: 'raise' | 'clear' | 'info', data: JsonObject): void {
    if (state !== 'info' && deps.isActive(cameraId, type) === (state === 'raise')) return;
    try {
      write((tx) => deps.events.record(tx, { deviceId: cameraId, type, state, data }));
    } catch (error) {
      log.error('camera event not recorded', { camera: cameraId, type, error: (error as Error).message });
    }
  }

  function act(id: string, { kind, on, source }: EventMeaning): void {
    if (kind === 'motion') {
      if (on === false || clock.monotonicMs() - (motionAtMs.get(id) ?? -Infinity) < MOTION_EVERY_MS) return;
      motionAtMs.set(id, clock.monotonicMs());
      record(id, 'video.motion', 'info', { source });
    } else if (kind === 'tamper') {
      record(id, 'video.tamper', on === false ? 'clear' : 'raise', { source });
    } else {
      const input = `${id} ${source}`;
      if (inputs.get(input) === on) return;
      // a state told again, as after every subscription, is no news; the first one is where it stands
      const isFirst = !inputs.has(input) && on === false;
      inputs.set(input, on);
      if (!isFirst) record(id, 'video.input', 'info', { source, on: on ?? true });
    }
  }

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
    const stream = createEventStream({
      ...options,
      clock,
      onState(state) {
        if (state.kind === 'backing-off' && state.attempt === 1)
          log.warn('camera events failed', { camera: camera.id, reason: state.reason });
      },
    });
    const whose = router(() => open.get(key)?.cameras ?? cameras, options);
    const reading = (async () => {
      for await (const event of stream) {
        const meaning = meaningOf(event);
        const id = meaning && (await whose(event));
        if (id !== undefined) act(id, meaning!);
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
  }

  const stopSite = bus.on('site.changed', follow);
  follow();
  return {
    /** How many devices are listened to. */
    count: () => open.size,
    async stop(): Promise<void> {
      stopSite();
      for (const key of [...open.keys()]) end(key);
      await Promise.all(ending);
    },
  };
}

const channelOf = ({ id, onvif, mainUrl }: Camera) => ({ id, source: onvif?.source, mainUrl });
