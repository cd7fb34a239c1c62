import { open } from 'node:fs/promises';
import path from 'node:path';
import type { BundleFile } from './hashed-file.ts';

/**
 * A ZIP that is never written: its bytes are worked out from the files when they are asked for (PKWARE APPNOTE 6.3.10).
 * Files are stored as they are, since video does not compress, so every byte has its place beforehand: a download can
 * begin anywhere, again and again, and costs no disk.
 */
export interface ZipLayout {
  bytes: number;
  pieces: readonly Piece[];
}
type Piece = { start: number; length: number } & ({ head: Buffer } | { file: string });

const UTF8_NAMES = 0x0800;
const ZIP64 = 0xffff_ffff;
const VERSION = 45;

/**
 * @param folder that the files' names are below
 * @param root name of the folder inside of the ZIP
 * @param atMs time of all entries; kept as UTC, since the format has no time zone
 */
export function zipLayout(
  folder: string,
  root: string,
  files: readonly BundleFile[],
  atMs: number,
): ZipLayout {
  const pieces: Piece[] = [];
  let end = 0;
  const add = (piece: { head: Buffer } | { file: string; length: number }) => {
    const length = 'head' in piece ? piece.head.length : piece.length;
    pieces.push({ ...piece, start: end, length });
    end += length;
  };
  const { date, time } = dosTime(atMs);
  const central: Buffer[] = [];
  for (const file of files) {
    const name = Buffer.from(`${root}/${file.name}`, 'utf8');
    const at = end;
    const extra = Buffer.alloc(20);
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(16, 2);
    extra.writeBigUInt64LE(BigInt(file.bytes), 4);
    extra.writeBigUInt64LE(BigInt(file.bytes), 12);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(VERSION, 0);
    common.writeUInt16LE(UTF8_NAMES, 2);
    common.writeUInt16LE(0, 4);
    common.writeUInt16LE(time, 6);
    common.writeUInt16LE(date, 8);
    common.writeUInt32LE(file.crc32, 10);
    common.writeUInt32LE(ZIP64, 14);
    common.writeUInt32LE(ZIP64, 18);
    common.writeUInt16LE(name.length, 22);
    common.writeUInt16LE(extra.length, 24);
    add({ head: Buffer.concat([signature(0x0403_4b50), common, name, extra]) });
    if (file.bytes > 0) add({ file: path.join(folder, ...file.name.split('/')), length: file.bytes });
    const place = Buffer.alloc(8);
    place.writeBigUInt64LE(BigInt(at), 0);
    const centralExtra = Buffer.concat([extra, place]);
    centralExtra.writeUInt16LE(24, 2);
    const madeBy = Buffer.alloc(2);
    madeBy.writeUInt16LE(VERSION, 0);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(ZIP64, 10);
    const entry = Buffer.from(common);
    entry.writeUInt16LE(centralExtra.length, 24);
    central.push(Buffer.concat([signature(0x0201_4b50), madeBy, entry, tail, name, centralExtra]));
  }
  const directory = Buffer.concat(central);
  add({ head: Buffer.concat([directory, endRecords(files.length, directory.length, end)]) });
  return { bytes: end, pieces };
}

function endRecords(count: number, bytes: number, at: number): Buffer {
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x0606_4b50, 0);
  end64.writeBigUInt64LE(44n, 4);
  end64.writeUInt16LE(VERSION, 12);
  end64.writeUInt16LE(VERSION, 14);
  end64.writeBigUInt64LE(BigInt(count), 24);
  end64.writeBigUInt64LE(BigInt(count), 32);
  end64.writeBigUInt64LE(BigInt(bytes), 40);
  end64.writeBigUInt64LE(BigInt(at), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x0706_4b50, 0);
  locator.writeBigUInt64LE(BigInt(at + bytes), 8);
  locator.writeUInt32LE(1, 16);
  const last = Buffer.alloc(22);
  last.writeUInt32LE(0x0605_4b50, 0);
  last.writeUInt16LE(0xffff, 8);
  last.writeUInt16LE(0xffff, 10);
  last.writeUInt32LE(ZIP64, 12);
  last.writeUInt32LE(ZIP64, 16);
  return Buffer.concat([end64, locator, last]);
}

const signature = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value, 0);
  return bytes;
};

function dosTime(atMs: number): { date: number; time: number } {
  const at = new Date(Math.max(atMs, Date.UTC(1980, 0, 1)));
  const date = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  return { date, time };
}

/**
 * Bytes of the ZIP: `length` of them, fewer at its end.
 * @throws Error if a file of the bundle is shorter than it was
 */
export async function readZip(layout: ZipLayout, offset: number, length: number): Promise<Buffer> {
  const end = Math.min(layout.bytes, offset + length);
  if (offset >= end) return Buffer.alloc(0);
  const out = Buffer.allocUnsafe(end - offset);
  for (const piece of layout.pieces) {
    const from = Math.max(offset, piece.start);
    const to = Math.min(end, piece.start + piece.length);
    if (from >= to) continue;
    if ('head' in piece) piece.head.copy(out, from - offset, from - piece.start, to - piece.start);
    else await readFile(piece.file, out.subarray(from - offset, to - offset), from - piece.start);
  }
  return out;
}

async function readFile(file: string, into: Buffer, at: number): Promise<void> {
  const handle = await open(file, 'r');
  try {
    for (let done = 0; done < into.length;) {
      const { bytesRead } = await handle.read(into, done, into.length - done, at + done);
      if (bytesRead === 0) throw new Error(`${path.basename(file)} ends at ${at + done}`);
      done += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
