import type { SdpTrack } from './client-sdp.ts';
import { aacRules } from './rtp-aac.ts';
import type { Arrival, RtpPacket } from './rtp-packet.ts';

/** One packet of sound as its codec counts them: an AAC access unit, or the samples of one G.711 packet. */
export interface AudioUnit {
  /** Valid until the callback returns. */
  readonly data: Buffer;
  /** Time of the RTP packet that it began in, ticks of the track's clock. */
  readonly rtpTime: number;
  /** Which unit of that packet: the later ones have no time of their own. */
  readonly index: number;
}

/** Takes a codec's payloads apart. Never throws: what is broken is left out. */
export interface AudioRules {
  push(packet: RtpPacket, arrival: Arrival, unit: (unit: AudioUnit) => void): void;
}

/** A packet of G.711 longer than this (2 s) is none. */
const MAX_G711_BYTES = 16_000;

/** A-law and mu-law (RFC 3551 4.5.14): a byte is a sample, however many come in a packet. */
const g711Rules: AudioRules = {
  push({ payload, timestamp }, arrival, unit) {
    if (arrival === 'old' || payload.length === 0 || payload.length > MAX_G711_BYTES) return;
    unit({ data: payload, rtpTime: timestamp, index: 0 });
  },
};

/** What can be heard of a track, or undefined where that is not known here (another codec, two voices in G.711). */
export function audioRules(track: SdpTrack): AudioRules | undefined {
  if (track.codec === 'PCMA' || track.codec === 'PCMU')
    return track.channels === 1 && track.clockRate === 8_000 ? g711Rules : undefined;
  return track.codec === 'MPEG4-GENERIC' ? aacRules(track.fmtp) : undefined;
}
