export const rtpCodecs = ['pcma', 'pcmu', 'opus'] as const;
export type RtpCodec = (typeof rtpCodecs)[number];
/** Sound per packet. 20 ms is what every receiver takes; others only where one asks for it. */
export const packetLengthsMs = [10, 20, 40, 60] as const;
export type PacketMs = (typeof packetLengthsMs)[number];

/** Ticks of the RTP timestamp per second: RFC 3551 for G.711, RFC 7587 for Opus (48 kHz whatever is coded). */
export const rtpClockHz: Record<RtpCodec, number> = { pcma: 8000, pcmu: 8000, opus: 48_000 };
/** RFC 3551 table 4; Opus has no fixed number and takes the first dynamic one. */
export const defaultPayloadType: Record<RtpCodec, number> = { pcma: 8, pcmu: 0, opus: 96 };

export const RTP_HEADER_BYTES = 12;

export interface RtpHeader {
  payloadType: number;
  /** First packet after silence: lets a receiver set its jitter buffer anew (RFC 3551 4.1). */
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
}

/** The fixed header of RFC 3550 5.1: version 2, no padding, no extension, no contributing sources. */
export function rtpHeader(header: RtpHeader): Buffer {
  const bytes = Buffer.alloc(RTP_HEADER_BYTES);
  bytes[0] = 0x80;
  bytes[1] = (header.marker ? 0x80 : 0) | header.payloadType;
  bytes.writeUInt16BE(header.sequence & 0xffff, 2);
  bytes.writeUInt32BE(header.timestamp >>> 0, 4);
  bytes.writeUInt32BE(header.ssrc >>> 0, 8);
  return bytes;
}

/**
 * The payload of one packet of silence. A-law and mu-law have a code for zero. Opus: CELT fullband frames of at most
 * 20 ms, each the well-known empty frame FF FE (RFC 6716: TOC config 30 or 31; code 3 joins several).
 */
export function silentPayload(codec: RtpCodec, packetMs: PacketMs): Uint8Array {
  if (codec !== 'opus') return new Uint8Array(packetMs * 8).fill(codec === 'pcma' ? 0xd5 : 0xff);
  if (packetMs === 10) return Uint8Array.of(0xf0, 0xff, 0xfe);
  const frames = packetMs / 20;
  if (frames === 1) return Uint8Array.of(0xf8, 0xff, 0xfe);
  return Uint8Array.of(0xfb, frames, ...Array.from({ length: frames }, () => [0xff, 0xfe]).flat());
}
