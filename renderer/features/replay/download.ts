import { api } from '#api/client.ts';

/** Bytes of one answer. */
const STEP_BYTES = 1024 * 1024;
/** Without a place to write to, a bundle is collected in memory: no more than this. */
export const MEMORY_LIMIT_BYTES = 1_000_000_000;

interface Target {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  finish(): Promise<void>;
  abort(): Promise<void>;
}
interface SaveWindow {
  showSaveFilePicker?: (options: { suggestedName: string }) => Promise<{
    createWritable(): Promise<{
      write(data: Uint8Array<ArrayBuffer>): Promise<void>;
      close(): Promise<void>;
      abort(): Promise<void>;
    }>;
  }>;
}

/** The file that the person chooses, written as it comes; where the browser has no such thing, its downloads. */
async function targetOf(fileName: string, bytes: number): Promise<Target | null> {
  const picker = (window as SaveWindow).showSaveFilePicker;
  if (picker) {
    try {
      const file = await (await picker.call(window, { suggestedName: fileName })).createWritable();
      return { write: (data) => file.write(data), finish: () => file.close(), abort: () => file.abort() };
    } catch (error) {
      if ((error as DOMException).name === 'AbortError') return null;
      // A browser that is driven by a test, or a policy, has the picker and refuses it.
    }
  }
  if (bytes > MEMORY_LIMIT_BYTES) throw new RangeError('too large for memory');
  const parts: Uint8Array<ArrayBuffer>[] = [];
  return {
    write: async (data) => void parts.push(data),
    abort: async () => void parts.splice(0),
    async finish() {
      const url = URL.createObjectURL(new Blob(parts, { type: 'application/zip' }));
      const link = document.createElement('a');
      link.href = url;
      link.download = fileName;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    },
  };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/**
 * Saves a bundle as one ZIP file. The next piece is asked for when the one before is written, so that a slow disk holds up
 * nothing but itself.
 * @param progress share, 0 to 1
 * @returns false if the person chose no file
 */
export async function downloadBundle(id: string, progress: (share: number) => void): Promise<boolean> {
  const { grant, fileName, bytes } = await api.evidence.download({ id });
  const target = await targetOf(fileName, bytes);
  if (!target) return false;
  try {
    for (let offset = 0; offset < bytes;) {
      const length = Math.min(STEP_BYTES, bytes - offset);
      const { base64 } = await api.evidence.read({ grant, offset, length });
      const data = bytesOf(base64);
      if (data.length === 0) throw new RangeError('the bundle ended early');
      await target.write(data);
      offset += data.length;
      progress(offset / bytes);
    }
    await target.finish();
    return true;
  } catch (error) {
    await target.abort().catch(() => undefined);
    throw error;
  }
}
