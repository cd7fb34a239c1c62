import { RtspClientError } from './client-errors.ts';

/** One track of a camera's description (RFC 4566), as far as a viewer needs it. */
export interface SdpTrack {
  readonly media: 'video' | 'audio' | 'other';
  /** As in rtpmap, upper case: H264, H265, MPEG4-GENERIC, PCMA, PCMU, ...; '' if the description does not say. */
  readonly codec: string;
  readonly payloadType: number;
  /** Ticks of the RTP clock a second. */
  readonly clockRate: number;
  /** Audio channels. */
  readonly channels: number;
  /** Format parameters; names in lower case. */
  readonly fmtp: ReadonlyMap<string, string>;
  /** a=control as sent, '' if there is none. */
  readonly control: string;
  /** Sound for its loudspeaker, which we would send (ONVIF streaming 5.3). */
  readonly isToCamera: boolean;
}

export interface Sdp {
  /** a=control of the session, '' if there is none. */
  readonly control: string;
  readonly tracks: readonly SdpTrack[];
}

const MAX_LINES = 1_000;
const MAX_TRACKS = 32;

/** Payload types with a fixed meaning (RFC 3551 table 4) that cameras use without an rtpmap. */
const FIXED: Readonly<Record<number, readonly [string, number]>> = {
  0: ['PCMU', 8_000],
  8: ['PCMA', 8_000],
  14: ['MPA', 90_000],
  26: ['JPEG', 90_000],
};
const USUAL_CLOCK: Readonly<Record<SdpTrack['media'], number>> = {
  video: 90_000,
  audio: 8_000,
  other: 90_000,
};

/** Reads a description. Lines that are broken are left out. @throws RtspClientError bad_data if it is none at all. */
export function parseSdp(text: string): Sdp {
  const lines = text.split(/\r?\n/);
  if (lines.length > MAX_LINES) throw new RtspClientError('bad_data', { what: 'description too long' });
  const sections: string[][] = [[]];
  for (const line of lines) {
    if (line.startsWith('m=')) sections.push([]);
    sections.at(-1)?.push(line);
  }
  const [session = [], ...media] = sections;
  if (!session.some((line) => line.startsWith('v=')) && media.length === 0)
    throw new RtspClientError('bad_data', { what: 'description' });
  if (media.length > MAX_TRACKS) throw new RtspClientError('bad_data', { what: 'too many tracks' });
  const isOwnView = media.some((section) => section[0]?.startsWith('m=video') && isSendOnly(section));
  return {
    control: attribute(session, 'control') ?? '',
    tracks: media.flatMap((section) => track(section, media, isOwnView) ?? []),
  };
}

const HEAD = /^m=(\w+) \S+ \S+ (\d{1,3})\b/;
const isSendOnly = (section: readonly string[]) => section.some((line) => /^a=sendonly\s*$/.test(line));

/** @param isOwnView the camera calls its picture "sendonly": it writes what it does, not what we are to do */
function track(
  section: readonly string[],
  all: readonly (readonly string[])[],
  isOwnView: boolean,
): SdpTrack | undefined {
  const head = HEAD.exec(section[0] ?? '');
  if (!head) return undefined;
  const media = head[1] === 'video' || head[1] === 'audio' ? head[1] : 'other';
  const payloadType = Number(head[2]);
  const map = /^(\d{1,3})\s+([\w.-]+)(?:\/(\d{1,9}))?(?:\/(\d{1,2}))?/;
  const own = attributes(section, 'rtpmap')
    .map((value) => map.exec(value))
    // Some cameras number the map otherwise than the media line: one map can only mean that one.
    .find((found, _index, all) => found && (Number(found[1]) === payloadType || all.length === 1));
  const fixed = FIXED[payloadType];
  const fmtp =
    attributes(section, 'fmtp').find(
      (value, _index, own) => Number.parseInt(value, 10) === payloadType || own.length === 1,
    ) ?? strayParameters(all, payloadType);
  return {
    media,
    payloadType,
    codec: (own?.[2] ?? fixed?.[0] ?? '').toUpperCase(),
    clockRate: Number(own?.[3] ?? 0) || (fixed?.[1] ?? USUAL_CLOCK[media]),
    channels: Number(own?.[4] ?? 1) || 1,
    fmtp: parameters(fmtp?.replace(/^\d+\s*/, '') ?? ''),
    control: attribute(section, 'control') ?? '',
    isToCamera: media === 'audio' && !isOwnView && isSendOnly(section),
  };
}

/** Format parameters that stand behind another track (of another payload type): some cameras write them all at the end. */
function strayParameters(all: readonly (readonly string[])[], payloadType: number): string | undefined {
  return all
    .filter((section) => Number(HEAD.exec(section[0] ?? '')?.[2]) !== payloadType)
    .flatMap((section) => attributes(section, 'fmtp'))
    .find((value) => Number.parseInt(value, 10) === payloadType);
}

const attributes = (section: readonly string[], name: string): string[] =>
  section.filter((line) => line.startsWith(`a=${name}:`)).map((line) => line.slice(name.length + 3).trim());
const attribute = (section: readonly string[], name: string) => attributes(section, name)[0];

function parameters(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of text.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0) found.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
  }
  return found;
}

/** Parameter sets that the description carries (RFC 6184 8.1, RFC 7798 7.1), in Annex B; empty if there are none. */
export function parameterSets(track: SdpTrack): Buffer {
  const names = track.codec === 'H265' ? ['sprop-vps', 'sprop-sps', 'sprop-pps'] : ['sprop-parameter-sets'];
  const sets = names
    .flatMap((name) => (track.fmtp.get(name) ?? '').split(','))
    .map((set) => Buffer.from(set, 'base64'))
    .filter((set) => set.length > 1);
  return Buffer.concat(sets.flatMap((set) => [START_CODE, set]));
}

const START_CODE = Buffer.from([0, 0, 0, 1]);
