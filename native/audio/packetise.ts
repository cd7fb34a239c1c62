/** Cuts a stream of bytes into the payloads of packets. */
export interface Packetiser {
  /** Payloads that are complete now. */
  push(chunk: Uint8Array): Uint8Array[];
  /** What is left at the end of the stream, filled up to a whole payload. */
  end(): Uint8Array[];
}

/** G.711: every payload has `bytes` bytes; the last is filled with `silence`. */
export function fixedPacketiser(bytes: number, silence: number): Packetiser {
  let rest: Uint8Array = new Uint8Array(0);
  return {
    push(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const out: Uint8Array[] = [];
      let at = 0;
      for (; at + bytes <= rest.length; at += bytes) out.push(rest.slice(at, at + bytes));
      rest = rest.slice(at);
      return out;
    },
    end() {
      if (rest.length === 0) return [];
      const last = new Uint8Array(bytes).fill(silence);
      last.set(rest);
      rest = new Uint8Array(0);
      return [last];
    },
  };
}

const PAGE_HEADER = 27;
/** OpusHead and OpusTags (RFC 7845) come before the sound. */
const HEADER_PACKETS = 2;

/**
 * Opus in Ogg (RFC 3533): the packets of one logical stream, without the two header packets. Bytes that are not Ogg
 * are a defect of the encoder and throw.
 */
export function oggOpusPacketiser(): Packetiser {
  let rest = Buffer.alloc(0);
  let open: Uint8Array[] = [];
  let seen = 0;

  function takePage(out: Uint8Array[]): boolean {
    if (rest.length < PAGE_HEADER) return false;
    if (rest.toString('latin1', 0, 4) !== 'OggS') throw new Error('not an Ogg page');
    const segments = rest[26] ?? 0;
    const lacing = rest.subarray(PAGE_HEADER, PAGE_HEADER + segments);
    const size = PAGE_HEADER + segments + lacing.reduce((sum, length) => sum + length, 0);
    if (lacing.length < segments || rest.length < size) return false;
    let at = PAGE_HEADER + segments;
    for (const length of lacing) {
      open.push(rest.subarray(at, at + length));
      at += length;
      // A segment of 255 bytes is continued by the next one, possibly on the next page.
      if (length === 255) continue;
      seen += 1;
      if (seen > HEADER_PACKETS) out.push(Uint8Array.from(Buffer.concat(open)));
      open = [];
    }
    rest = rest.subarray(size);
    return true;
  }

  return {
    push(chunk) {
      rest = Buffer.concat([rest, chunk]);
      const out: Uint8Array[] = [];
      while (takePage(out));
      return out;
    },
    end: () => [],
  };
}
