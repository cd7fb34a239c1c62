import { unpackAggregate, unpackFragment, type NalRules } from './rtp-nal.ts';

/** NAL unit types of H.265 (ITU-T H.265 table 7-1) and of its RTP payloads (RFC 7798 4.4). */
const TYPE = {
  firstIrap: 16,
  lastIrap: 23,
  lastPicture: 31,
  lastSingle: 47,
  aggregate: 48,
  fragment: 49,
} as const;
const typeOf = (first: number) => (first >> 1) & 63;

/** H.265 over RTP: single NAL units, aggregation packets and fragmentation units, without DONL (no camera sends it). */
export const h265Rules: NalRules = {
  unpack(payload, into) {
    const [first, second] = payload;
    if (first === undefined || second === undefined) return false;
    const type = typeOf(first);
    if (type <= TYPE.lastSingle) {
      into.whole(payload);
      return true;
    }
    if (type === TYPE.aggregate) return unpackAggregate(payload, 2, into);
    const third = payload[2];
    if (type !== TYPE.fragment || third === undefined) return false;
    const flags = { isFirst: (third & 0x80) !== 0, isLast: (third & 0x40) !== 0 };
    const header = () => Buffer.from([(first & 0x81) | ((third & 63) << 1), second]);
    return unpackFragment(payload, 3, flags, header, into);
  },
  isPicture: (nal) => typeOf(nal[0] as number) <= TYPE.lastPicture,
  isKey(nal) {
    const type = typeOf(nal[0] as number);
    return type >= TYPE.firstIrap && type <= TYPE.lastIrap;
  },
};
