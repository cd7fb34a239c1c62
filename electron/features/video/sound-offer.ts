import { g711Track, parseAacConfig } from '#native/ffmpeg/aac-config.ts';
import type { AudioTrack } from '#native/ffmpeg/media.ts';
import type { SoundOffer } from '#native/ffmpeg/sound-pull.ts';
import type { RtspSource } from '#native/ffmpeg/source.ts';
import { audibleTrack } from '#native/rtsp/client-audio.ts';
import { RtspClientError } from '#native/rtsp/client-errors.ts';
import { parseSdp, type SdpTrack } from '#native/rtsp/client-sdp.ts';
import { describe } from '#native/rtsp/describe.ts';

/** A camera that takes longer is heard from its next start on. */
const TIMEOUT_MS = 8_000;

/** How the sound of an RTP track is decoded; undefined where it is not known. */
export function audioTrackOf({ codec, fmtp }: SdpTrack): AudioTrack | undefined {
  if (codec === 'PCMA') return g711Track('pcma');
  if (codec === 'PCMU') return g711Track('pcmu');
  return parseAacConfig(Buffer.from(fmtp.get('config') ?? '', 'hex'));
}

/**
 * What a camera offers to be heard, asked of the camera itself (RTSP DESCRIBE); null: nothing that can be decoded.
 * @param onLetIn the camera has taken the login
 * @throws RtspClientError where it does not answer
 */
export async function soundOfferOf(source: RtspSource, onLetIn: () => void): Promise<SoundOffer | null> {
  const answer = await describe({ ...source, timeoutMs: TIMEOUT_MS, onLetIn });
  if (!answer.ok) throw new RtspClientError(answer.reason, answer.params);
  const tracks = parseSdp(answer.sdp).tracks.filter(({ media }) => media === 'audio');
  const audible = audibleTrack(tracks);
  const track = audible && audioTrackOf(audible);
  return audible && track ? { track, index: tracks.indexOf(audible) } : null;
}
