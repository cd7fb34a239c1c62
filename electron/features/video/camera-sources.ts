import type { StreamKind } from '#contract/media-wire.ts';
import type { Camera } from '#contract/site.ts';
import type { RtspSource } from '#native/ffmpeg/source.ts';
import type { SitePort } from '#station/ports.ts';

/** The stream that a camera really has for what is asked: its main one where there is no other. */
export function streamOf(camera: Camera, asked: StreamKind): StreamKind {
  return asked === 'sub' && camera.subUrl === undefined ? 'main' : asked;
}

/** Where to pull it from. The password comes from the vault and goes to the driver only. */
export function sourceOf(site: SitePort, camera: Camera, stream: StreamKind): RtspSource {
  return {
    url: stream === 'sub' ? (camera.subUrl ?? camera.mainUrl) : camera.mainUrl,
    transport: camera.transport,
    user: camera.username,
    password: site.cameraPassword(camera.id),
  };
}
