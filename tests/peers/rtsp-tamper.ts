import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Tamper {
  port: number;
  /** Stops passing anything on while all connections stay open: a cable that was pulled. */
  freeze(): void;
  stop(): Promise<void>;
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
  const sockets = new Set<Socket>();
  let isFrozen = false;
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
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
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    freeze: () => void (isFrozen = true),
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
