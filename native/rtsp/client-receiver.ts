import { randomBytes } from 'node:crypto';
import type { SdpTrack } from './client-sdp.ts';
import { RtspClientError } from './client-errors.ts';
import { AccessUnits, type AccessUnit } from './rtp-access-unit.ts';
import { h264Rules } from './rtp-h264.ts';
import { h265Rules } from './rtp-h265.ts';
import type { NalRules } from './rtp-nal.ts';
import { ArrivalMeter, parseRtp } from './rtp-packet.ts';
import { parseRtcp, receiverReport, SenderClock } from './rtcp.ts';

export interface ReceiverFigures {
  received: number;
  lost: number;
  jitterMs: number;
  /** The camera's wall clock minus ours when its last report came; undefined before one. */
  clockOffsetMs: number | undefined;
}

const RULES: Readonly<Record<string, NalRules>> = { H264: h264Rules, H265: h265Rules };

export interface ReceiverEvents {
  /** `cameraMs`: the camera's wall clock at the picture, once it has reported that. */
  unit(unit: AccessUnit, receivedAtMs: number, cameraMs: number | undefined): void;
  skipped(): void;
}

/** Turns the packets of one video track into pictures, and keeps the figures that RTCP reports. */
export class RtpReceiver {
  readonly #track: SdpTrack;
  readonly #units: AccessUnits;
  readonly #meter = new ArrivalMeter();
  readonly #ssrc = randomBytes(4).readUInt32BE();
  #media = 0;
  #reports = 1;
  readonly #clock: SenderClock;
  #clockOffsetMs: number | undefined;
  #jitterTicks = 0;

  /** @throws RtspClientError unsupported for a codec without rules; `params.codec` names it. */
  constructor(track: SdpTrack, on: ReceiverEvents) {
    const rules = RULES[track.codec];
    if (!rules) throw new RtspClientError('unsupported', { codec: track.codec.toLowerCase() });
    this.#track = track;
    this.#clock = new SenderClock(track.clockRate);
    const onUnit = (unit: AccessUnit) => on.unit(unit, Date.now(), this.#clock.unixMs(unit.rtpTime));
    this.#units = new AccessUnits(rules, onUnit, on.skipped);
  }

  /** Channels that the camera has confirmed. */
  listen([media, reports]: readonly [number, number]): void {
    this.#media = media;
    this.#reports = reports;
  }

  packet(channel: number, data: Buffer): void {
    if (channel === this.#reports) return this.#control(data);
    if (channel !== this.#media) return;
    const packet = parseRtp(data);
    // Another payload type on the same channel: comfort noise, metadata, a retransmission.
    if (!packet || packet.payloadType !== this.#track.payloadType) return;
    const arrivedTicks = Math.round((performance.now() * this.#track.clockRate) / 1_000);
    const arrival = this.#meter.note(packet, arrivedTicks);
    if (arrival === 'restart') this.#clock.forget();
    this.#units.push(packet, arrival);
  }

  #control(data: Buffer): void {
    const { report, isBye } = parseRtcp(data);
    if (isBye) throw new RtspClientError('ended', { what: 'bye' });
    if (!report) return;
    this.#clock.note(report);
    this.#clockOffsetMs = report.unixMs - Date.now();
  }

  /** A reception report of what came since the last one; undefined before the first packet. */
  report(): Buffer | undefined {
    const source = this.#meter.ssrc;
    if (source === undefined) return undefined;
    const { jitterTicks, ...figures } = this.#meter.report();
    this.#jitterTicks = jitterTicks;
    return receiverReport({
      ...{ ssrc: this.#ssrc, source, jitterTicks, ...figures },
      ...this.#clock.echo(),
    });
  }

  figures(): ReceiverFigures {
    return {
      received: this.#meter.received,
      lost: this.#meter.lost,
      jitterMs: (this.#jitterTicks * 1_000) / this.#track.clockRate,
      clockOffsetMs: this.#clockOffsetMs,
    };
  }
}
