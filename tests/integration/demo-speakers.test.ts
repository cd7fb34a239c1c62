import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import type { BroadcastZone } from '#contract/site.ts';
import type { Park } from '#features/demo/park.ts';
import { openSpeakers } from '#features/demo/speakers.ts';
import { silentLog } from '#station/log.ts';
import { TestClock } from '#tests/fixtures/clock.ts';

const sockets: Socket[] = [];
afterEach(() => sockets.splice(0).forEach((socket) => socket.close()));

/** As a second console on the same workstation listens. */
async function listener(): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  sockets.push(socket);
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

it('a port that somebody listens on already is left to them, and the other speakers listen', async () => {
  const theirs = await listener();
  const free = await listener();
  const ports = { 'bz-taken': theirs.address().port, 'bz-free': free.address().port };
  await new Promise<void>((resolve) => sockets.pop()?.close(resolve));
  const turned: string[] = [];
  const heardIt = Promise.withResolvers<void>();
  const park = {
    device: () => ({}),
    turn(id: string, _value: string, isOn: boolean) {
      turned.push(`${id} ${isOn}`);
      heardIt.resolve();
    },
  } as unknown as Park;
  const zones = Object.entries(ports).map(
    ([id, port]) => ({ id, output: { kind: 'rtp', host: '127.0.0.1', port } }) as BroadcastZone,
  );
  const close = await openSpeakers(park, zones, new TestClock(), silentLog);
  try {
    const sender = await listener();
    const theirsHeard = once(theirs, 'message');
    for (const port of Object.values(ports)) sender.send(Buffer.alloc(172), port, '127.0.0.1');
    await Promise.all([theirsHeard, heardIt.promise]);
    expect(turned).toEqual(['spk-free true']);
  } finally {
    await close();
  }
});
