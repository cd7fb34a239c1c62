import type { Camera } from '#contract/site.ts';
import { angleAt, bearingAt, mountOf, zoomAt } from '#domain/ptz-mount.ts';
import type { LiveSource } from '#native/rtsp/server.ts';
import type { Log } from '#station/log.ts';
import { startDevice, type DemoDevice } from './device.ts';
import { createHead, type HeadPreset } from './head.ts';
import { createPicture } from './picture.ts';

/** The demo park's camera that turns: an ONVIF device and the picture that follows it. */
export interface Dome {
  readonly cameraId: string;
  readonly picture: LiveSource;
  readonly port: number;
  /** The RTSP port is known only after the picture is mounted. */
  setStreamUrl(url: string): void;
  stop(): Promise<void>;
}

/** What its maker set: a crossing, the way to the east gate, the loading yard, the car park. */
const PRESETS: readonly HeadPreset[] = [
  { token: '1', name: '路口 Crossing', position: { pan: 0.05, tilt: -0.75, zoom: 0 } },
  { token: '2', name: '东门 East gate', position: { pan: -0.49, tilt: 0.6, zoom: 0.9 } },
  { token: '3', name: '装卸区 Loading yard', position: { pan: -0.08, tilt: 0.25, zoom: 0.45 } },
  { token: '4', name: '停车场 Car park', position: { pan: 0.32, tilt: 0.4, zoom: 0.5 } },
];

/**
 * Starts the dome of a camera of the site that has its ONVIF address on this machine.
 * @param port 0 takes any free one
 */
export async function startDome(options: {
  camera: Camera;
  password: string | undefined;
  port: number;
  resources: string;
  ffmpeg: () => string | null;
  log: Log;
}): Promise<Dome> {
  const { camera, password, port, resources, ffmpeg, log } = options;
  const head = createHead(() => performance.now(), PRESETS);
  const mount = mountOf(camera);
  const look = () => {
    const { pan, tilt, zoom } = head.position();
    return {
      bearing: bearingAt(mount, pan),
      elevation: mount.tiltZeroDegrees + tilt * mount.tiltDegrees,
      angle: angleAt(mount, camera.viewAngleDegrees ?? 60, zoom),
      times: zoomAt(mount, zoom),
    };
  };
  let streamUrl = camera.mainUrl;
  const login =
    camera.username === undefined || password === undefined ? null : { user: camera.username, password };
  const device: DemoDevice = await startDevice({ head, login, port, streamUrl: () => streamUrl });
  return {
    cameraId: camera.id,
    picture: createPicture({ resources, ffmpeg, look, log }),
    port: device.port,
    setStreamUrl: (url) => void (streamUrl = url),
    stop: () => device.stop(),
  };
}
