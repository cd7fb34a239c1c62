import type { OnvifClient } from './client.ts';
import { OnvifError } from './errors.ts';
import { attribute, child, children, escapeXml, number, text, type Xml } from './xml.ts';

export interface OnvifProfile {
  token: string;
  name: string;
  /** Through which service it was read: its stream has to be asked there too. */
  media: 1 | 2;
  video: {
    /**
     * h264, h265, jpeg, mpeg4 or what the device calls it, in lower case. Empty where it does not say: Media 1 has no
     * word for H.265, and some then leave out codec, size and rates.
     */
    codec: string;
    width: number | null;
    height: number | null;
    framesPerSecond: number | null;
    kilobitsPerSecond: number | null;
    /** Frames from one key frame to the next. */
    govLength: number | null;
    /** Video source: profiles of one source are the main and sub streams of one camera. */
    sourceToken: string;
    /** What points at that source in this profile: many events name this instead. */
    sourceConfiguration: string;
  } | null;
  /** aac, pcma or pcmu (the device says g711), g726; null without sound. */
  audioCodec: string | null;
  /** It can play sound sent to it. */
  audioOutput: boolean;
  ptz: { configurationToken: string; nodeToken: string } | null;
}

const PROFILES_2 = '<tr2:GetProfiles><tr2:Type>All</tr2:Type></tr2:GetProfiles>';

/**
 * Media profiles: Media 2 where the device has it (only there is H.265 to be seen), else, or when that is empty, Media 1.
 * @throws OnvifError
 */
export async function getProfiles(client: OnvifClient): Promise<OnvifProfile[]> {
  const services = await client.services();
  if (services.has('media2')) {
    try {
      const answer = await client.call('media2', PROFILES_2);
      const found = children(answer, 'Profiles').map((one) => readProfile(one, 2));
      if (found.some((one) => one.video !== null)) return found;
    } catch (error) {
      const soft =
        error instanceof OnvifError && ['fault', 'not_supported', 'not_onvif'].includes(error.code);
      if (!soft || !services.has('media')) throw error;
    }
  }
  const answer = await client.call('media', '<trt:GetProfiles/>');
  return children(answer, 'Profiles').map((one) => readProfile(one, 1));
}

/**
 * Where to pull a profile's stream: rtsp(s), on the host that we reached, without a login.
 * @throws OnvifError
 */
export async function getStreamUri(client: OnvifClient, profile: OnvifProfile): Promise<string> {
  const token = escapeXml(profile.token);
  const answer =
    profile.media === 2
      ? await client.call(
          'media2',
          `<tr2:GetStreamUri><tr2:Protocol>RTSP</tr2:Protocol><tr2:ProfileToken>${token}</tr2:ProfileToken></tr2:GetStreamUri>`,
        )
      : await client.call(
          'media',
          '<trt:GetStreamUri><trt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>RTSP</tt:Protocol>' +
            `</tt:Transport></trt:StreamSetup><trt:ProfileToken>${token}</trt:ProfileToken></trt:GetStreamUri>`,
        );
  const url = client.reach(text(answer, 'Uri') ?? text(answer, 'MediaUri', 'Uri') ?? '');
  // some devices write the login into the address
  url.username = '';
  url.password = '';
  return url.href;
}

/** Where the device has a still of a profile; null where it has none. */
export async function getSnapshotUri(client: OnvifClient, profile: OnvifProfile): Promise<URL | null> {
  const prefix = profile.media === 2 ? 'tr2' : 'trt';
  const body = `<${prefix}:GetSnapshotUri><${prefix}:ProfileToken>${escapeXml(profile.token)}</${prefix}:ProfileToken></${prefix}:GetSnapshotUri>`;
  try {
    const answer = await client.call(profile.media === 2 ? 'media2' : 'media', body);
    const address = text(answer, 'Uri') ?? text(answer, 'MediaUri', 'Uri');
    if (!address) return null;
    const url = client.reach(address);
    url.username = '';
    url.password = '';
    return url;
  } catch (error) {
    if (error instanceof OnvifError && ['fault', 'not_supported', 'not_onvif'].includes(error.code))
      return null;
    throw error;
  }
}

