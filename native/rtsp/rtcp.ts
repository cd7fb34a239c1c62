/** RTCP (RFC 3550 6.4): what a camera reports of its clock, and what we report of its packets. */

/** A camera's clock: `unixMs` on it is `rtpTime` of the stream. */
export interface SenderReport {
  readonly ssrc: number;
  readonly unixMs: number;
  readonly rtpTime: number;
  /** Middle 32 bits of the NTP time, to be sent back. */
  readonly ntpMiddle: number;
}

/** Seconds between 1900 (NTP) and 1970 (Unix). */
const NTP_UNIX_OFFSET_S = 2_208_988_800;
const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const BYE = 203;

/** The sender report and the goodbye of a compound packet; what is broken is left out. */
export function parseRtcp(data: Buffer): { report?: SenderReport; isBye: boolean } {
  let report: SenderReport | undefined;
  let isBye = false;
  for (let at = 0; at + 4 <= data.length;) {
    if ((data[at] as number) >> 6 !== 2) break;
    const type = data[at + 1];
    const end = at + 4 + data.readUInt16BE(at + 2) * 4;
    if (end > data.length) break;
    if (type === SENDER_REPORT && end - at >= 28) report = senderReport(data, at);
    if (type === BYE) isBye = true;
    at = end;
  }
  return report ? { report, isBye } : { isBye };
}

function senderReport(data: Buffer, at: number): SenderReport {
  const seconds = data.readUInt32BE(at + 8);
  const fraction = data.readUInt32BE(at + 12);
  return {
    ssrc: data.readUInt32BE(at + 4),
    unixMs: (seconds - NTP_UNIX_OFFSET_S) * 1_000 + (fraction * 1_000) / 2 ** 32,
    ntpMiddle: (((seconds & 0xffff) << 16) | (fraction >>> 16)) >>> 0,
    rtpTime: data.readUInt32BE(at + 16),
  };
}

/** A track's times on its camera's wall clock, from the last sender report. */
export class SenderClock {
  readonly #clockRate: number;
  #last: { report: SenderReport; atMs: number } | undefined;

  /** @param clockRate ticks of the RTP clock a second */
  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  note(report: SenderReport): void {
    this.#last = { report, atMs: performance.now() };
  }

  /** Another source: its times have nothing to do with those before. */
  forget(): void {
    this.#last = undefined;
  }

  /** The camera's wall clock at a time of the stream; undefined before a report. */
  unixMs(rtpTime: number): number | undefined {
    if (!this.#last) return undefined;
    const { report } = this.#last;
    return report.unixMs + (((rtpTime - report.rtpTime) | 0) * 1_000) / this.#clockRate;
  }

  /** What a reception report says back of it. */
  echo(): Pick<ReceptionReport, 'ntpMiddle' | 'delay'> {
    const last = this.#last;
    return {
      ntpMiddle: last?.report.ntpMiddle ?? 0,
      delay: last ? Math.round(((performance.now() - last.atMs) * 65_536) / 1_000) : 0,
    };
  }
}

export interface ReceptionReport {
  /** Ours. */
  readonly ssrc: number;
  /** The camera's. */
  readonly source: number;
  readonly fractionLost: number;
  readonly lost: number;
  readonly highest: number;
  readonly jitterTicks: number;
  /** Of the last sender report; 0 if there was none. */
  readonly ntpMiddle: number;
  /** Since that report came, in 1/65,536 s. */
  readonly delay: number;
}

/** A compound packet: receiver report with one block, and a CNAME that says nothing about the machine. */
export function receiverReport(report: ReceptionReport): Buffer {
  const name = Buffer.from('guardroom', 'latin1');
  // item (type, length, text), then at least one zero, padded to 32 bits
  const items = Math.ceil((2 + name.length + 1) / 4) * 4;
  const out = Buffer.alloc(32 + 8 + items);
  out[0] = 0x81;
  out[1] = RECEIVER_REPORT;
  out.writeUInt16BE(7, 2);
  out.writeUInt32BE(report.ssrc, 4);
  out.writeUInt32BE(report.source, 8);
  out.writeUInt32BE(((report.fractionLost << 24) | (report.lost & 0xffffff)) >>> 0, 12);
  out.writeUInt32BE(report.highest, 16);
  out.writeUInt32BE(report.jitterTicks >>> 0, 20);
  out.writeUInt32BE(report.ntpMiddle, 24);
  out.writeUInt32BE(report.delay >>> 0, 28);
  out[32] = 0x81;
  out[33] = SOURCE_DESCRIPTION;
  out.writeUInt16BE((4 + items) / 4, 34);
  out.writeUInt32BE(report.ssrc, 36);
  out[40] = 1;
  out[41] = name.length;
  name.copy(out, 42);
  return out;
}
