import { inflateRawSync } from 'node:zlib';
import { TableError } from './csv-read.ts';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** Of one file inside: a sheet of 20,000 rows has some megabytes; a zip bomb has gigabytes. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/**
 * Files of a zip archive by name, read when asked for (PKWARE APPNOTE 4.3; stored and deflated, as .xlsx has them).
 * @throws TableError not_xlsx | too_large
 */
export function openZip(bytes: Buffer): (name: string) => Buffer | undefined {
  const bad = () => new TableError('not_xlsx');
  let end = bytes.length - 22;
  while (end >= 0 && bytes.readUInt32LE(end) !== END) end -= 1;
  if (end < 0) throw bad();
  const entries = new Map<string, { method: number; size: number; at: number }>();
  try {
    let at = bytes.readUInt32LE(end + 16);
    for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
      if (bytes.readUInt32LE(at) !== ENTRY) throw bad();
      const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset)) as [number, number, number]; // prettier-ignore
      entries.set(bytes.toString('utf8', at + 46, at + 46 + name).replaceAll('\\', '/'), {
        method: bytes.readUInt16LE(at + 10),
        size: bytes.readUInt32LE(at + 20),
        at: bytes.readUInt32LE(at + 42),
      });
      at += 46 + name + extra + comment;
    }
  } catch {
    throw bad();
  }
  return (name) => {
    const entry = entries.get(name);
    if (!entry) return undefined;
    try {
      if (bytes.readUInt32LE(entry.at) !== LOCAL) throw bad();
      const start = entry.at + 30 + bytes.readUInt16LE(entry.at + 26) + bytes.readUInt16LE(entry.at + 28);
      const packed = bytes.subarray(start, start + entry.size);
      if (entry.method === 0) return packed;
      if (entry.method !== 8) throw bad();
      return inflateRawSync(packed, { maxOutputLength: MAX_FILE_BYTES });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new TableError('too_large');
      throw bad();
    }
  };
}
