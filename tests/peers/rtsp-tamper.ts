import { startHop, type Hop } from './tcp-hop.ts';

export interface Tamper extends Hop {
  /** Stops passing anything on while all connections stay open: a cable that was pulled. */
  freeze(): void;
}

export interface TamperOptions {
  /** What comes of a chunk of media (beginning with '$') for a client that calls itself `agent`. Default: the same. */
  media?: (chunk: Buffer, agent: string) => Buffer;
}

/** A TCP hop before an RTSP server that changes what the server says (the replacement has to have the same length). */
export async function startTamper(
  targetPort: number,
  change: (text: string, agent: string) => string = (text) => text,
  options: TamperOptions = {},
): Promise<Tamper> {
  let isFrozen = false;
  const hop = await startHop(targetPort, (client, target) => {
    let agent = '';
    client.on('data', (chunk) => {
      agent = /^User-Agent: *(.*?)\r?$/im.exec(chunk.toString('latin1'))?.[1] ?? agent;
      if (!isFrozen) target.write(chunk);
    });
    target.on('data', (chunk) => {
      if (isFrozen) return;
      // Interleaved media begin with '$' and are passed on as they are.
      const isMedia = chunk[0] === 0x24;
      const media = options.media?.(chunk, agent) ?? chunk;
      client.write(isMedia ? media : Buffer.from(change(chunk.toString('latin1'), agent), 'latin1'));
    });
  });
  return { ...hop, freeze: () => void (isFrozen = true) };
}
