import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loopbackCallers, refusedCaller } from '#hosts/web/origin.ts';
import { serveConsole, type WebServer } from '#hosts/web/server.ts';
import { startTestStation, type TestStation } from '#tests/fixtures/station.ts';

const folder = mkdtempSync(join(tmpdir(), 'guardroom-web-'));
let park: TestStation;
let server: WebServer;
beforeAll(async () => {
  mkdirSync(join(folder, 'console', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'console', 'index.html'), '<title>岗亭</title>');
  writeFileSync(join(folder, 'console', 'assets', 'a-1.js'), 'export {}');
  writeFileSync(join(folder, 'secret.json'), '{}');
  park = await startTestStation();
  server = await serveConsole({
    station: park.station,
    consoleDir: join(folder, 'console'),
    port: 0,
    version: '9.9.9',
  });
});
afterAll(async () => {
  await server.close();
  await park.end();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}
/** One request as it stands: nothing normalises the path or adds headers, as fetch would. */
function send(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {} } = options;
    const outgoing = request(
      { host: '127.0.0.1', port: server.port, path, method, headers, agent: false },
      (incoming) => {
        let body = '';
        incoming.setEncoding('utf8').on('data', (text: string) => (body += text));
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}
const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const tokenOf = async (username: string): Promise<string> => {
  const { body } = await post('/api/v1/auth/sign-in', { username, password: `demo-${username}` });
  return (JSON.parse(body) as { token: string }).token;
};
/** 'open', or the status that an upgrade was refused with. */
const upgrade = (path: string, headers: Record<string, string> = {}): Promise<string> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers });
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (_request, response) => resolve(String(response.statusCode)));
    socket.on('open', () => {
      socket.terminate();
      resolve('open');
    });
  });

describe('who may call', () => {
  const callers = loopbackCallers(4860, ['guardroom://console']);
  const host = '127.0.0.1:4860';
  it.each([
    [{ host }, null],
    [{ host: 'LOCALHOST:4860' }, null],
    [{ host, origin: `http://${host}` }, null],
    [{ host, origin: 'guardroom://console' }, null],
    [{ host, 'sec-fetch-site': 'same-origin' }, null],
    [{ host, 'sec-fetch-site': 'none' }, null],
    [{}, 'host'],
    [{ host: 'evil.example:4860' }, 'host'],
    [{ host: '127.0.0.1' }, 'host'],
    [{ host: '127.0.0.1:4860.evil.example' }, 'host'],
    [{ host, origin: 'https://evil.example' }, 'origin'],
    [{ host, origin: 'http://127.0.0.1:5173' }, 'origin'],
    [{ host, origin: 'null' }, 'origin'],
    [{ host, 'sec-fetch-site': 'cross-site' }, 'origin'],
    [{ host, 'sec-fetch-site': 'same-site' }, 'origin'],
  ])('%j: %s', (headers, refused) => {
    expect(refusedCaller(headers, callers)).toBe(refused);
  });
});

describe('the console’s files', () => {
  it('come with a strict policy, and only those with a digest are kept', async () => {
    const page = await send('/');
    expect(page).toMatchObject({ status: 200, body: '<title>岗亭</title>' });
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    expect(page.headers['cache-control']).toBe('no-cache');
    expect((await send('/', { headers: { 'if-none-match': String(page.headers.etag) } })).status).toBe(304);
    expect((await send('/assets/a-1.js')).headers['cache-control']).toContain('immutable');
  });

  it.each(['/../secret.json', '/%2e%2e/secret.json', '/assets/..%2f..%2fsecret.json', '/assets/none.js'])(
    'do not include %s',
    async (path) => {
      expect((await send(path)).status).toBe(404);
    },
  );

  it('are not for a name that was re-bound to this machine', async () => {
    expect((await send('/', { headers: { host: 'evil.example' } })).status).toBe(421);
    expect((await send('/', { method: 'DELETE' })).status).toBe(405);
  });
});

