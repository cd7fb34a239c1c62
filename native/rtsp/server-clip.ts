/**
 * A pre-encoded H.264 clip in memory, cut once into access units and RTP payloads (RFC 6184,
 * packetization-mode 1), so that any number of viewers share the same buffers.
 */

/** One access unit (picture) of a clip. */
export interface ClipFrame {
  /** True for an IDR picture: decoding can start here. */
  readonly key: boolean;
  /** RTP payloads in sending order, without RTP header; the last one carries the marker bit. */
  readonly payloads: readonly Buffer[];
  /** Sum of the payload sizes. */
  readonly bytes: number;
}

export interface Clip {
  readonly fps: number;
  readonly frames: readonly ClipFrame[];
  /** Parameter sets without start code, as SDP's sprop-parameter-sets wants them. */
  readonly sps: Buffer;
  readonly pps: Buffer;
}

export type ClipErrorCode =
  'clip.fps' | 'clip.noParameterSets' | 'clip.noFrames' | 'clip.notStartingWithKeyFrame';

/** A clip that cannot be served; `code` says why. */
export class ClipError extends Error {
  readonly code: ClipErrorCode;
  constructor(code: ClipErrorCode) {
    super(`H.264 clip refused: ${code}`);
    this.name = 'ClipError';
    this.code = code;
  }
}

/** NAL unit types of ITU-T H.264 table 7-1 that matter here. */
const NAL = { slice: 1, idr: 5, sei: 6, sps: 7, pps: 8, aud: 9, stapA: 24, fuA: 28 } as const;
const FU_START = 0x80;
const FU_END = 0x40;
/** Fits a 1500 byte Ethernet frame with IPv4, UDP, RTP and an interleaved header to spare. */
const DEFAULT_MAX_PAYLOAD_BYTES = 1400;

const typeOf = (nal: Buffer): number => (nal[0] ?? 0) & 0x1f;

/** Splits an Annex-B byte stream into NAL units (views, no copies), without start codes or trailing zeros. */
export function splitAnnexB(data: Buffer): Buffer[] {
  const units: Buffer[] = [];
  let start = -1;
  let at = data.indexOf('000001', 0, 'hex');
  while (at !== -1) {
    if (start !== -1) units.push(trimZeros(data.subarray(start, at)));
    start = at + 3;
    at = data.indexOf('000001', start, 'hex');
  }
  if (start !== -1) units.push(trimZeros(data.subarray(start)));
  return units.filter((unit) => unit.length > 0);
}

function trimZeros(unit: Buffer): Buffer {
  let end = unit.length;
  while (end > 0 && unit[end - 1] === 0) end -= 1;
  return unit.subarray(0, end);
}

/** Groups NAL units into access units (H.264 7.4.1.2.3, the cases that encoders without field pictures produce). */
function groupAccessUnits(units: readonly Buffer[]): Buffer[][] {
  const groups: Buffer[][] = [];
  let current: Buffer[] = [];
  let hasPicture = false;
  for (const unit of units) {
    const type = typeOf(unit);
    const picture = type === NAL.slice || type === NAL.idr;
    // first_mb_in_slice is the first Exp-Golomb value after the NAL header: its top bit set means macroblock 0
    const startsPicture = picture && ((unit[1] ?? 0) & 0x80) !== 0;
    const opens =
      startsPicture || type === NAL.aud || type === NAL.sps || type === NAL.pps || type === NAL.sei;
    if (hasPicture && opens) {
      groups.push(current);
      current = [];
      hasPicture = false;
    }
    if (type !== NAL.aud) current.push(unit);
    hasPicture ||= picture;
  }
  if (hasPicture) groups.push(current);
  return groups;
}

/** Payloads of one access unit: small neighbours together (STAP-A), one alone as it is, a large one in fragments (FU-A). */
function packetise(units: readonly Buffer[], maxBytes: number): Buffer[] {
  const payloads: Buffer[] = [];
  let pending: Buffer[] = [];
  let pendingBytes = 1;
  const flush = (): void => {
    if (pending.length === 1) payloads.push(pending[0]!);
    else if (pending.length > 1) payloads.push(aggregate(pending));
    pending = [];
    pendingBytes = 1;
  };
  for (const unit of units) {
    if (pendingBytes + 2 + unit.length > maxBytes) flush();
    if (unit.length > maxBytes) {
      payloads.push(...fragment(unit, maxBytes));
    } else {
      pending.push(unit);
      pendingBytes += 2 + unit.length;
    }
  }
  flush();
  return payloads;
}

