import type { StreamKind } from '#contract/media-wire.ts';
import type { Camera, PullChoice } from '#contract/site.ts';
import { deviceOf, secretsInAddress } from '#domain/camera-device.ts';
import type { DirectFor } from '#native/ffmpeg/pull-choice.ts';
import type { RtspSource } from '#native/ffmpeg/source.ts';
import type { CertificateCheck } from '#native/tls/pinned.ts';
import type { SitePort } from '#station/ports.ts';

/** The stream that a camera really has for what is asked: its main one where there is no other. */
export function streamOf(camera: Camera, asked: StreamKind): StreamKind {
  return asked === 'sub' && camera.subUrl === undefined ? 'main' : asked;
}

/** Where to pull it from. Password and login in the address come from the vault and go to the driver only. */
export function sourceOf(
  site: SitePort,
  camera: Camera,
  stream: StreamKind,
  trusts: CertificateCheck,
): RtspSource {
  const address = stream === 'sub' ? (camera.subUrl ?? camera.mainUrl) : camera.mainUrl;
  // one that cannot be opened is refused by the camera, which says so
  const url = site.openAddress(address) ?? address;
  return {
    url,
    account: { device: deviceOf(camera, address), secrets: secretsInAddress(url) },
    transport: camera.transport,
    sound: camera.sound !== 'off',
    user: camera.username,
    password: site.cameraPassword(camera.id),
    trusts,
  };
}

/**
 * Whom the station's own client serves. The camera's choice outweighs the station's. 'direct' is the station's default:
 * measured, it costs less than a third of ffmpeg's way and is one frame time earlier, and ffmpeg takes over where it does
 * not do. 'auto' lets ffmpeg pull the wall and takes the client for the camera that a guard works with.
 * @param station value of the setting `video.pull`
 */
export function directFor(camera: PullChoice, station: string): DirectFor {
  const choice = camera === 'auto' ? station : camera;
  if (choice === 'direct') return 'everybody';
  return choice === 'ffmpeg' ? 'nobody' : 'working';
}
