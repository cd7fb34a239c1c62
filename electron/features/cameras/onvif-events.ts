import type { JsonObject } from '#contract/base.ts';
import type { Camera } from '#contract/site.ts';
import { createEventStream, type EventStream } from '#native/onvif/events.ts';
import { meaningOf, type EventMeaning } from '#native/onvif/event-message.ts';
import type { EventsPort, StationPorts } from '#station/ports.ts';
import { deviceUrl } from './probe-device.ts';

/** A camera that sees leaves in the wind says so twice a second; one record in this time is enough. */
const MOTION_EVERY_MS = 10_000;

interface Listening {
  /** Address and login that it was opened with. */
  key: string;
  stream: EventStream;
  reading: Promise<void>;
}

/**
 * What cameras report by ONVIF as events of the station: motion as `video.motion` (for the record), tampering as
 * `video.tamper` (an alarm, cleared by the camera), inputs as `video.input`. One subscription per camera that has
 * `onvif.events`, following the site.
 */
export function listenToCameras(
  ports: Pick<StationPorts, 'bus' | 'clock' | 'log' | 'site' | 'write'>,
  events: EventsPort,
  isActive: (deviceId: string, type: string) => boolean,
) {
  const { bus, clock, log, site, write } = ports;
  const open = new Map<string, Listening>();
  const ending = new Set<Promise<unknown>>();

  function record(cameraId: string, type: string, state: 'raise' | 'clear' | 'info', data: JsonObject): void {
    if (state !== 'info' && isActive(cameraId, type) === (state === 'raise')) return;
    try {
      write((tx) => events.record(tx, { deviceId: cameraId, type, state, data }));
    } catch (error) {
      log.error('camera event not recorded', { camera: cameraId, type, error: (error as Error).message });
    }
  }

  function start(camera: Camera, key: string): Listening {
    const { address, port } = camera.onvif!;
    const password = site.cameraPassword(camera.id) ?? '';
    const stream = createEventStream({
      url: deviceUrl(address, port),
      ...(camera.username ? { login: { user: camera.username, password } } : {}),
      nowMs: () => clock.nowMs(),
      clock,
      onState(state) {
        if (state.kind === 'backing-off' && state.attempt === 1)
          log.warn('camera events failed', { camera: camera.id, reason: state.reason });
      },
    });
    let motionAtMs = -Infinity;
    const inputs = new Map<string, boolean | null>();
    const act = ({ kind, on, source }: EventMeaning) => {
      if (kind === 'motion') {
        if (on === false || clock.monotonicMs() - motionAtMs < MOTION_EVERY_MS) return;
        motionAtMs = clock.monotonicMs();
        record(camera.id, 'video.motion', 'info', { source });
      } else if (kind === 'tamper') {
        record(camera.id, 'video.tamper', on === false ? 'clear' : 'raise', { source });
      } else if (inputs.get(source) !== on) {
        // a state told again, as after every subscription, is no news; the first one is where it stands
        const isFirst = !inputs.has(source) && on === false;
        inputs.set(source, on);
        if (!isFirst) record(camera.id, 'video.input', 'info', { source, on: on ?? true });
      }
    };
    const reading = (async () => {
      for await (const event of stream) {
        const meaning = meaningOf(event);
        if (meaning) act(meaning);
      }
    })().catch((error: Error) =>
      log.error('camera events ended', { camera: camera.id, error: error.message }),
    );
    return { key, stream, reading };
  }

  function end(id: string): void {
    const listening = open.get(id);
    if (!listening) return;
    open.delete(id);
    const done = Promise.all([listening.stream.close(), listening.reading]);
    ending.add(done);
    void done.finally(() => ending.delete(done));
  }

  function follow(): void {
    const wanted = new Map<string, { camera: Camera; key: string }>();
    for (const camera of site.current().cameras) {
      if (!camera.onvif?.events) continue;
      const login = [camera.username ?? '', site.cameraPassword(camera.id) ?? ''];
      wanted.set(camera.id, {
        camera,
        key: JSON.stringify([camera.onvif.address, camera.onvif.port, ...login]),
      });
    }
    for (const [id, { key }] of [...open]) if (wanted.get(id)?.key !== key) end(id);
    for (const [id, { camera, key }] of wanted) if (!open.has(id)) open.set(id, start(camera, key));
  }

  const stopSite = bus.on('site.changed', follow);
  follow();
  return {
    /** How many cameras are listened to. */
    count: () => open.size,
    async stop(): Promise<void> {
      stopSite();
      for (const id of [...open.keys()]) end(id);
      await Promise.all(ending);
    },
  };
}