describe('REST', () => {
  it('says that it is up', async () => {
    expect(JSON.parse((await send('/healthz')).body)).toEqual({ status: 'ok', version: '9.9.9' });
  });

  it('takes a session’s token, with the session’s permissions', async () => {
    expect((await send('/api/v1/site')).status).toBe(401);
    const authorization = `Bearer ${await tokenOf('guard')}`;
    expect((await send('/api/v1/site', { headers: { authorization } })).status).toBe(200);
    const refused = await send('/api/v1/accounts', { headers: { authorization } });
    expect(refused.status).toBe(403);
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'FORBIDDEN', data: { reason: 'permission' } });
    expect((await send('/api/v1/site', { headers: { authorization: 'Bearer forged' } })).status).toBe(401);
  });

  it('reads numbers of a query as numbers, and names what is wrong', async () => {
    const authorization = `Bearer ${await tokenOf('audit')}`;
    const good = await send('/api/v1/audit?limit=2', { headers: { authorization } });
    expect((JSON.parse(good.body) as { items: unknown[] }).items.length).toBeLessThanOrEqual(2);
    const bad = await send('/api/v1/audit?limit=many', { headers: { authorization } });
    expect(bad.status).toBe(422);
    expect(bad.body).toContain('limit');
  });

  it('is not for other pages', async () => {
    const crossing = await post('/api/v1/auth/sign-in', {}, { origin: 'https://evil.example' });
    expect([crossing.status, crossing.headers['access-control-allow-origin']]).toEqual([403, undefined]);
  });

  it('refuses what is no method, no JSON or too much', async () => {
    expect((await send('/api/v1/none')).status).toBe(404);
    const headers = { 'content-type': 'application/json' };
    const broken = await send('/api/v1/auth/sign-in', { method: 'POST', headers, body: '{"username"' });
    expect(broken.status).toBeGreaterThanOrEqual(400);
    expect(broken.status).toBeLessThan(500);
    const huge = { username: 'x'.repeat(25 * 1024 * 1024), password: 'x' };
    const refused = await post('/api/v1/auth/sign-in', huge).then(
      (answer) => answer.status,
      () => 'cut off',
    );
    expect([413, 'cut off']).toContain(refused);
  });

  it('describes itself for integrators', async () => {
    const document = JSON.parse((await send('/api/v1/openapi.json')).body) as {
      openapi: string;
      paths: Record<string, Record<string, { responses: Record<string, unknown>; 'x-permission'?: string }>>;
    };
    expect(document.openapi).toMatch(/^3\.1/);
    const signIn = document.paths['/auth/sign-in']?.post;
    expect(Object.keys(signIn?.responses ?? {})).toEqual(expect.arrayContaining(['200', '401', '422']));
    expect(document.paths['/site/{collection}']?.post).toBeDefined();
    // what each method needs: a permission, only a session, or nothing
    expect(signIn?.['x-permission']).toBe('public');
    expect(document.paths['/auth/sign-out']?.post?.['x-permission']).toBe('session');
    expect(document.paths['/alarms/{id}/close']?.post?.['x-permission']).toBe('alarm.handle');
    for (const methods of Object.values(document.paths))
      for (const method of Object.values(methods)) expect(method['x-permission']).toBeTypeOf('string');
  });
});

describe('WebSockets', () => {
  it('open for the console’s own page and for programs', async () => {
    expect(await upgrade('/rpc', { origin: `http://127.0.0.1:${server.port}` })).toBe('open');
    expect(await upgrade('/rpc')).toBe('open');
  });

  it('do not open for other pages, other names or other paths', async () => {
    expect(await upgrade('/rpc', { origin: 'https://evil.example' })).toBe('403');
    expect(await upgrade('/media', { origin: 'https://evil.example' })).toBe('403');
    expect(await upgrade('/rpc', { host: 'evil.example' })).toBe('403');
    expect(await upgrade('/elsewhere')).toBe('404');
  });

  it.each(['', '{', '[]', 'null', '"x"', '{"i":1}', '{"i":1,"p":{"u":7}}', Buffer.from([0, 255, 1])])(
    'are closed by %j, which is no call, and serve others on',
    async (bytes) => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/rpc`);
      await once(socket, 'open');
      socket.send(bytes);
      const [code] = (await once(socket, 'close')) as [number];
      expect(code).toBe(1007);
      expect((await send('/healthz')).status).toBe(200);
    },
  );

  it('answer a call to what is no method, and go on', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/rpc`);
    await once(socket, 'open');
    socket.send('{"i":"1","p":{"u":"/no/such/method"}}');
    const [answer] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(answer.toString())).toMatchObject({ i: '1', p: { s: 404 } });
    socket.terminate();
  });
});
