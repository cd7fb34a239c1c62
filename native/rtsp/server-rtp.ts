/** RTP and RTCP headers (RFC 3550) and the '$' framing of RTP inside an RTSP connection (RFC 2326 10.12). */
import { randomBytes, randomInt } from 'node:crypto';

export const RTP_CLOCK_HZ = 90_000;
export const RTP_PAYLOAD_TYPE = 96;
const RTP_HEADER_BYTES = 12;
const INTERLEAVED_HEADER_BYTES = 4;
/** Seconds between 1900 (NTP) and 1970 (Unix). */
const NTP_UNIX_OFFSET_S = 2_208_988_800;

/** One outgoing RTP stream: numbering that goes on for as long as the session lives. */
export interface RtpState {
  readonly ssrc: number;
  /** Random start of the RTP time stamps (RFC 3550 5.1). */
  readonly timeOffset: number;
  sequence: number;
  packets: number;
  octets: number;
}

/** A new stream; its numbers begin anywhere (RFC 3550 5.1). */
export const newRtpStream = (): RtpState => ({
  ssrc: randomBytes(4).readUInt32BE(),
  timeOffset: randomBytes(4).readUInt32BE(),
  sequence: randomInt(0x10000),
  packets: 0,
  octets: 0,
});

/** The low 32 bits, also of numbers beyond what bit operators take. */
const wrapped = (time: number): number => ((time % 2 ** 32) + 2 ** 32) % 2 ** 32;

/** Builds the RTP packets of one access unit; `rtpTime` is before the stream's random offset. */
export function rtpPackets(
  state: RtpState,
  payloads: readonly Buffer[],
  rtpTime: number,
  payloadType = RTP_PAYLOAD_TYPE,
): Buffer[] {
  const time = wrapped(rtpTime + state.timeOffset);
  return payloads.map((payload, index) => {
    const packet = Buffer.allocUnsafe(RTP_HEADER_BYTES + payload.length);
    packet[0] = 0x80;
    packet[1] = payloadType | (index === payloads.length - 1 ? 0x80 : 0);
    packet.writeUInt16BE(state.sequence, 2);
    packet.writeUInt32BE(time, 4);
    packet.writeUInt32BE(state.ssrc, 8);
    payload.copy(packet, RTP_HEADER_BYTES);
    state.sequence = (state.sequence + 1) & 0xffff;
    state.packets = (state.packets + 1) >>> 0;
    state.octets = (state.octets + payload.length) >>> 0;
    return packet;
  });
}

/** A compound RTCP packet: sender report plus CNAME. It ties the RTP time to wall-clock time `unixMs`. */
export function senderReport(state: RtpState, rtpTime: number, unixMs: number, cname: string): Buffer {
  const report = Buffer.alloc(28);
  report[0] = 0x80;
  report[1] = 200;
  report.writeUInt16BE(6, 2);
  report.writeUInt32BE(state.ssrc, 4);
  const seconds = Math.floor(unixMs / 1000);
  report.writeUInt32BE((seconds + NTP_UNIX_OFFSET_S) >>> 0, 8);
  report.writeUInt32BE(Math.floor(((unixMs - seconds * 1000) / 1000) * 2 ** 32) >>> 0, 12);
  report.writeUInt32BE(wrapped(rtpTime + state.timeOffset), 16);
  report.writeUInt32BE(state.packets, 20);
  report.writeUInt32BE(state.octets, 24);
  return Buffer.concat([report, sourceDescription(state.ssrc, cname)]);
}

function sourceDescription(ssrc: number, cname: string): Buffer {
  const name = Buffer.from(cname, 'utf8').subarray(0, 255);
  // item (type, length, text), then at least one zero, padded to 32 bits
  const words = Math.ceil((2 + name.length + 1) / 4);
  const packet = Buffer.alloc(8 + words * 4);
  packet[0] = 0x81;
  packet[1] = 202;
  packet.writeUInt16BE(packet.length / 4 - 1, 2);
  packet.writeUInt32BE(ssrc, 4);
  packet[8] = 1;
  packet[9] = name.length;
  name.copy(packet, 10);
  return packet;
}

/** Joins packets into one buffer of '$'-framed interleaved data, so that a picture is one write. */
export function interleave(packets: readonly Buffer[], channel: number): Buffer {
  const total = packets.reduce((sum, packet) => sum + packet.length + INTERLEAVED_HEADER_BYTES, 0);
  const out = Buffer.allocUnsafe(total);
  let at = 0;
  for (const packet of packets) {
    out[at] = 0x24;
    out[at + 1] = channel;
    out.writeUInt16BE(packet.length, at + 2);
    packet.copy(out, at + INTERLEAVED_HEADER_BYTES);
    at += packet.length + INTERLEAVED_HEADER_BYTES;
  }
  return out;
}
