/**
 * Which device counts a camera's wrong passwords. ONVIF has a port of its own but the device is the camera's; another port
 * of RTSP is another camera behind the same router, whose password is no business of this one.
 */
import { bareHost, hostOfAddress } from './camera-hosts.ts';
import { sealLogin } from './stream-login.ts';

interface Reached {
  mainUrl: string;
  onvif?: { address: string; port: number } | undefined;
}

const hostOf = (url: string) => bareHost(hostOfAddress(url) ?? url);

/** Host and port that a stream is reached at, the port written out. */
export function deviceOfStream(url: string): string {
  const [, scheme, port] =
    /^(rtsps?):\/\/(?:[^/?#]*@)?(?:\[[^\]]*\]|[^/?#:]*)(?::(\d+))?/i.exec(url.trim()) ?? [];
  return `${hostOf(url)} ${port ?? (scheme?.toLowerCase() === 'rtsps' ? '322' : '554')}`;
}

/** The device behind one stream of a camera: that of its main stream where both are at one host. */
export const deviceOf = ({ mainUrl }: Pick<Reached, 'mainUrl'>, url: string): string =>
  deviceOfStream(hostOf(mainUrl) === hostOf(url) ? mainUrl : url);

/** The device behind a camera's ONVIF. */
export function deviceOfOnvif({
  mainUrl,
  onvif,
}: Reached & { onvif: NonNullable<Reached['onvif']> }): string {
  const host = bareHost(onvif.address);
  return hostOf(mainUrl) === host ? deviceOfStream(mainUrl) : `${host} onvif ${onvif.port}`;
}

/** What is secret in an address: a login that a camera takes there. `url` is not sealed. */
export function secretsInAddress(url: string): string[] {
  const found: string[] = [];
  sealLogin(url, (secret) => {
    found.push(secret);
    return '';
  });
  return found;
}
