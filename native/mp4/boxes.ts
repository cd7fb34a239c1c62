/** Boxes of ISO/IEC 14496-12, big-endian. */

/** A box: size, type, content. */
export function box(type: string, ...content: Uint8Array[]): Buffer {
  const size = content.reduce((sum, part) => sum + part.length, 8);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(size, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...content], size);
}

export const u32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value >>> 0, index * 4));
  return bytes;
};
export const u64 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 8);
  values.forEach((value, index) => bytes.writeBigUInt64BE(BigInt(Math.round(value)), index * 8));
  return bytes;
};

export interface BoxAt {
  type: string;
  /** Of its content in the buffer. */
  start: number;
  end: number;
}

/**
 * The boxes in `data` between two positions, one after another.
 * @throws RangeError at a box that does not end inside
 */
export function* boxesIn(data: Buffer, from = 0, to = data.length): Generator<BoxAt> {
  for (let at = from; at < to;) {
    if (at + 8 > to) throw new RangeError(`box at ${at}: cut off`);
    const size = data.readUInt32BE(at);
    const type = data.toString('latin1', at + 4, at + 8);
    const isLong = size === 1;
    const bytes = isLong && at + 16 <= to ? Number(data.readBigUInt64BE(at + 8)) : size;
    const head = isLong ? 16 : 8;
    if (bytes < head || at + bytes > to) throw new RangeError(`box ${type} at ${at}: ${bytes} bytes`);
    yield { type, start: at + head, end: at + bytes };
    at += bytes;
  }
}

/** The first box of a path of types, e.g. `mdia`, `minf`, `stbl`. */
export function findBox(
  data: Buffer,
  path: readonly string[],
  from = 0,
  to = data.length,
): BoxAt | undefined {
  const [type, ...rest] = path;
  for (const found of boxesIn(data, from, to)) {
    if (found.type !== type) continue;
    return rest.length === 0 ? found : findBox(data, rest, found.start, found.end);
  }
  return undefined;
}

/** The whole box with its head, for copying. */
export const wholeBox = (data: Buffer, at: BoxAt): Buffer => data.subarray(at.start - 8, at.end);
