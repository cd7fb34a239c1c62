import type { Camera } from '#contract/site.ts';
import { withoutLogin } from '#domain/stream-login.ts';
import { deviceUrl } from '#native/onvif/address.ts';
import { createOnvifClient, type OnvifClient } from '#native/onvif/client.ts';
import { OnvifError } from '#native/onvif/errors.ts';
import { getProfiles, getStreamUri, type OnvifProfile } from '#native/onvif/media.ts';
import type { CertificateCheck } from '#native/tls/pinned.ts';
import { createPtz, getNodes, type OnvifPtz, type PtzNode } from '#native/onvif/ptz.ts';

/** Where a camera takes commands, and as whom. */
export interface PtzEndpoint {
  address: string;
  port: number;
  secure: boolean;
  /** Over https: whether its certificate is the known one. */
  trusts: CertificateCheck;
  user: string;
  password: string;
  mainUrl: string;
  /** Media profile that PTZ goes with, if somebody chose one. */
  profile: string | null;
}
/** What a camera gave when it was asked. */
export interface PtzHead {
  ptz: OnvifPtz;
  node: PtzNode;
  close(): void;
}

/** Null for a camera that cannot be steered, or whose ONVIF address nobody entered. */
export function endpointOf(
  camera: Camera | undefined,
  password: string | undefined,
  trusts: CertificateCheck,
): PtzEndpoint | null {
  if (!camera?.ptz || !camera.onvif) return null;
  const { address, port, secure, profile } = camera.onvif;
  const { mainUrl, username } = camera;
  const login = { user: username ?? '', password: password ?? '' };
  return { address, port, secure, trusts, ...login, mainUrl, profile: profile ?? null };
}

/** Connects to a camera's PTZ. @throws OnvifError not_supported without PTZ, and all of the client's */
export async function openHead(of: PtzEndpoint, nowMs: () => number): Promise<PtzHead> {
  const client = createOnvifClient({
    url: deviceUrl({ ...of, host: of.address }),
    nowMs,
    trusts: of.trusts,
    ...(of.user === '' ? {} : { login: { user: of.user, password: of.password } }),
  });
  try {
    const profiles = (await getProfiles(client)).filter((one) => one.ptz !== null);
    const profile = await profileOf(client, profiles, of);
    if (!profile?.ptz) throw new OnvifError('not_supported', { service: 'ptz' });
    const nodes = await getNodes(client);
    const node = nodes.find(({ token }) => token === profile.ptz?.nodeToken) ?? nodes[0];
    if (!node) throw new OnvifError('not_supported', { service: 'ptz' });
    const ptz = createPtz(client, profile.token, node.spaces);
    return { ptz, node, close: () => client.close() };
  } catch (error) {
    client.close();
    throw error;
  }
}

/** A recorder has a head per channel: the one whose stream is the camera's. A single source needs no question. */
async function profileOf(
  client: OnvifClient,
  profiles: readonly OnvifProfile[],
  { mainUrl, profile: chosen }: PtzEndpoint,
): Promise<OnvifProfile | undefined> {
  const named = profiles.find(({ token }) => token === chosen);
  if (named) return named;
  const sources = new Set(profiles.map(({ video }) => video?.sourceToken));
  if (sources.size <= 1) return profiles[0];
  const path = (address: string) => {
    const url = withoutLogin(address);
    return URL.canParse(url) ? `${new URL(url).pathname}${new URL(url).search}` : url;
  };
  for (const profile of profiles) {
    const uri = await getStreamUri(client, profile).catch(() => '');
    if (path(uri) === path(mainUrl)) return profile;
  }
  return profiles[0];
}
