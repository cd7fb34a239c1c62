import { startHop, type Hop } from './tcp-hop.ts';

export interface RefusalCounter extends Hop {
  /** How many logins the server has refused: a 401 to a request that brought one, as a camera counts them. */
  refused(): number;
}

/** A hop before an RTSP server that counts the logins that it refuses. */
export async function countRefusals(targetPort: number): Promise<RefusalCounter> {
  let count = 0;
  const hop = await startHop(targetPort, (client, target) => {
    let brought = false;
    client.on('data', (chunk: Buffer) => {
      // RTP reports begin with $
      if (chunk[0] !== 0x24) brought = /^Authorization:/im.test(chunk.toString('latin1'));
      target.write(chunk);
    });
    target.on('data', (chunk: Buffer) => {
      if (brought && chunk.toString('latin1', 0, 12) === 'RTSP/1.0 401') count += 1;
      client.write(chunk);
    });
  });
  return { ...hop, refused: () => count };
}
