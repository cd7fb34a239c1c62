import type { FoundCamera } from '#contract/cameras.contract.ts';
import type { FoundDevice } from '#native/onvif/found.ts';

/** Host and port as an address writes them. */
export const hostOf = (url: string) => /^rtsps?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '';
/** Of a device's own address: its port, or the usual one of http. */
export const hostPort = (url: string) => {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || 80}`;
};

/** A device that answered, as the console sees it, with the cameras of the site at its addresses. */
export function found(
  device: FoundDevice,
  cameras: readonly { id: string; mainUrl: string; onvif?: { address: string } | undefined }[],
): FoundCamera {
  const url = new URL(device.urls[0]!);
  const hosts = new Set([device.host, ...device.urls.map((one) => new URL(one).hostname)]);
  const isHere = ({ mainUrl, onvif }: (typeof cameras)[number]) =>
    hosts.has(hostOf(mainUrl).replace(/:\d+$/, '')) || (onvif !== undefined && hosts.has(onvif.address));
  return {
    id: device.id,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
    secure: url.protocol === 'https:',
    name: device.name,
    hardware: device.hardware,
    location: device.location,
    heardOn: device.heardOn,
    knownCameraIds: cameras.filter(isHere).map(({ id }) => id),
  };
}
