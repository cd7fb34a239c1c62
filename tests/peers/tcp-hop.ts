import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Hop {
  port: number;
  stop(): Promise<void>;
}

/**
 * A TCP hop before a server; when one end closes, so does the other.
 * @param pass passes on what the two say, as it likes
 */
export async function startHop(
  targetPort: number,
  pass: (client: Socket, target: Socket) => void,
): Promise<Hop> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    pass(client, target);
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
