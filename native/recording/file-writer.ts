import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { diskError, RecordingError } from './errors.ts';
import { factsBox, type FileFacts } from './file-facts.ts';
import { makeFolders, syncFolder } from './folders.ts';
import { withSound } from './sound-init.ts';
import type { Part, PendingPart, RecordedTrack } from './types.ts';

/** A recording that grows. Appends follow one another; a sync may run beside them. */
export interface RecordingFile {
  readonly path: string;
  /** Everything of it that is known to be good. */
  readonly bytes: number;
  /**
   * Writes a part with one call: from then on a killed process cannot lose it. After a failure the file ends where it ended
   * before, as far as the disk still takes orders. @throws RecordingError
   */
  append(part: PendingPart): Promise<Part>;
  /** Makes everything that was appended before the call safe from a power cut too. @throws RecordingError */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Begins a file: init segment and what the file is (`facts`), safe on disk with its name.
 * @param root the volume's folder, which has to be there
 * @param file below it
 * @throws RecordingError also if there is such a file: nothing is ever overwritten
 */
export async function createRecordingFile(
  root: string,
  file: string,
  track: RecordedTrack,
  facts: FileFacts,
): Promise<RecordingFile> {
  let handle: FileHandle | undefined;
  try {
    await makeFolders(root, path.dirname(file));
    handle = await open(file, 'wx');
    const init = track.audio ? withSound(track.init, track.audio) : track.init;
    const head = Buffer.concat([init, factsBox(facts)]);
    await writeAll(handle, [head], 0);
    await handle.sync();
    await syncFolder(path.dirname(file));
    return growing(handle, file, head.length);
  } catch (error) {
    await handle?.close().catch(() => undefined);
    throw diskError(error);
  }
}

function growing(handle: FileHandle, file: string, headBytes: number): RecordingFile {
  let bytes = headBytes;
  return {
    path: file,
    get bytes() {
      return bytes;
    },
    async append(pending) {
      const { buffers, startsWithKey: _starts, ...part } = pending;
      try {
        await writeAll(handle, buffers, bytes);
      } catch (error) {
        await handle.truncate(bytes).catch(() => undefined);
        throw diskError(error);
      }
      const offset = bytes;
      bytes += part.bytes;
      return { ...part, offset, keys: part.keys.map((key) => ({ ...key, offset: offset + key.offset })) };
    },
    async sync() {
      await handle.datasync().catch((error: unknown) => {
        throw diskError(error);
      });
    },
    close: () => handle.close(),
  };
}

/** One call to the system where it takes everything, as it nearly always does. */
async function writeAll(handle: FileHandle, buffers: readonly Buffer[], at: number): Promise<void> {
  const total = buffers.reduce((sum, { length }) => sum + length, 0);
  let { bytesWritten: done } = await handle.writev(buffers as Buffer[], at);
  if (done === total) return;
  const all = Buffer.concat(buffers as Buffer[]);
  while (done < total) {
    const { bytesWritten } = await handle.write(all, done, total - done, at + done);
    // A full disk may say so by taking nothing.
    if (bytesWritten === 0) throw new RecordingError('disk_full', 'nothing more is taken');
    done += bytesWritten;
  }
}
