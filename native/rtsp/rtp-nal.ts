/** What a codec's payloads are made of, for `rtp-access-unit.ts`. */
export interface NalRules {
  /**
   * Takes one RTP payload apart: whole NAL units to `whole`, pieces of a large one to `part` (the first with its header
   * made up). False if the payload is broken.
   */
  unpack(payload: Buffer, into: NalInto): boolean;
  /** Whether the NAL unit is (a slice of) a picture. */
  isPicture(nal: Buffer): boolean;
  /** Whether decoding can begin at a picture that holds this NAL unit. */
  isKey(nal: Buffer): boolean;
}

export interface NalInto {
  whole(nal: Buffer): void;
  /** The first piece of a NAL unit: its header and what follows. */
  first(header: Buffer, data: Buffer): void;
  /** Another piece; false if there is no first one. */
  next(data: Buffer): boolean;
  /** No piece follows. */
  last(): void;
}

/** Aggregated NAL units: each behind its length of two bytes. False if they do not fit. */
export function unpackAggregate(payload: Buffer, start: number, into: NalInto): boolean {
  let at = start;
  while (at + 2 <= payload.length) {
    const length = payload.readUInt16BE(at);
    const end = at + 2 + length;
    if (length === 0 || end > payload.length) return false;
    into.whole(payload.subarray(at + 2, end));
    at = end;
  }
  return at === payload.length;
}

/** A piece of a NAL unit behind `start` bytes of headers; `header` is that of the unit. */
export function unpackFragment(
  payload: Buffer,
  start: number,
  flags: { isFirst: boolean; isLast: boolean },
  header: () => Buffer,
  into: NalInto,
): boolean {
  const data = payload.subarray(start);
  if (data.length === 0) return false;
  if (flags.isFirst) into.first(header(), data);
  else if (!into.next(data)) return false;
  if (flags.isLast) into.last();
  return true;
}
