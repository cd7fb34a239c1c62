import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';

/** A file of a bundle as the database keeps it; `crc32` is what the ZIP needs. */
export interface BundleFile {
  /** Below the bundle's folder, with `/`. */
  name: string;
  bytes: number;
  sha256: string;
  crc32: number;
}

/** So much is handed to the disk at a time, so that little is left to wait for at the end. */
const SYNC_BYTES = 32 * 1024 * 1024;

/** Writes a file of a bundle and hashes it on its way. */
export interface HashedFile {
  /** When it settles, what the call before was given is written. */
  write(bytes: Buffer): Promise<void>;
  /** Safe on disk afterwards. */
  finish(): Promise<BundleFile>;
  /** Closes without more; the file stays as it is. */
  abandon(): Promise<void>;
}

/** @throws what node:fs throws; also if there is such a file */
export async function hashedFile(folder: string, name: string): Promise<HashedFile> {
  const file = path.join(folder, ...name.split('/'));
  await mkdir(path.dirname(file), { recursive: true });
  const handle = await open(file, 'wx');
  const hash = createHash('sha256');
  let crc = 0;
  let bytes = 0;
  /** The disk works on one block while the next is collected. */
  let writing: Promise<unknown> = Promise.resolve();
  let syncing: Promise<unknown> = Promise.resolve();
  let unsynced = 0;
  return {
    async write(data) {
      hash.update(data);
      crc = crc32(data, crc);
      const at = bytes;
      bytes += data.length;
      await writing;
      if (unsynced >= SYNC_BYTES) await sync();
      unsynced += data.length;
      writing = writeAll(data, at);
      // An error is thrown at the next call; unhandled it must not end the station before.
      writing.catch(() => undefined);
    },
    async finish() {
      try {
        await Promise.all([writing, syncing]);
        await handle.sync();
      } finally {
        await handle.close();
      }
      return { name, bytes, sha256: hash.digest('hex'), crc32: crc };
    },
    async abandon() {
      await Promise.allSettled([writing, syncing]);
      await handle.close();
    },
  };

  /** Waits for the one before only: the disk works beside. */
  async function sync(): Promise<void> {
    await syncing;
    unsynced = 0;
    syncing = handle.datasync();
    syncing.catch(() => undefined);
  }

  async function writeAll(data: Buffer, at: number): Promise<void> {
    for (let done = 0; done < data.length;) {
      const { bytesWritten } = await handle.write(data, done, data.length - done, at + done);
      done += bytesWritten;
    }
  }
}

/** A small file at once. */
export async function writeHashed(
  folder: string,
  name: string,
  content: string | Buffer,
): Promise<BundleFile> {
  const file = await hashedFile(folder, name);
  await file.write(Buffer.isBuffer(content) ? content : Buffer.from(content, 'utf8'));
  return file.finish();
}

/** Hashes a file that something else wrote. */
export async function hashFile(folder: string, name: string): Promise<BundleFile> {
  const hash = createHash('sha256');
  let crc = 0;
  let bytes = 0;
  const stream = createReadStream(path.join(folder, ...name.split('/')), { highWaterMark: 1024 * 1024 });
  for await (const data of stream as AsyncIterable<Buffer>) {
    hash.update(data);
    crc = crc32(data, crc);
    bytes += data.length;
  }
  return { name, bytes, sha256: hash.digest('hex'), crc32: crc };
}
