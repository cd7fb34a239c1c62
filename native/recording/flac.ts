/**
 * FLAC (RFC 9639) of one channel of 16 bits, lossless: what G.711 is recorded as, because G.711 itself in an MP4 is silent
 * in most players. Fixed predictors and Rice codes: telephone sound needs no more.
 */
import { BitWriter, crc16, crc8 } from './flac-bits.ts';

/** Samples of a block: the least that a decoder has to take, and half a second of 8 kHz. */
export const MIN_BLOCK = 16;
export const MAX_BLOCK = 4_096;
const BITS = 16;
const MAX_ORDER = 4;
/** Sixteen parts of a block with a Rice parameter each. */
const MAX_PARTITION_ORDER = 4;
/** 15 says that what follows is not coded (RFC 9639 table 23). */
const MAX_RICE = 14;

/** The STREAMINFO block with its head, as the last block of metadata. */
export function flacInfo(sampleRate: number): Buffer {
  const out = Buffer.alloc(4 + 34);
  out[0] = 0x80;
  out.writeUIntBE(34, 1, 3);
  out.writeUInt16BE(MIN_BLOCK, 4);
  out.writeUInt16BE(MAX_BLOCK, 6);
  // Frame sizes, length and MD5 of a stream that still grows are not known: zeros.
  out.writeUInt32BE(((sampleRate << 12) | ((BITS - 1) << 4)) >>> 0, 14);
  return out;
}

/**
 * One frame.
 * @param samples MIN_BLOCK to MAX_BLOCK of them
 * @param number of its first sample in the stream
 */
export function flacFrame(samples: Int16Array, number: number): Buffer {
  if (samples.length < MIN_BLOCK || samples.length > MAX_BLOCK)
    throw new RangeError(`FLAC block of ${samples.length}`);
  const out = new BitWriter();
  // sync, variable block size; block size follows in 16 bits; rate of STREAMINFO; one channel; 16 bits
  out.write(0xfff9, 16);
  out.write(0x70, 8);
  out.write(0x08, 8);
  for (const byte of codedNumber(number)) out.write(byte, 8);
  out.write(samples.length - 1, 16);
  out.write(crc8(out.bytes()), 8);
  subframe(out, samples);
  const body = out.bytes();
  const frame = Buffer.allocUnsafe(body.length + 2);
  body.copy(frame);
  frame.writeUInt16BE(crc16(body), body.length);
  return frame;
}

/** A number of up to 36 bits in the way of UTF-8 (RFC 9639 9.1.5). */
function codedNumber(value: number): number[] {
  if (value < 0x80) return [value];
  const rest: number[] = [];
  let left = value;
  /** What the first byte can still hold: a bit less for each byte that follows. */
  let room = 0x3f;
  while (left > room || rest.length === 0) {
    rest.unshift(0x80 | (left % 64));
    left = Math.floor(left / 64);
    room >>= 1;
  }
  return [((0xff00 >> (rest.length + 1)) & 0xff) | left, ...rest];
}

function subframe(out: BitWriter, samples: Int16Array): void {
  const first = samples[0] as number;
  if (samples.every((sample) => sample === first)) {
    out.write(0, 8);
    out.write(first, BITS);
    return;
  }
  const best = bestPrediction(samples);
  if (!best || best.plan.bits + best.order * BITS > samples.length * BITS) {
    out.write(0x02, 8);
    for (const sample of samples) out.write(sample, BITS);
    return;
  }
  const { order, residual, plan } = best;
  out.write(0x10 | (order << 1), 8);
  for (let at = 0; at < order; at += 1) out.write(samples[at] as number, BITS);
  writeResidual(out, residual, order, plan);
}

/** The order of prediction whose residual is smallest: differences of differences, up to the fourth. */
function bestPrediction(samples: Int16Array) {
  let residual = Int32Array.from(samples);
  let best: { order: number; residual: Int32Array; plan: RicePlan } | undefined;
  for (let order = 0; order <= MAX_ORDER; order += 1) {
    if (order > 0)
      residual = residual.map((value, at) => (at === 0 ? 0 : value - (residual[at - 1] as number)));
    const plan = ricePlan(residual, order);
    if (plan && (!best || plan.bits + order * BITS < best.plan.bits + best.order * BITS))
      best = { order, residual, plan };
  }
  return best;
}

interface RicePlan {
  partitionOrder: number;
  parameters: number[];
  bits: number;
}

/** Residuals fold to counts: 0, -1, 1, -2, ... */
const folded = (value: number) => (value < 0 ? -value * 2 - 1 : value * 2);

function ricePlan(residual: Int32Array, order: number): RicePlan | undefined {
  let best: RicePlan | undefined;
  for (let partitionOrder = 0; partitionOrder <= MAX_PARTITION_ORDER; partitionOrder += 1) {
    const length = residual.length >> partitionOrder;
    if (length << partitionOrder !== residual.length || length <= order) break;
    const parameters: number[] = [];
    let bits = 6;
    for (let from = 0; from < residual.length; from += length) {
      const begin = from === 0 ? order : from;
      const found = riceParameter(residual, begin, from + length);
      parameters.push(found.parameter);
      bits += 4 + found.bits;
    }
    if (!best || bits < best.bits) best = { partitionOrder, parameters, bits };
  }
  return best;
}

function riceParameter(residual: Int32Array, from: number, to: number): { parameter: number; bits: number } {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum += folded(residual[at] as number);
  const count = to - from;
  // Near the mean's logarithm the bits are fewest; its neighbours are tried.
  const guess = Math.max(0, Math.floor(Math.log2(Math.max(1, sum / count))));
  let best = { parameter: 0, bits: Infinity };
  for (let parameter = Math.max(0, guess - 1); parameter <= Math.min(MAX_RICE, guess + 1); parameter += 1) {
    let bits = count * (parameter + 1);
    for (let at = from; at < to; at += 1) bits += Math.floor(folded(residual[at] as number) / 2 ** parameter);
    if (bits < best.bits) best = { parameter, bits };
  }
  if (best.bits === Infinity) best = { parameter: MAX_RICE, bits: count * 64 };
  return best;
}

function writeResidual(out: BitWriter, residual: Int32Array, order: number, plan: RicePlan): void {
  out.write(plan.partitionOrder, 6);
  const length = residual.length >> plan.partitionOrder;
  plan.parameters.forEach((parameter, index) => {
    out.write(parameter, 4);
    const from = index === 0 ? order : index * length;
    for (let at = from; at < (index + 1) * length; at += 1) {
      const count = folded(residual[at] as number);
      out.unary(Math.floor(count / 2 ** parameter));
      if (parameter > 0) out.write(count, parameter);
    }
  });
}
