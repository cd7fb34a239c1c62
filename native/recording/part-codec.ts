import { RecordingError } from './errors.ts';
import type { KeyFrame, Part } from './types.ts';

const VERSION = 1;

/** Numbers as little-endian groups of seven bits; differences first folded to non-negative (zigzag). */
class Writer {
  #bytes = Buffer.allocUnsafe(1024);
  #length = 0;

  number(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a count: ${value}`);
    if (this.#length + 8 > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes, this.#bytes]);
    let rest = value;
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }
  difference(value: number): void {
    this.number(value < 0 ? -value * 2 - 1 : value * 2);
  }
  end(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }
  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined || scale > 2 ** 49) throw new RecordingError('bad_file', 'part table');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
  difference(): number {
    const folded = this.number();
    return folded % 2 === 1 ? -(folded + 1) / 2 : folded / 2;
  }
}

/** The parts of a file as a few bytes each (about 10 for a second with one key frame). */
export function encodeParts(parts: readonly Part[]): Buffer {
  const out = new Writer();
  out.number(VERSION);
  let before = { offset: 0, wallMs: 0, ticks: 0 };
  for (const part of parts) {
    out.difference(part.offset - before.offset);
    out.difference(part.wallMs - before.wallMs);
    out.difference(part.ticks - before.ticks);
    for (const count of [part.bytes, part.endWallMs - part.wallMs, part.endTicks - part.ticks])
      out.number(count);
    out.number(part.frames);
    out.number(part.keys.length);
    for (const key of part.keys) {
      out.number(key.offset - part.offset);
      out.number(key.bytes);
      out.number(key.ticks - part.ticks);
      out.number(key.wallMs - part.wallMs);
    }
    before = { offset: part.offset + part.bytes, wallMs: part.endWallMs, ticks: part.endTicks };
  }
  return out.end();
}

/** @throws RecordingError bad_file */
export function decodeParts(bytes: Buffer): Part[] {
  const from = new Reader(bytes);
  if (from.number() !== VERSION) throw new RecordingError('bad_file', 'part table of another version');
  const parts: Part[] = [];
  let before = { offset: 0, wallMs: 0, ticks: 0 };
  while (!from.isAtEnd) {
    const offset = before.offset + from.difference();
    const wallMs = before.wallMs + from.difference();
    const ticks = before.ticks + from.difference();
    const partBytes = from.number();
    const endWallMs = wallMs + from.number();
    const endTicks = ticks + from.number();
    const frames = from.number();
    const keys: KeyFrame[] = Array.from({ length: from.number() }, () => ({
      offset: offset + from.number(),
      bytes: from.number(),
      ticks: ticks + from.number(),
      wallMs: wallMs + from.number(),
    }));
    parts.push({ offset, bytes: partBytes, wallMs, endWallMs, ticks, endTicks, frames, keys });
    before = { offset: offset + partBytes, wallMs: endWallMs, ticks: endTicks };
  }
  return parts;
}
