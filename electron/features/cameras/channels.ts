import type { Coded, ProbedStream } from '#contract/cameras.contract.ts';
import type { OnvifProfile } from '#native/onvif/media.ts';

/** A stream of more than this is no sub stream: sixteen of them are on the wall at once. */
const SUB_MAX_WIDTH = 1_280;
/** Key frames further apart make a picture late and a recording coarse ("smart codec" cameras). */
export const LONG_KEY_SECONDS = 4;
/** From here on records of camera and station contradict each other. */
export const CLOCK_OFF_MS = 5_000;

export interface ChannelProfiles {
  source: string;
  main: OnvifProfile;
  sub: OnvifProfile | null;
}

/** Of what a device has no word for, only its place in the list is known: main before sub. */
const isUnsaid = ({ video }: OnvifProfile) => video?.codec === '';
const area = (profile: OnvifProfile) =>
  isUnsaid(profile) ? Infinity : (profile.video?.width ?? 0) * (profile.video?.height ?? 0);
const order = (a: OnvifProfile, b: OnvifProfile) => (area(a) === area(b) ? 0 : area(b) - area(a));
const playable = ({ video }: OnvifProfile) => video?.codec === 'h264';
const streams = ({ video }: OnvifProfile) => video !== null && ['h264', 'h265', ''].includes(video.codec);

/**
 * Main and sub stream of each picture source: the largest profile, and the largest other one that a tile may show
 * (H.264 before H.265; at most 1280 wide, else the smallest there is).
 */
export function chooseStreams(profiles: readonly OnvifProfile[]): ChannelProfiles[] {
  const bySource = new Map<string, OnvifProfile[]>();
  for (const profile of profiles.filter(streams)) {
    const key = profile.video!.sourceToken;
    bySource.set(key, [...(bySource.get(key) ?? []), profile]);
  }
  return [...bySource].map(([source, all]) => {
    const sorted = all.toSorted(order);
    const main = sorted[0]!;
    const others = sorted.slice(1).filter((one) => area(one) < area(main) || isUnsaid(one));
    const small = others.filter(({ video }) => (video?.width ?? Infinity) <= SUB_MAX_WIDTH);
    const sub = small.find(playable) ?? small[0] ?? others.at(-1) ?? null;
    return { source, main, sub };
  });
}

export function probedStream(profile: OnvifProfile, url: string): ProbedStream {
  const { video } = profile;
  const keys = video?.govLength && video.framesPerSecond ? video.govLength / video.framesPerSecond : null;
  return {
    profile: profile.token,
    name: profile.name,
    url,
    codec: video?.codec ?? '',
    width: video?.width ?? null,
    height: video?.height ?? null,
    framesPerSecond: video?.framesPerSecond ?? null,
    kilobitsPerSecond: video?.kilobitsPerSecond ?? null,
    keySeconds: keys === null ? null : Math.round(keys * 10) / 10,
    audioCodec: profile.audioCodec,
  };
}

/** What a stream's codec, key frames and clock give reason to warn of. */
export function streamWarnings(of: {
  codec: string;
  keySeconds: number | null;
  /** Watched for so long without a second key frame. */
  watchedSeconds?: number;
  clockOffsetMs: number | null;
}): Coded[] {
  const warnings: Coded[] = [];
  const add = (code: string, params: Coded['params'] = {}) => warnings.push({ code, params });
  if (of.codec === 'h265') add('h265');
  const unseen = of.keySeconds === null && (of.watchedSeconds ?? 0) > LONG_KEY_SECONDS;
  if (unseen) add('long_keys', { seconds: Math.floor(of.watchedSeconds ?? 0) });
  else if ((of.keySeconds ?? 0) > LONG_KEY_SECONDS) add('long_keys', { seconds: of.keySeconds! });
  if (of.clockOffsetMs !== null && Math.abs(of.clockOffsetMs) > CLOCK_OFF_MS)
    add('clock_off', { offsetMs: Math.abs(of.clockOffsetMs), ahead: of.clockOffsetMs > 0 });
  return warnings;
}
