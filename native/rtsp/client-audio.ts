import { randomBytes } from 'node:crypto';
import type { SdpTrack } from './client-sdp.ts';
import { audioRules, type AudioRules, type AudioUnit } from './rtp-audio.ts';
import { ArrivalMeter, parseRtp, timestampUnwrapper } from './rtp-packet.ts';
import { parseRtcp, receiverReport, SenderClock } from './rtcp.ts';

/** A packet of sound with the times that are known of it. */
export interface SoundUnit extends AudioUnit {
  /** Ticks of the track's clock since its first packet; grows on over the 32 bits of RTP. */
  readonly pts: number;
  /** The camera's wall clock when it was heard, by the track's sender reports; undefined before the first. */
  readonly cameraMs: number | undefined;
}

/**
 * The first track that can be heard. Cameras offer one, sometimes a second in another codec, and the way to their
 * loudspeaker. Nobody has asked for that, so one that stands alone is rather a microphone that is described wrongly.
 */
export function audibleTrack(tracks: readonly SdpTrack[]): SdpTrack | undefined {
  const audible = tracks.filter((track) => audioRules(track) !== undefined);
  return audible.find(({ isToCamera }) => !isToCamera) ?? audible[0];
}

/** Turns the packets of one audio track into units. Nothing that comes on it can end the play. */
export class AudioReceiver {
  readonly #track: SdpTrack;
  readonly #rules: AudioRules | undefined;
  readonly #onUnit: (unit: SoundUnit, receivedAtMs: number) => void;
  readonly #meter = new ArrivalMeter();
  readonly #clock: SenderClock;
  readonly #ssrc = randomBytes(4).readUInt32BE();
  #unwrap = timestampUnwrapper();
  #media = -1;
  #reports = -1;

  constructor(track: SdpTrack, onUnit: (unit: SoundUnit, receivedAtMs: number) => void) {
    this.#track = track;
    this.#rules = audioRules(track);
    this.#onUnit = onUnit;
    this.#clock = new SenderClock(track.clockRate);
  }

  listen([media, reports]: readonly [number, number]): void {
    this.#media = media;
    this.#reports = reports;
  }

  /** True if the packet was on this track's channels. */
  packet(channel: number, data: Buffer): boolean {
    if (channel === this.#reports) {
      const { report } = parseRtcp(data);
      if (report) this.#clock.note(report);
      return true;
    }
    if (channel !== this.#media) return false;
    const packet = parseRtp(data);
    if (!packet || packet.payloadType !== this.#track.payloadType) return true;
    const arrival = this.#meter.note(packet, Math.round((performance.now() * this.#track.clockRate) / 1_000));
    if (arrival === 'restart') this.#clock.forget();
    const receivedAtMs = Date.now();
    this.#rules?.push(packet, arrival, (unit) => {
      const pts = this.#unwrap(unit.rtpTime);
      this.#onUnit({ ...unit, pts, cameraMs: this.#clock.unixMs(unit.rtpTime) }, receivedAtMs);
    });
    return true;
  }

  /** A reception report; undefined before the first packet. */
  report(): { channel: number; packet: Buffer } | undefined {
    const source = this.#meter.ssrc;
    if (source === undefined) return undefined;
    const about = { ssrc: this.#ssrc, source, ...this.#meter.report(), ...this.#clock.echo() };
    return { channel: this.#reports, packet: receiverReport(about) };
  }
}
