/** RTP packets (RFC 3550 5.1) and what their numbers say about the way that they came. */

export interface RtpPacket {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** A view of the input. */
  readonly payload: Buffer;
}

/** The packet, or undefined if it is none (another version, lengths that do not fit). */
export function parseRtp(data: Buffer): RtpPacket | undefined {
  if (data.length < 12) return undefined;
  const first = data[0] as number;
  if (first >> 6 !== 2) return undefined;
  let start = 12 + (first & 15) * 4;
  if ((first & 0x10) !== 0) {
    if (data.length < start + 4) return undefined;
    start += 4 + data.readUInt16BE(start + 2) * 4;
  }
  const padding = (first & 0x20) !== 0 ? (data[data.length - 1] as number) : 0;
  const end = data.length - padding;
  if (start > end) return undefined;
  const second = data[1] as number;
  return {
    payloadType: second & 0x7f,
    marker: second >> 7 === 1,
    sequence: data.readUInt16BE(2),
    timestamp: data.readUInt32BE(4),
    ssrc: data.readUInt32BE(8),
    payload: data.subarray(start, end),
  };
}

/** What a packet is, seen after those before it. */
export type Arrival = 'next' | 'gap' | 'old' | 'restart';

/** A step back further than this is another beginning, not a late packet (RFC 3550 A.1: MAX_MISORDER). */
const MAX_MISORDER = 100;
/** A step forward further than this, too (MAX_DROPOUT). */
const MAX_DROPOUT = 3_000;

/** Follows the sequence numbers of one source. */
export class ArrivalMeter {
  #ssrc: number | undefined;
  #highest = 0;
  #cycles = 0;
  #base = 0;
  #jitter = 0;
  #transit: number | undefined;
  received = 0;
  #reported = { expected: 0, received: 0 };

  /** @param arrivedTicks time of arrival in ticks of the RTP clock, only differences matter */
  note(packet: RtpPacket, arrivedTicks: number): Arrival {
    if (packet.ssrc !== this.#ssrc)
      return this.#restart(packet, this.#ssrc === undefined ? 'next' : 'restart');
    const step = (packet.sequence - this.#highest) & 0xffff;
    if (step === 0 || step > 0x10000 - MAX_MISORDER) return 'old';
    if (step > MAX_DROPOUT) return this.#restart(packet, 'restart');
    if (packet.sequence < this.#highest) this.#cycles += 0x10000;
    this.#highest = packet.sequence;
    this.received += 1;
    this.#noteJitter(packet.timestamp, arrivedTicks);
    return step === 1 ? 'next' : 'gap';
  }

  #restart(packet: RtpPacket, as: Arrival): Arrival {
    this.#ssrc = packet.ssrc;
    this.#base = packet.sequence;
    this.#highest = packet.sequence;
    this.#cycles = 0;
    this.#transit = undefined;
    this.#jitter = 0;
    this.received = 1;
    this.#reported = { expected: 0, received: 0 };
    return as;
  }

  /** RFC 3550 A.8. */
  #noteJitter(timestamp: number, arrivedTicks: number): void {
    const transit = (arrivedTicks - timestamp) | 0;
    if (this.#transit !== undefined)
      this.#jitter += (Math.abs((transit - this.#transit) | 0) - this.#jitter) / 16;
    this.#transit = transit;
  }

  get ssrc(): number | undefined {
    return this.#ssrc;
  }

  /** Packets that should have come and did not. */
  get lost(): number {
    return Math.max(0, this.#expected - this.received);
  }

  get #expected(): number {
    return this.#cycles + this.#highest - this.#base + 1;
  }

  /** The figures of a reception report, the fraction being about the time since the last one (RFC 3550 A.3). */
  report(): { fractionLost: number; lost: number; highest: number; jitterTicks: number } {
    const expected = this.#expected - this.#reported.expected;
    const received = this.received - this.#reported.received;
    this.#reported = { expected: this.#expected, received: this.received };
    const missing = Math.max(0, expected - received);
    return {
      fractionLost: expected <= 0 ? 0 : Math.min(255, Math.floor((missing * 256) / expected)),
      lost: Math.min(this.lost, 0x7fffff),
      highest: (this.#cycles + this.#highest) >>> 0,
      jitterTicks: Math.round(this.#jitter),
    };
  }
}

/** Makes RTP's 32-bit times into numbers that go on growing; 0 is the first. Steps back are kept (B-frames). */
export function timestampUnwrapper(): (timestamp: number) => number {
  let last: number | undefined;
  let ticks = 0;
  return (timestamp) => {
    if (last !== undefined) ticks += (timestamp - last) | 0;
    last = timestamp;
    return ticks;
  };
}
