/** Bits from the left, and the two checksums of FLAC (RFC 9639 9.1.8, 9.3). */

export class BitWriter {
  #bytes = Buffer.allocUnsafe(1_024);
  #length = 0;
  #held = 0;
  #heldBits = 0;

  /** @param count up to 24; the bits of `value` above them are left out */
  write(value: number, count: number): void {
    this.#held = (this.#held << count) | (value & (2 ** count - 1));
    this.#heldBits += count;
    while (this.#heldBits >= 8) {
      this.#heldBits -= 8;
      this.#byte((this.#held >>> this.#heldBits) & 0xff);
      this.#held &= 2 ** this.#heldBits - 1;
    }
  }
  /** `count` zeros and a one. */
  unary(count: number): void {
    for (let left = count; left > 0; left -= 16) this.write(0, Math.min(16, left));
    this.write(1, 1);
  }
  #byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes, this.#bytes]);
    this.#bytes[this.#length++] = value;
  }
  /** What was written, filled up to a byte with zeros. */
  bytes(): Buffer {
    if (this.#heldBits > 0) this.write(0, 8 - this.#heldBits);
    return this.#bytes.subarray(0, this.#length);
  }
}

function table(polynomial: number, bits: number): Uint16Array {
  const top = 2 ** (bits - 1);
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << (bits - 8);
    for (let step = 0; step < 8; step += 1) crc = crc & top ? (crc << 1) ^ polynomial : crc << 1;
    return crc & (2 ** bits - 1);
  });
}
const CRC8 = table(0x07, 8);
const CRC16 = table(0x8005, 16);

export function crc8(data: Buffer): number {
  let crc = 0;
  for (const byte of data) crc = CRC8[crc ^ byte] as number;
  return crc;
}
export function crc16(data: Buffer): number {
  let crc = 0;
  for (const byte of data) crc = ((crc << 8) ^ (CRC16[(crc >> 8) ^ byte] as number)) & 0xffff;
  return crc;
}
