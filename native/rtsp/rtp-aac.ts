/** AAC in RTP (RFC 3640): several access units in a packet, or one in several packets. */
import type { AudioRules } from './rtp-audio.ts';
import type { Arrival, RtpPacket } from './rtp-packet.ts';

/** Largest access unit of AAC with two channels (ISO/IEC 14496-3: 6,144 bits a channel), several times over. */
const MAX_UNIT_BYTES = 8_192;
/** More in one packet than this is no sound of a camera's. */
const MAX_UNITS = 64;

interface Layout {
  sizeBits: number;
  indexBits: number;
  deltaBits: number;
  /** Whole bits of an access unit's header before which nothing else may come. */
  hasExtras: boolean;
}

/** What a mode means where the description does not say (RFC 3640 3.3.5, 3.3.6). */
const USUAL: Readonly<Record<string, readonly [number, number, number]>> = {
  'aac-hbr': [13, 3, 3],
  'aac-lbr': [6, 2, 2],
};
const LAYOUT = ['mode', 'sizelength', 'indexlength', 'indexdeltalength'];
/** Fields of a header that no camera sends; with one of them the sizes cannot be found. */
const EXTRAS = [
  'ctsdeltalength',
  'dtsdeltalength',
  'randomaccessindication',
  'streamstateindication',
  'auxiliarydatasizelength',
];

function layoutOf(fmtp: ReadonlyMap<string, string>): Layout | undefined {
  // Some cameras give a config and no word of the layout: the usual one is tried. A mode without sizes is another matter.
  const isBare = fmtp.has('config') && !LAYOUT.some((name) => fmtp.has(name));
  const usual = USUAL[isBare ? 'aac-hbr' : (fmtp.get('mode')?.toLowerCase() ?? '')];
  const bits = (name: string, at: number) => Number(fmtp.get(name) ?? usual?.[at] ?? 0);
  const sizeBits = bits('sizelength', 0);
  const [indexBits, deltaBits] = [bits('indexlength', 1), bits('indexdeltalength', 2)];
  const isGood = [sizeBits, indexBits, deltaBits].every((value) => Number.isInteger(value) && value >= 0);
  if (!isGood || sizeBits < 1 || sizeBits > 16 || indexBits > 8 || deltaBits > 8) return undefined;
  return {
    sizeBits,
    indexBits,
    deltaBits,
    hasExtras: EXTRAS.some((name) => Number(fmtp.get(name) ?? 0) > 0),
  };
}

/** Bits from the left; zero beyond the end. */
function bitsAt(data: Buffer, at: number, count: number): number {
  let value = 0;
  for (let bit = at; bit < at + count; bit += 1)
    value = value * 2 + (((data[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
  return value;
}

/** Sizes of a packet's access units, and where they begin. Undefined if the headers are broken or interleaved. */
function headersOf(payload: Buffer, layout: Layout): { sizes: number[]; start: number } | undefined {
  if (payload.length < 2) return undefined;
  const bits = payload.readUInt16BE(0);
  const start = 2 + Math.ceil(bits / 8);
  if (bits === 0 || start > payload.length) return undefined;
  const sizes: number[] = [];
  for (let at = 16; at < 16 + bits;) {
    const isFirst = sizes.length === 0;
    const orderBits = isFirst ? layout.indexBits : layout.deltaBits;
    if (at + layout.sizeBits + orderBits > 16 + bits) break;
    // Interleaved units would have to be put in order again: no camera does, for its delay.
    if (bitsAt(payload, at + layout.sizeBits, orderBits) !== 0) return undefined;
    sizes.push(bitsAt(payload, at, layout.sizeBits));
    at += layout.sizeBits + orderBits;
    if (sizes.length > MAX_UNITS) return undefined;
  }
  return sizes.length === 0 ? undefined : { sizes, start };
}

/** @param fmtp of the description; undefined comes back if its headers cannot be read */
export function aacRules(fmtp: ReadonlyMap<string, string>): AudioRules | undefined {
  const layout = layoutOf(fmtp);
  if (!layout || layout.hasExtras) return undefined;
  /** The unit that comes in pieces: its time, its size, what has come. */
  let pieces: { rtpTime: number; size: number; bytes: number; parts: Buffer[] } | undefined;

  function piece({ timestamp, payload }: RtpPacket, start: number, size: number, arrival: Arrival) {
    const data = payload.subarray(start);
    const goesOn = arrival === 'next' && pieces?.rtpTime === timestamp && pieces.size === size;
    if (!goesOn) {
      // Where one is missing, this may be its second piece: a lost packet costs a unit or two, never a wrong one.
      pieces = arrival === 'next' ? { rtpTime: timestamp, size, bytes: 0, parts: [] } : undefined;
    }
    if (!pieces) return undefined;
    pieces.bytes += data.length;
    pieces.parts.push(Buffer.from(data));
    if (pieces.bytes < size) return undefined;
    const whole = pieces.bytes === size ? Buffer.concat(pieces.parts) : undefined;
    pieces = undefined;
    return whole;
  }

  return {
    push(packet, arrival, unit) {
      if (arrival === 'old') return;
      const { payload, timestamp: rtpTime } = packet;
      const found = headersOf(payload, layout);
      const [first] = found?.sizes ?? [];
      if (!found || first === undefined || found.sizes.some((size) => size === 0 || size > MAX_UNIT_BYTES)) {
        pieces = undefined;
        return;
      }
      if (found.sizes.length === 1 && first > payload.length - found.start) {
        const whole = piece(packet, found.start, first, arrival);
        if (whole) unit({ data: whole, rtpTime, index: 0 });
        return;
      }
      pieces = undefined;
      let at = found.start;
      found.sizes.forEach((size, index) => {
        if (at + size <= payload.length) unit({ data: payload.subarray(at, at + size), rtpTime, index });
        at += size;
      });
    },
  };
}
