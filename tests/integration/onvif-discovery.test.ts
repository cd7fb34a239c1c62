import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { probeAddresses } from '#native/onvif/probe.ts';
import { runChild } from '#native/process/run-child.ts';
import { startOnvifDevice } from '#tests/peers/onvif-device.ts';

/** Two networks of our own and nothing else: no datagram reaches a real one. */
const NAMESPACE =
  'ip link set lo up && for n in 1 2; do ip link add v$n type veth peer name p$n && ip addr add 10.77.$n.1/24 dev v$n && ip link set p$n up && ip link set v$n up || exit 1; done && exec "$@"';
const hasNamespace =
  spawnSync('unshare', ['-n', 'sh', '-c', NAMESPACE, 'sh', 'true'], { stdio: 'ignore' }).status === 0;
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

describe('discovery', () => {
  it.skipIf(!hasNamespace)('hears every network, and a device on both of them once', async () => {
    const scene = fileURLToPath(new URL('../peers/onvif-discovery-scene.ts', import.meta.url));
    const result = await runChild({
      label: 'discovery scene',
      command: 'unshare',
      args: ['-n', 'sh', '-c', NAMESPACE, 'sh', process.execPath, scene],
      timeoutMs: 40_000,
      maxOutputBytes: 100_000,
    });
    expect(result.code, result.stderr).toBe(0);
    const { own, all, one } = JSON.parse(result.stdout.toString());
    expect(own).toEqual(['10.77.1.1', '10.77.2.1']);
    const first = { id: expect.stringMatching(/1$/), name: 'HIKVISION DS-2DE4425IW-DE', hosts: ['10.77.1.1'], heardOn: ['10.77.1.1'] }; // prettier-ignore
    expect(all.devices).toEqual([
      first,
      {
        id: expect.stringMatching(/2$/),
        name: 'Dahua SD49425XB-HNR',
        hosts: ['10.77.2.1'],
        heardOn: ['10.77.2.1'],
      },
      { id: expect.stringMatching(/3$/), name: 'AXIS Q6135-LE', hosts: own, heardOn: own },
    ]);
    // what node-onvif and every discovery by the default route see
    expect(one.devices.map(({ id }: { id: string }) => id.at(-1))).toEqual(['1', '3']);
    expect(one.interfaces[1]).toEqual({ address: '10.99.9.9', failed: 'EADDRNOTAVAIL' });
  });
});

describe('given addresses', () => {
  it('finds devices, also those that want a login for everything, and nothing else', async () => {
    const login = { user: 'admin', password: 'x' };
    const open = await startOnvifDevice({ login });
    const closed = await startOnvifDevice({ host: '127.0.0.2', login, closedDate: true });
    const web = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'));
    const dumb = createServer(() => undefined);
    for (const server of [web, dumb]) await once(server.listen(0, '127.0.0.1'), 'listening');
    const portOf = (server: typeof web) => (server.address() as { port: number }).port;
    stops.push(() => open.stop(), () => closed.stop(), () => web.close(), () => dumb.close()); // prettier-ignore
    const ports = [portOf(web), portOf(dumb), open.port, closed.port];
    const found = await probeAddresses({
      hosts: ['127.0.0.3', '127.0.0.2', '127.0.0.1'],
      ports,
      timeoutMs: 400,
    });
    expect(found.map(({ urls }) => urls[0])).toEqual([
      `http://127.0.0.2:${closed.port}/onvif/device_service`,
      `http://127.0.0.1:${open.port}/onvif/device_service`,
    ]);
    const wrong = found.length + open.refusals();
    expect(wrong).toBe(2);
  });

  it('ends at once when it is called off', async () => {
    const abort = new AbortController();
    abort.abort();
    expect(await probeAddresses({ hosts: ['127.0.0.1'], ports: [9], signal: abort.signal })).toEqual([]);
  });
});
