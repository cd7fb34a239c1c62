import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  SMALL_SITE,
  processesNaming,
  startNode,
  startWebHost,
  type HostProcess,
} from '#tests/peers/web-host.ts';
import { waitFor } from '#tests/peers/wait-for.ts';

const MAIN = 'electron/hosts/web/main.ts';
const windows = process.platform === 'win32';
/** Asks for a clean end the way that the platform has. */
const askToStop = ({ child }: HostProcess): unknown =>
  windows ? child.send({ type: 'stop' }) : child.kill('SIGTERM');

describe('web host as a process', () => {
  let data = '';
  const hosts: HostProcess[] = [];
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'guardroom-host-'));
  });
  afterEach(async () => {
    for (const host of hosts.splice(0)) {
      host.child.kill('SIGKILL');
      await host.ended;
    }
    rmSync(data, { recursive: true, force: true });
  });
  const start = async (args: string[] = []) => {
    const host = await startWebHost(data, args);
    hosts.push(host);
    return host;
  };

  it('serves, ends cleanly when asked, and leaves nothing behind', async () => {
    const host = await start();
    expect(await (await fetch(new URL('healthz', host.url))).json()).toMatchObject({ status: 'ok' });
    const socket = new WebSocket(`${host.url.replace('http', 'ws')}rpc`);
    await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
    const closed = new Promise((resolve) => socket.addEventListener('close', resolve, { once: true }));
    askToStop(host);
    expect(await host.ended).toBe(0);
    await closed;
    if (!windows) expect(processesNaming(data)).toEqual([]);
  });

  it('keeps a session and the site over a restart, also after a kill', async () => {
    const first = await start();
    const signIn = await fetch(new URL('api/v1/auth/sign-in', first.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'guard', password: 'demo-guard' }),
    });
    const { token } = (await signIn.json()) as { token: string };
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await start();
    const site = await fetch(new URL('api/v1/site', second.url), {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await site.json()).toMatchObject({ site: { id: 'test' } });
  });

  it('ends when its launcher is gone', async () => {
    const host = await start();
    host.child.disconnect();
    expect(await host.ended).toBe(0);
  });

  it('refuses a data folder that another station holds, and says so', async () => {
    await start();
    const second = startNode(MAIN, [
      '--data',
      data,
      '--site',
      SMALL_SITE,
      '--port',
      '0',
      '--broker-port',
      '0',
      '--rtsp-port',
      '0',
    ]);
    hosts.push(second);
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain('(locked)');
  });

  it('refuses a port that is taken, and names it', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await waitFor('a port', () => blocker.listening);
    const { port } = blocker.address() as AddressInfo;
    const refused = startNode(MAIN, [
      '--data',
      data,
      '--site',
      SMALL_SITE,
      '--port',
      String(port),
      '--broker-port',
      '0',
      '--rtsp-port',
      '0',
    ]);
    hosts.push(refused);
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain(`port ${port} is in use`);
    blocker.close();
  });

  it('names a site file that is not there and an option that does not exist', async () => {
    const siteless = startNode(MAIN, ['--data', data, '--site', join(data, 'none.yaml'), '--port', '0']);
    const odd = startNode(MAIN, ['--colour', 'red']);
    hosts.push(siteless, odd);
    expect(await siteless.ended).toBe(1);
    expect(siteless.output()).toContain('none.yaml');
    expect(await odd.ended).toBe(2);
    expect(odd.output()).toContain('--colour');
  });
});
