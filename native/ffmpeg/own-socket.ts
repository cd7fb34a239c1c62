import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';

/**
 * Whether the other end of a loopback connection belongs to a process of our own user. Linux tells in /proc/net/tcp
 * (columns: local and remote address as little-endian hex, the owner's uid is the eighth field). Elsewhere other
 * users cannot read a command line without being administrator, and the answer is yes.
 */
export async function isOwnSocket(socket: Socket): Promise<boolean> {
  if (process.platform !== 'linux' || !process.getuid) return true;
  const port = (socket.remotePort ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const table = await readFile('/proc/net/tcp', 'latin1').catch(() => undefined);
  if (table === undefined) return true;
  const uid = ownerOf(table, `0100007F:${port}`);
  return uid === process.getuid();
}

/** The uid of the connection whose local address is `address`, or undefined. */
export function ownerOf(table: string, address: string): number | undefined {
  for (const line of table.split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (fields[1] === address && fields[7] !== undefined) return Number(fields[7]);
  }
  return undefined;
}
