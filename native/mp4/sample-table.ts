import { box, u32, u64 } from './boxes.ts';

/** Numbers that grow: eight bytes each instead of an array of objects, for millions of samples. */
class Column {
  #values = new Float64Array(1024);
  length = 0;
  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length] = value;
    this.length += 1;
  }
  at(index: number): number {
    return this.#values[index] as number;
  }
}

/** Runs of equal numbers, as `stts` and `ctts` keep them. */
class Runs {
  readonly counts = new Column();
  readonly values = new Column();
  #last = Number.NaN;
  #count = 0;
  least = 0;
  add(value: number): void {
    if (value === this.#last) this.#count += 1;
    else {
      this.#flush();
      this.#last = value;
      this.#count = 1;
    }
    if (value < this.least) this.least = value;
  }
  #flush(): void {
    if (this.#count === 0) return;
    this.counts.push(this.#count);
    this.values.push(this.#last);
    this.#count = 0;
  }
  bytes(): Buffer {
    this.#flush();
    this.#last = Number.NaN;
    const out = Buffer.alloc(4 + this.counts.length * 8);
    out.writeUInt32BE(this.counts.length, 0);
    for (let index = 0; index < this.counts.length; index += 1) {
      out.writeUInt32BE(this.counts.at(index), 4 + index * 8);
      out.writeInt32BE(this.values.at(index) | 0, 8 + index * 8);
    }
    return out;
  }
}

const list = (column: Column, wide = false): Buffer => {
  const out = Buffer.alloc(column.length * (wide ? 8 : 4));
  for (let index = 0; index < column.length; index += 1)
    if (wide) out.writeBigUInt64BE(BigInt(column.at(index)), index * 8);
    else out.writeUInt32BE(column.at(index), index * 4);
  return out;
};

/** The samples of one track of a file that is written: where each lies and when it is shown. */
export class SampleTable {
  readonly #sizes = new Column();
  readonly #keys = new Column();
  readonly #chunkOffsets = new Column();
  readonly #chunkSizes = new Column();
  readonly #durations = new Runs();
  readonly #offsets = new Runs();
  #pendingDts: number | undefined;
  #lastDuration = 0;
  #firstOffset = 0;
  #firstDts = 0;
  #end = -1;
  #ticks = 0;

  /** @param at its place in the file; `dts` rises from sample to sample */
  add(
    sample: { dts: number; duration: number; offset: number; key: boolean; bytes: number },
    at: number,
  ): void {
    if (this.#pendingDts === undefined) {
      this.#firstOffset = sample.offset;
      this.#firstDts = sample.dts;
    } else this.#step(Math.max(0, sample.dts - this.#pendingDts));
    this.#pendingDts = sample.dts;
    this.#lastDuration = sample.duration;
    this.#sizes.push(sample.bytes);
    this.#offsets.add(sample.offset);
    if (sample.key) this.#keys.push(this.#sizes.length);
    if (at === this.#end) this.#chunkSizes.push((this.#popChunk() ?? 0) + 1);
    else {
      this.#chunkOffsets.push(at);
      this.#chunkSizes.push(1);
    }
    this.#end = at + sample.bytes;
  }
  #popChunk(): number | undefined {
    this.#chunkSizes.length -= 1;
    return this.#chunkSizes.at(this.#chunkSizes.length);
  }
  #step(ticks: number): void {
    this.#durations.add(ticks);
    this.#ticks += ticks;
  }
  get count(): number {
    return this.#sizes.length;
  }
  /** Decoding time of its first sample. */
  get firstDts(): number {
    return this.#firstDts;
  }
  /** Presentation minus decoding time of its first sample. */
  get firstOffset(): number {
    return this.#firstOffset;
  }
  /** Length of all samples; the last one counts as long as it said. */
  get ticks(): number {
    return this.#ticks + this.#lastDuration;
  }

  /** The stbl box; call it once, at the end. @param stsd the whole box, of the original */
  finish(stsd: Buffer): Buffer {
    this.#step(this.#lastDuration);
    this.#lastDuration = 0;
    const isVersion1 = this.#offsets.least < 0;
    const hasOffsets = this.#offsets.values.length > 0 || this.#offsets.least < 0 || this.#firstOffset !== 0;
    const offsets = this.#offsets.bytes();
    const allKeys = this.#keys.length === this.count;
    const last = this.#chunkOffsets.length - 1;
    const isWide = last >= 0 && this.#chunkOffsets.at(last) > 0xffff_ffff;
    return box(
      'stbl',
      stsd,
      box('stts', u32(0), this.#durations.bytes()),
      ...(hasOffsets ? [box('ctts', u32(isVersion1 ? 0x0100_0000 : 0), offsets)] : []),
      ...(allKeys ? [] : [box('stss', u32(0, this.#keys.length), list(this.#keys))]),
      this.#sampleToChunk(),
      box('stsz', u32(0, 0, this.count), list(this.#sizes)),
      box(isWide ? 'co64' : 'stco', u32(0, this.#chunkOffsets.length), list(this.#chunkOffsets, isWide)),
    );
  }

  #sampleToChunk(): Buffer {
    const rows: Buffer[] = [];
    let previous = -1;
    for (let chunk = 0; chunk < this.#chunkSizes.length; chunk += 1) {
      const size = this.#chunkSizes.at(chunk);
      if (size !== previous) rows.push(u32(chunk + 1, size, 1));
      previous = size;
    }
    return box('stsc', u32(0, rows.length), ...rows);
  }
}

/** An edit list that leaves out the empty time before the first picture (B-frames), and delays a track that begins later. */
export function editList(emptyMovieTicks: number, mediaStart: number, movieTicks: number): Buffer {
  if (emptyMovieTicks <= 0 && mediaStart === 0) return Buffer.alloc(0);
  const rate = u32(0x1_0000);
  const entries = emptyMovieTicks > 0 ? [u64(emptyMovieTicks), Buffer.alloc(8, 0xff), rate] : [];
  const count = emptyMovieTicks > 0 ? 2 : 1;
  return box(
    'edts',
    box('elst', u32(0x0100_0000, count), ...entries, u64(movieTicks, Math.max(0, mediaStart)), rate),
  );
}
