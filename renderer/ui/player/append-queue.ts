/** Seconds kept behind the playing position (a short look back without asking the station). */
const KEEP_SECONDS = 10;
/** Removed in larger steps than each frame: a removal blocks appends. */
const SLACK_SECONDS = 10;
/** More than this waiting means that the decoder does not follow: the queue goes to the next key frame. */
const MAX_WAITING = 300;

export interface AppendItem {
  data: Uint8Array<ArrayBuffer>;
  key: boolean;
  /** Done before the data are appended, with the buffer idle. */
  before?: (buffer: SourceBuffer) => void;
}

export interface AppendQueue {
  push(item: AppendItem): void;
  /** Goes on when the buffer has become idle. */
  pump(): void;
  clear(): void;
  readonly waiting: number;
}

/**
 * Feeds a SourceBuffer whole boxes in order, one append at a time. Frames that wait together are appended together;
 * old ones are removed; a full buffer drops to the next key frame instead of failing.
 */
export function appendQueue(
  buffer: SourceBuffer,
  position: () => number,
  onError: (error: unknown) => void,
): AppendQueue {
  let items: AppendItem[] = [];
  let isSkipping = false;

  function pump(): void {
    if (buffer.updating || items.length === 0) return;
    try {
      if (trim()) return;
      items[0]?.before?.(buffer);
      const batch = items.splice(0, together());
      buffer.appendBuffer(joined(batch));
    } catch (error) {
      if ((error as DOMException).name === 'QuotaExceededError') skipToKey();
      else onError(error);
    }
  }

  /** How many items can go in one append: up to the next one that needs something done before. */
  function together(): number {
    const next = items.findIndex((item, index) => index > 0 && item.before !== undefined);
    return next === -1 ? items.length : next;
  }

  function trim(): boolean {
    const { buffered } = buffer;
    if (buffered.length === 0) return false;
    const start = buffered.start(0);
    const limit = position() - KEEP_SECONDS;
    if (limit - start < SLACK_SECONDS) return false;
    buffer.remove(start, limit);
    return true;
  }

  function skipToKey(): void {
    const key = items.findLastIndex((item) => item.key || item.before !== undefined);
    if (key >= 0) items = items.slice(key);
    else {
      items = [];
      isSkipping = true;
    }
  }

  return {
    push(item) {
      if (isSkipping && !item.key && !item.before) return;
      isSkipping = false;
      items.push(item);
      if (items.length > MAX_WAITING) skipToKey();
      pump();
    },
    pump,
    clear() {
      items = [];
    },
    get waiting() {
      return items.length;
    },
  };
}

function joined(batch: readonly AppendItem[]): Uint8Array<ArrayBuffer> {
  const [only] = batch;
  if (batch.length === 1 && only) return only.data;
  const all = new Uint8Array(batch.reduce((sum, item) => sum + item.data.length, 0));
  let at = 0;
  for (const { data } of batch) {
    all.set(data, at);
    at += data.length;
  }
  return all;
}
