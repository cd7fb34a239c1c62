import type { Camera } from '#contract/site.ts';
import { startRtspServer, type MountOptions, type MountState, type RtspServer } from '#native/rtsp/server.ts';
import type { Log } from '#station/log.ts';
import type { SitePort } from '#station/ports.ts';
import { openClips } from './clips.ts';
import type { Dome } from './ptz/dome.ts';

/** The demo park's cameras: one RTSP server on loopback, a clip per camera. */
export interface DemoCameras {
  readonly port: number;
  /** Switches a camera off or on; unknown ones are ignored (the site may have been edited). */
  turn(cameraId: string, state: MountState): void;
  /** Shows another clip of the library from its next key frame on. */
  show(cameraId: string, clipName: string): Promise<void>;
  stop(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

/** Host and port that a camera's address names, if it is one of this park's own. */
function ownPort(url: string): number | undefined {
  const parsed = new URL(url);
  return parsed.hostname === LOOPBACK && parsed.port !== '' ? Number(parsed.port) : undefined;
}

const urlsOf = ({ mainUrl, subUrl }: Pick<Camera, 'mainUrl' | 'subUrl'>): string[] =>
  subUrl === undefined ? [mainUrl] : [mainUrl, subUrl];
/** The same in the small stream of a camera that has one (`resources/tools/make-sub-clips.mjs`). */
const subClip = (name: string): string => `${name}-sub`;

/** The port that the site's own cameras are at; undefined when it has none on this machine. */
export function cameraPort(cameras: readonly Pick<Camera, 'mainUrl'>[]): number | undefined {
  return cameras.map(({ mainUrl }) => ownPort(mainUrl)).find((port) => port !== undefined);
}

/** An address of the site as it really is, when the cameras had to take another port. */
export function movedUrl(url: string, sitePort: number | undefined, realPort: number | undefined): string {
  if (realPort === undefined || sitePort === undefined || ownPort(url) !== sitePort) return url;
  const moved = new URL(url);
  moved.port = String(realPort);
  return moved.href;
}

/**
 * Starts the cameras. When the wanted port is taken, another one is: `port` tells which.
 * @param wantedPort 0 takes any free one
 */
export async function startCameras(options: {
  folder: string;
  site: Pick<SitePort, 'current' | 'cameraPassword'>;
  wantedPort: number;
  dome: Dome | undefined;
  log: Log;
}): Promise<DemoCameras> {
  const { folder, site, wantedPort, dome, log } = options;
  const clips = await openClips(folder);
  const known = new Set(clips.names());
  const mounts: Record<string, MountOptions> = {};
  const streams = site
    .current()
    .cameras.flatMap((camera) =>
      urlsOf(camera).map((url) => ({ id: camera.id, username: camera.username, url })),
    );
  for (const { id, username, url } of streams) {
    const path = new URL(url).pathname;
    const name = path.slice(1);
    if (ownPort(url) === undefined) continue;
    if (dome?.cameraId === id)
      mounts[path] = { clip: dome.picture, username, password: site.cameraPassword(id) };
    if (!known.has(name)) continue;
    const load = () =>
      clips.load(name).catch((error: Error) => {
        log.warn('demo camera without a picture', { camera: id, error: error.message });
        throw error;
      });
    const sound = await clips.sound(name);
    const picture = { clip: load, username, password: site.cameraPassword(id) };
    mounts[path] = sound ? { ...picture, sound } : picture;
  }
  const start = (port: number): Promise<RtspServer> => startRtspServer({ host: LOOPBACK, port, mounts });
  const server = await start(wantedPort).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
    log.warn('port of the demo cameras is not free, taking another', { port: wantedPort, error: error.code });
    return start(0);
  });
  /** The mounts of a camera's streams, the main one first. */
  const pathsOf = (cameraId: string): string[] => {
    const camera = site.current().cameras.find(({ id }) => id === cameraId);
    const paths = camera ? urlsOf(camera).map((url) => new URL(url).pathname) : [];
    return paths.filter((path) => path in mounts);
  };
  return {
    port: server.port,
    turn(cameraId, state) {
      for (const path of pathsOf(cameraId)) server.setMount(path, state);
    },
    async show(cameraId, clipName) {
      const [main, sub] = pathsOf(cameraId);
      // Both at once, when both are there.
      const [large, small] = await Promise.all([
        main && clips.load(clipName),
        sub && clips.load(known.has(subClip(clipName)) ? subClip(clipName) : clipName),
      ]);
      if (main && large) server.setClip(main, large);
      if (sub && small) server.setClip(sub, small);
    },
    stop: () => server.stop(),
  };
}