/** A still as the device makes it. @throws OnvifError not_supported: no picture came */
export async function getSnapshot(client: OnvifClient, url: URL): Promise<Buffer> {
  const answer = await client.get(url);
  const isJpeg = answer.body[0] === 0xff && answer.body[1] === 0xd8;
  if (answer.status !== 200 || !isJpeg) throw new OnvifError('not_supported', { status: answer.status });
  return answer.body;
}

/** Speakers and line outputs: their tokens. Empty where the device has none or does not say. */
export async function getAudioOutputs(client: OnvifClient): Promise<string[]> {
  const services = await client.services();
  const service = services.has('deviceIo') ? 'deviceIo' : 'media';
  const body = service === 'deviceIo' ? '<tmd:GetAudioOutputs/>' : '<trt:GetAudioOutputs/>';
  try {
    const answer = await client.call(service, body);
    const long = children(answer, 'AudioOutputs').map((one) => attribute(one, 'token'));
    const short = children(answer, 'Token').map((one) => text(one));
    return [...long, ...short].filter((one) => one !== undefined);
  } catch (error) {
    if (error instanceof OnvifError && ['fault', 'not_supported', 'not_onvif'].includes(error.code))
      return [];
    throw error;
  }
}

/** Media 1 names the parts `VideoEncoderConfiguration`, Media 2 `Configurations/VideoEncoder`. */
function readProfile(node: Xml, media: 1 | 2): OnvifProfile {
  const part = (name: string) =>
    media === 2 ? child(node, 'Configurations', name) : child(node, `${name}Configuration`);
  const encoder = part('VideoEncoder');
  const source = part('VideoSource');
  const ptz = part('PTZ');
  const gov = attribute(encoder, 'GovLength');
  const output = media === 2 ? part('AudioOutput') : child(node, 'Extension', 'AudioOutputConfiguration');
  const raw = text(part('AudioEncoder'), 'Encoding');
  return {
    token: attribute(node, 'token') ?? '',
    name: text(node, 'Name') ?? '',
    media,
    video: encoder
      ? {
          codec: codecOf(text(encoder, 'Encoding') ?? ''),
          width: number(encoder, 'Resolution', 'Width') ?? null,
          height: number(encoder, 'Resolution', 'Height') ?? null,
          framesPerSecond: number(encoder, 'RateControl', 'FrameRateLimit') || null,
          kilobitsPerSecond: bitRateOf(number(encoder, 'RateControl', 'BitrateLimit')),
          govLength:
            Number(
              gov ??
                // Media 1 has no H265: Dahua puts one there
                ['H264', 'H265', 'MPEG4']
                  .map((name) => number(encoder, name, 'GovLength'))
                  .find((one) => one) ??
                0,
            ) || null,
          sourceToken: text(source, 'SourceToken') ?? '',
          sourceConfiguration: attribute(source, 'token') ?? '',
        }
      : null,
    audioCodec: raw === undefined ? null : codecOf(raw),
    audioOutput: output !== undefined,
    ptz: ptz
      ? { configurationToken: attribute(ptz, 'token') ?? '', nodeToken: text(ptz, 'NodeToken') ?? '' }
      : null,
  };
}

/** 2^31 - 1, as Axis says it, is no limit. */
const bitRateOf = (limit: number | undefined) => (limit && limit < 2 ** 31 - 1 ? limit : null);

const CODECS: Readonly<Record<string, string>> = {
  'mp4a-latm': 'aac',
  'mpeg4-generic': 'aac',
  g711: 'pcmu',
  hevc: 'h265',
};
const codecOf = (raw: string) => CODECS[raw.toLowerCase()] ?? raw.toLowerCase();
