import { startHop, type Hop } from './tcp-hop.ts';

/** A TCP hop before an RTSP server whose camera's clock can be set while it sends. */
export interface Leap extends Hop {
  /** From now on all times of its media are so much later. */
  by(seconds: number): void;
}

const CLOCK_RATE = 90_000;

/** Whole messages of what a server sends: `$` frames and answers with their bodies. The rest is kept for the next chunk. */
function messagesOf(data: Buffer): { messages: Buffer[]; rest: Buffer } {
  const messages: Buffer[] = [];
  let at = 0;
  for (;;) {
    const left = data.subarray(at);
    let size: number;
    if (left[0] === 0x24) {
      if (left.length < 4) break;
      size = 4 + left.readUInt16BE(2);
    } else {
      const end = left.indexOf('\r\n\r\n');
      if (end < 0) break;
      const head = left.subarray(0, end).toString('latin1');
      size = end + 4 + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    }
    if (left.length < size) break;
    messages.push(left.subarray(0, size));
    at += size;
  }
  return { messages, rest: data.subarray(at) };
}

/** RTP times, and those of sender reports with their wall clock, moved by so many seconds. */
function moved(frame: Buffer, seconds: number): Buffer {
  if (frame[0] !== 0x24 || seconds === 0) return frame;
  const copy = Buffer.from(frame);
  const isControl = copy[1]! % 2 === 1;
  if (isControl && copy[5] !== 200) return copy;
  const time = isControl ? 4 + 16 : 4 + 4;
  if (isControl) copy.writeUInt32BE((copy.readUInt32BE(4 + 8) + seconds) >>> 0, 4 + 8);
  copy.writeUInt32BE((copy.readUInt32BE(time) + seconds * CLOCK_RATE) >>> 0, time);
  return copy;
}

export async function startLeap(targetPort: number): Promise<Leap> {
  let seconds = 0;
  const hop = await startHop(targetPort, (client, target) => {
    let kept: Buffer = Buffer.alloc(0);
    client.on('data', (chunk) => target.write(chunk));
    target.on('data', (chunk) => {
      const { messages, rest } = messagesOf(Buffer.concat([kept, chunk]));
      kept = rest;
      for (const message of messages) client.write(moved(message, seconds));
    });
  });
  return { ...hop, by: (more) => void (seconds += more) };
}
