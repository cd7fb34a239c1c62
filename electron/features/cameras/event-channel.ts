import { withoutLogin } from '#domain/stream-login.ts';
import type { OnvifClient } from '#native/onvif/client.ts';
import type { OnvifEvent } from '#native/onvif/event-message.ts';
import { getProfiles, getStreamUri } from '#native/onvif/media.ts';

/** Which video source of a device a token or a stream address stands for. */
export interface SourceMap {
  /** Of sources themselves and of what points at them. */
  byToken: ReadonlyMap<string, string>;
  /** Path and query of the streams; empty where nobody needs it. */
  byPath: ReadonlyMap<string, string>;
}
export const NO_SOURCES: SourceMap = { byToken: new Map(), byPath: new Map() };

/** A camera at a device. `source`: the channel it is, where that is known. */
export interface ChannelCamera {
  id: string;
  source?: string | undefined;
  mainUrl: string;
}

/** Without a login: ours is sealed. */
function pathOf(address: string): string {
  const url = withoutLogin(address);
  return URL.canParse(url) ? `${new URL(url).pathname}${new URL(url).search}` : url;
}

/**
 * Asks a device for its sources. The streams' addresses are asked for only if a camera has to be told by them.
 * @throws OnvifError
 */
export async function readSources(
  client: OnvifClient,
  cameras: readonly ChannelCamera[],
): Promise<SourceMap> {
  const profiles = (await getProfiles(client)).filter(({ video }) => video?.sourceToken);
  const byToken = new Map<string, string>();
  for (const { video } of profiles) {
    if (video!.sourceConfiguration) byToken.set(video!.sourceConfiguration, video!.sourceToken);
    byToken.set(video!.sourceToken, video!.sourceToken);
  }
  const byPath = new Map<string, string>();
  const isNeeded = new Set(byToken.values()).size > 1 && cameras.some(({ source }) => source === undefined);
  if (isNeeded)
    for (const profile of profiles) {
      const uri = await getStreamUri(client, profile).catch(() => '');
      if (uri !== '') byPath.set(pathOf(uri), profile.video!.sourceToken);
    }
  return { byToken, byPath };
}

/** What names no video source: recorders number inputs and windows like their channels. */
const NO_VIDEO = /input|port|alarmin|relay|window|rule|audio/i;

/**
 * Whose event it is. One that names a video source belongs to that channel's camera, and to nobody when the park does
 * not have that channel; one of the device itself (an input) belongs to the device's first camera.
 */
export function cameraOfEvent<T extends ChannelCamera>(
  event: Pick<OnvifEvent, 'source'>,
  cameras: readonly T[],
  sources: SourceMap,
): T | undefined {
  const tokens = Object.entries(event.source)
    .filter(([name]) => !NO_VIDEO.test(name))
    .map(([, token]) => token);
  const sourceOf = (camera: T) => camera.source ?? sources.byPath.get(pathOf(camera.mainUrl));
  const named = tokens.map((token) => sources.byToken.get(token)).find((one) => one !== undefined);
  if (named === undefined)
    return cameras.find((one) => one.source !== undefined && tokens.includes(one.source)) ?? cameras[0];
  const isOnlyOne = new Set(sources.byToken.values()).size === 1;
  return cameras.find((one) => sourceOf(one) === named) ?? (isOnlyOne ? cameras[0] : undefined);
}
