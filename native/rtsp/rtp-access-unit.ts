import { RtspClientError } from './client-errors.ts';
import type { NalInto, NalRules } from './rtp-nal.ts';
import { timestampUnwrapper, type Arrival, type RtpPacket } from './rtp-packet.ts';

/** One picture as the camera sent it. */
export interface AccessUnit {
  /** NAL units in Annex B form, parameter sets included; valid until the callback returns. */
  readonly data: Buffer;
  readonly key: boolean;
  /** Ticks of the RTP clock since the first packet; grows on over the 32 bits of RTP. */
  readonly pts: number;
  /** Its time as sent, 32 bits. */
  readonly rtpTime: number;
}

const START_CODE = Buffer.from([0, 0, 0, 1]);
/** 4K key frames stay under 2 MB. */
const MAX_UNIT_BYTES = 16 * 1024 * 1024;
const LEAST_ROOM_BYTES = 16 * 1024;
/** Of so many pictures in a row, so many may be spoilt by missing packets; a camera that loses more does not behave. */
const WINDOW_UNITS = 150;
const MAX_SPOILT = 60;

/**
 * Puts pictures together from RTP packets. A picture is whole with the packet that carries the marker bit: one frame
 * time earlier than waiting for the next picture. Cameras that mark every slice are noticed and waited for.
 *
 * A picture that lacks a packet is left out, and all after it up to the next key frame: `skipped` counts them. Throws
 * RtspClientError bad_data when most of what comes is broken.
 */
export class AccessUnits {
  readonly #rules: NalRules;
  readonly #onUnit: (unit: AccessUnit) => void;
  readonly #onSkipped: () => void;
  readonly #unwrap = timestampUnwrapper();
  /** One buffer for all pictures: what is made of them is copied out at once. */
  #room = Buffer.alloc(0);
  #bytes = 0;
  #timestamp: number | undefined;
  #hasPicture = false;
  #isKey = false;
  #isSpoilt = false;
  #isInFragment = false;
  /** Pictures are missing: nothing can be decoded before the next key frame. */
  #isWaitingForKey = false;
  #doneTimestamp: number | undefined;
  #isMarkerTrusted = true;
  #units = 0;
  #spoilt = 0;

  constructor(rules: NalRules, onUnit: (unit: AccessUnit) => void, onSkipped: () => void) {
    this.#rules = rules;
    this.#onUnit = onUnit;
    this.#onSkipped = onSkipped;
  }

  push(packet: RtpPacket, arrival: Arrival): void {
    if (arrival === 'old' || packet.payload.length === 0) return;
    if (arrival === 'restart') this.#forget();
    // What is missing may be the end of the picture at hand, the beginning of this one, or whole pictures between.
    if (arrival !== 'next') this.#spoil();
    if (packet.timestamp !== this.#timestamp) this.#turnTo(packet.timestamp);
    if (arrival !== 'next') this.#isSpoilt = true;
    if (!this.#rules.unpack(packet.payload, this.#into)) this.#spoil();
    if (packet.marker && this.#isMarkerTrusted && this.#hasPicture) this.#finish();
  }

  readonly #into: NalInto = {
    whole: (nal) => {
      this.#endFragment();
      this.#note(nal);
      this.#add(START_CODE, nal);
    },
    first: (header, data) => {
      this.#endFragment();
      this.#note(header);
      this.#isInFragment = true;
      this.#add(START_CODE, header);
      this.#add(data);
    },
    next: (data) => {
      if (this.#isInFragment) this.#add(data);
      return this.#isInFragment;
    },
    last: () => {
      this.#isInFragment = false;
    },
  };

  /** A NAL unit that begins before the last one's end came. */
  #endFragment(): void {
    if (this.#isInFragment) this.#spoil();
    this.#isInFragment = false;
  }

  #note(nal: Buffer): void {
    this.#isKey ||= this.#rules.isKey(nal);
    if (!this.#rules.isPicture(nal)) return;
    this.#hasPicture = true;
    if (this.#timestamp !== this.#doneTimestamp || !this.#isMarkerTrusted) return;
    // More of a picture that its marker said was whole: the marker means something else here.
    this.#isMarkerTrusted = false;
    this.#spoil();
  }

  #add(...pieces: Buffer[]): void {
    for (const piece of pieces) {
      const end = this.#bytes + piece.length;
      if (end > MAX_UNIT_BYTES) throw new RtspClientError('bad_data', { what: 'picture too large' });
      if (end > this.#room.length) this.#grow(end);
      piece.copy(this.#room, this.#bytes);
      this.#bytes = end;
    }
  }

  #grow(bytes: number): void {
    const room = Buffer.allocUnsafeSlow(Math.max(LEAST_ROOM_BYTES, bytes * 2));
    this.#room.copy(room, 0, 0, this.#bytes);
    this.#room = room;
  }

  #turnTo(timestamp: number): void {
    // Parameter sets may come ahead with a time of their own: they belong to the picture that follows.
    const isPending = this.#timestamp !== undefined;
    if (isPending && (this.#hasPicture || this.#isSpoilt)) this.#finish();
    this.#timestamp = timestamp;
  }

  #finish(): void {
    this.#endFragment();
    this.#units += 1;
    const pts = this.#unwrap(this.#timestamp as number);
    const isWhole = !this.#isSpoilt;
    if (!isWhole) this.#countSpoilt();
    if (isWhole && this.#isKey) this.#isWaitingForKey = false;
    const rtpTime = this.#timestamp as number;
    const unit = { data: this.#room.subarray(0, this.#bytes), key: this.#isKey, pts, rtpTime };
    this.#doneTimestamp = this.#timestamp;
    this.#forget();
    if (isWhole && !this.#isWaitingForKey) this.#onUnit(unit);
    else this.#onSkipped();
  }

  #spoil(): void {
    this.#isSpoilt = true;
    this.#isWaitingForKey = true;
  }

  #countSpoilt(): void {
    this.#spoilt += 1;
    if (this.#spoilt > MAX_SPOILT) throw new RtspClientError('bad_data', { what: 'packets missing' });
    if (this.#units < WINDOW_UNITS) return;
    this.#units = 0;
    this.#spoilt = 0;
  }

  #forget(): void {
    this.#bytes = 0;
    this.#timestamp = undefined;
    this.#hasPicture = false;
    this.#isKey = false;
    this.#isSpoilt = false;
    this.#isInFragment = false;
  }
}
