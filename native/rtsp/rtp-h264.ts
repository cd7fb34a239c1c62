import { unpackAggregate, unpackFragment, type NalRules } from './rtp-nal.ts';

/** NAL unit types of H.264 (ITU-T H.264 table 7-1) and of its RTP payloads (RFC 6184 table 1). */
const TYPE = { slice: 1, idr: 5, sei: 6, lastSingle: 23, stapA: 24, fuA: 28 } as const;
const RECOVERY_POINT = 6;

/** H.264 over RTP: single NAL units, STAP-A and FU-A (packetization modes 0 and 1; no camera interleaves, mode 2). */
export const h264Rules: NalRules = {
  unpack(payload, into) {
    const first = payload[0];
    if (first === undefined) return false;
    const type = first & 31;
    if (type >= 1 && type <= TYPE.lastSingle) {
      into.whole(payload);
      return true;
    }
    if (type === TYPE.stapA) return unpackAggregate(payload, 1, into);
    const second = payload[1];
    if (type !== TYPE.fuA || second === undefined) return false;
    const flags = { isFirst: (second & 0x80) !== 0, isLast: (second & 0x40) !== 0 };
    return unpackFragment(payload, 2, flags, () => Buffer.from([(first & 0xe0) | (second & 31)]), into);
  },
  isPicture(nal) {
    const type = (nal[0] as number) & 31;
    return type >= TYPE.slice && type <= TYPE.idr;
  },
  isKey(nal) {
    const type = (nal[0] as number) & 31;
    return type === TYPE.idr || (type === TYPE.sei && hasRecoveryPoint(nal));
  },
};

/** Streams with rolling intra refresh have no IDR pictures: decoding begins at their recovery points (as in FFmpeg). */
function hasRecoveryPoint(sei: Buffer): boolean {
  let at = 1;
  while (at + 2 <= sei.length && sei[at] !== 0x80) {
    let kind = 0;
    let size = 0;
    for (; sei[at] === 0xff; at += 1) kind += 255;
    kind += sei[at++] ?? 0;
    for (; sei[at] === 0xff; at += 1) size += 255;
    size += sei[at++] ?? 0;
    if (kind === RECOVERY_POINT) return true;
    at += size;
  }
  return false;
}