function aggregate(units: readonly Buffer[]): Buffer {
  const importance = Math.max(...units.map((unit) => unit[0]! & 0x60));
  const parts: Buffer[] = [Buffer.from([importance | NAL.stapA])];
  for (const unit of units) {
    const size = Buffer.alloc(2);
    size.writeUInt16BE(unit.length);
    parts.push(size, unit);
  }
  return Buffer.concat(parts);
}

function fragment(unit: Buffer, maxBytes: number): Buffer[] {
  const indicator = (unit[0]! & 0x60) | NAL.fuA;
  const room = maxBytes - 2;
  const fragments: Buffer[] = [];
  for (let at = 1; at < unit.length; at += room) {
    const part = unit.subarray(at, at + room);
    const flags = (at === 1 ? FU_START : 0) | (at + room >= unit.length ? FU_END : 0);
    fragments.push(Buffer.concat([Buffer.from([indicator, flags | typeOf(unit)]), part]));
  }
  return fragments;
}

/** Still scenes repeat themselves from key frame to key frame: equal payloads are kept once, apart from the file's buffer. */
function share(pool: Map<string, Buffer>, payload: Buffer): Buffer {
  const key = payload.toString('latin1');
  let kept = pool.get(key);
  if (!kept) {
    // alloc, not from: a small piece of Buffer's shared pool would keep all of its neighbours alive
    kept = Buffer.alloc(payload.length);
    payload.copy(kept);
    pool.set(key, kept);
  }
  return kept;
}

/** One access unit in Annex B form, cut for sending. Delimiters are left out. */
export function cutFrame(data: Buffer, maxPayloadBytes = DEFAULT_MAX_PAYLOAD_BYTES): ClipFrame {
  const units = splitAnnexB(data).filter((unit) => typeOf(unit) !== NAL.aud);
  const payloads = packetise(units, maxPayloadBytes);
  const key = units.some((unit) => typeOf(unit) === NAL.idr);
  return { key, payloads, bytes: payloads.reduce((sum, payload) => sum + payload.length, 0) };
}
/** The parameter sets in an Annex B stream; undefined when they are not there. */
export function parameterSets(data: Buffer): Pick<Clip, 'sps' | 'pps'> | undefined {
  const units = splitAnnexB(data);
  const [sps, pps] = [NAL.sps, NAL.pps].map((type) => units.find((unit) => typeOf(unit) === type));
  return sps && pps ? { sps: Buffer.from(sps), pps: Buffer.from(pps) } : undefined;
}

/**
 * Cuts an Annex-B H.264 stream (no B-frames, starting with parameter sets and an IDR picture) into a clip.
 * @param data the whole file
 * @param fps constant frame rate the clip was made for; 90000 / fps must be a whole number so that no loop drifts
 * @throws ClipError when the stream cannot be looped
 */
export function parseClip(data: Buffer, fps: number, maxPayloadBytes = DEFAULT_MAX_PAYLOAD_BYTES): Clip {
  if (!Number.isInteger(90_000 / fps)) throw new ClipError('clip.fps');
  const units = splitAnnexB(data);
  const sps = units.find((unit) => typeOf(unit) === NAL.sps);
  const pps = units.find((unit) => typeOf(unit) === NAL.pps);
  if (!sps || sps.length < 4 || !pps) throw new ClipError('clip.noParameterSets');
  const shared = new Map<string, Buffer>();
  const frames = groupAccessUnits(units).map((group) => {
    const payloads = packetise(group, maxPayloadBytes).map((payload) => share(shared, payload));
    const key = group.some((unit) => typeOf(unit) === NAL.idr);
    return { key, payloads, bytes: payloads.reduce((sum, payload) => sum + payload.length, 0) };
  });
  if (frames.length === 0) throw new ClipError('clip.noFrames');
  if (!frames[0]!.key) throw new ClipError('clip.notStartingWithKeyFrame');
  return { fps, frames, sps: Buffer.from(sps), pps: Buffer.from(pps) };
}
