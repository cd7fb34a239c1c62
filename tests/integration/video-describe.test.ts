import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describe as describeCamera } from '#native/rtsp/describe.ts';
import { startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';

const login = { user: 'guard', password: 'pa@ss:w/d #1' };
let cameras: RtspServer;

beforeAll(async () => {
  cameras = await startRtspServer([{ path: '/one' }], login);
}, 120_000);
afterAll(() => cameras?.stop());

describe('a question to a camera', () => {
  it.each([
    ['with the right login', { ...login, path: '/one' }, { ok: true, sdp: expect.stringContaining('H264') }],
    [
      'with a wrong password',
      { user: 'guard', password: 'x', path: '/one' },
      { ok: false, reason: 'wrong_password', params: {} },
    ],
    ['without a login', { path: '/one' }, { ok: false, reason: 'wrong_password', params: {} }],
    [
      'for what is not there',
      { ...login, path: '/none' },
      { ok: false, reason: 'not_found', params: { status: 404 } },
    ],
  ])('%s', async (_name, { path: at, ...who }, expected) => {
    expect(await describeCamera({ url: cameras.url(at), ...who, timeoutMs: 5_000 })).toEqual(expected);
  });

  it.each([
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'bad_data', { what: 'not RTSP' }],
    ['nothing', '', 'timeout', { what: 'DESCRIBE' }],
    [
      'a refusal',
      'RTSP/1.0 503 Service Unavailable\r\nCSeq: 1\r\n\r\n',
      'refused_by_camera',
      { status: 503 },
    ],
    ['without an end', 'RTSP/1.0 200 OK\r\n'.padEnd(70_000, 'x'), 'bad_data', { what: 'header too long' }],
  ])('answered with %s', async (_name, answer, reason, params) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(answer);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await describeCamera({ url: `rtsp://127.0.0.1:${port}/x`, timeoutMs: 300 })).toEqual({
      ok: false,
      reason,
      params,
    });
    server.close();
  });
});
