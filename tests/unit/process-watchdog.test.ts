import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { supervise } from '#native/process/supervise.ts';

/** The whole thread: its timers fall due and nothing is read. */
const standStill = (ms: number) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

it('a process that stood still reads what has come before it calls anybody stalled', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [far] = (await once(server, 'connection')) as [Socket];
  let heard = 0;
  const seen: string[] = [];
  const stalled = Promise.withResolvers<number>();
  const supervised = supervise({
    stallMs: 50,
    async start({ progress }) {
      near.on('data', ({ length }) => {
        heard += length;
        progress();
      });
      return { ended: new Promise(() => undefined), stop: async () => undefined };
    },
    onState(state) {
      seen.push(state.kind);
      if (state.kind === 'running') {
        far.write('x');
        standStill(200);
      }
      if (state.kind === 'backing-off') stalled.resolve(heard);
    },
  });
  supervised.start();
  // and that it is one when nothing more comes
  expect(await stalled.promise).toBe(1);
  expect(supervised.state).toMatchObject({ kind: 'backing-off', reason: 'stalled' });
  expect(seen).toEqual(['starting', 'running', 'backing-off']);
  await supervised.stop();
  near.destroy();
  server.close();
});
