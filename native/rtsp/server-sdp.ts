import type { ProgramShape } from './server-feed.ts';
import { RTP_CLOCK_HZ, RTP_PAYLOAD_TYPE } from './server-rtp.ts';
import { SOUND_PAYLOAD_TYPE, SOUND_RATE } from './server-sound.ts';

/**
 * Session description (RFC 4566, RFC 6184 8.2) of a mount with one H.264 track controlled at `control`, and one of A-law
 * at `soundControl` if that is given.
 */
export function describe(clip: ProgramShape, control: string, soundControl?: string): string {
  // profile_idc, constraint flags and level_idc are the three bytes after the NAL header
  const profile = clip.sps.subarray(1, 4).toString('hex').toUpperCase();
  const sets = `${clip.sps.toString('base64')},${clip.pps.toString('base64')}`;
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=Guardroom clip',
    'c=IN IP4 0.0.0.0',
    't=0 0',
    'a=control:*',
    'a=range:npt=now-',
    `m=video 0 RTP/AVP ${RTP_PAYLOAD_TYPE}`,
    `a=rtpmap:${RTP_PAYLOAD_TYPE} H264/${RTP_CLOCK_HZ}`,
    `a=fmtp:${RTP_PAYLOAD_TYPE} packetization-mode=1;profile-level-id=${profile};sprop-parameter-sets=${sets}`,
    `a=framerate:${clip.fps}`,
    `a=control:${control}`,
    ...(soundControl === undefined
      ? []
      : [
          `m=audio 0 RTP/AVP ${SOUND_PAYLOAD_TYPE}`,
          `a=rtpmap:${SOUND_PAYLOAD_TYPE} PCMA/${SOUND_RATE}`,
          `a=control:${soundControl}`,
        ]),
    '',
  ].join('\r\n');
}
