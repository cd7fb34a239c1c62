import { newRtpStream, rtpPackets, senderReport } from './server-rtp.ts';
import type { RtpTransport } from './server-transport.ts';

/** G.711 A-law (RFC 3551): 8,000 samples a second, a byte each. */
export const SOUND_RATE = 8_000;
export const SOUND_PAYLOAD_TYPE = 8;
/** 20 ms, as nearly every device sends it. */
const PACKET_BYTES = SOUND_RATE / 50;
/** Sound comes a little before the picture of the same moment, as from a camera, whose pictures take longer to encode. */
const AHEAD_MS = 60;
/** Further behind than this is not caught up: the loop goes on with the present. */
const MOST_BEHIND = SOUND_RATE;
const REPORT_INTERVAL_MS = 5_000;

/** A loop of A-law, in phase with the wall clock as the clips are. */
export interface SoundLoop {
  /** Whole packets of 160 bytes at least. */
  readonly alaw: Buffer;
}

/** The sound of one session: sent with the pictures, up to the time of each. */
export class SessionSound {
  readonly #loop: SoundLoop;
  readonly #transport: RtpTransport;
  readonly #cname: string;
  readonly #rtp = newRtpStream();
  /** Samples since 1970 that have been sent. */
  #at: number | undefined;
  #reportedMs = -Infinity;

  constructor(loop: SoundLoop, transport: RtpTransport, cname: string) {
    this.#loop = loop;
    this.#transport = transport;
    this.#cname = cname;
  }

  /** Sends what is heard up to the Unix time of a picture, and a little more. */
  playTo(unixMs: number): void {
    const due = Math.floor(((unixMs + AHEAD_MS) * SOUND_RATE) / 1_000 / PACKET_BYTES) * PACKET_BYTES;
    let at = this.#at ?? due - PACKET_BYTES;
    if (at > due || due - at > MOST_BEHIND) at = due - PACKET_BYTES;
    if (Math.abs(unixMs - this.#reportedMs) >= REPORT_INTERVAL_MS) {
      this.#reportedMs = unixMs;
      this.#transport.sendRtcp(senderReport(this.#rtp, at, (at * 1_000) / SOUND_RATE, this.#cname));
    }
    for (; at < due; at += PACKET_BYTES)
      this.#transport.sendRtp(rtpPackets(this.#rtp, [this.#piece(at)], at, SOUND_PAYLOAD_TYPE));
    this.#at = at;
  }

  #piece(at: number): Buffer {
    const { alaw } = this.#loop;
    const packets = Math.floor(alaw.length / PACKET_BYTES);
    const from = ((at / PACKET_BYTES) % packets) * PACKET_BYTES;
    return alaw.subarray(from, from + PACKET_BYTES);
  }

  close(): void {
    this.#transport.close();
  }
}
