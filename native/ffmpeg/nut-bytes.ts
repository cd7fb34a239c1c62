import { FfmpegError } from './failure.ts';

/** Thrown inside the parser when the bytes at hand do not yet hold the whole item. */
export const MORE = Symbol('more bytes needed');

/** Reads NUT's number forms from a buffer; throws MORE at its end. */
export class NutReader {
  readonly data: Buffer;
  position: number;
  readonly end: number;

  constructor(data: Buffer, position = 0, end = data.length) {
    this.data = data;
    this.position = position;
    this.end = end;
  }

  byte(): number {
    if (this.position >= this.end) throw MORE;
    return this.data[this.position++] as number;
  }

  /** v: seven bits a byte, highest first, a set top bit means that another follows. */
  unsigned(): number {
    let value = 0;
    for (let count = 0; count < 8; count += 1) {
      const byte = this.byte();
      value = value * 128 + (byte & 127);
      if (byte < 128) return value;
    }
    throw new FfmpegError('bad_data', { what: 'nut number' });
  }

  /** s: unsigned, folded so that small negative numbers stay short. */
  signed(): number {
    const folded = this.unsigned() + 1;
    return folded % 2 === 1 ? -(folded - 1) / 2 : folded / 2;
  }

  bytes(length: number): Buffer {
    if (this.position + length > this.end) throw MORE;
    const found = this.data.subarray(this.position, this.position + length);
    this.position += length;
    return found;
  }

  /** vb: length, then bytes. */
  text(): Buffer {
    return this.bytes(this.unsigned());
  }
}
