import { afterEach, describe, expect, it } from 'vitest';
import { playRtsp } from '#native/rtsp/client.ts';
import type { RtspRequest } from '#native/rtsp/server-message.ts';
import { startScriptedCamera, type ScriptedAnswer, type ScriptedCamera } from '#tests/peers/rtsp-script.ts';

/** What devices leave out of their answers or get wrong in them, and are played with all the same. */
const SDP = [
  'v=0', 'a=control:*', 'm=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', 'a=control:v',
  'm=audio 0 RTP/AVP 8', 'a=control:a',
].join('\r\n'); // prettier-ignore
const cameras: ScriptedCamera[] = [];

afterEach(async () => {
  for (const camera of cameras.splice(0)) await camera.stop();
});

async function playing(script: (request: RtspRequest) => ScriptedAnswer) {
  const camera = await startScriptedCamera(script);
  cameras.push(camera);
  const play = await playRtsp({
    ...{ url: camera.url, timeoutMs: 5_000, signal: new AbortController().signal },
    sound: { track: () => undefined, unit: () => undefined },
    onTrack: () => undefined,
    onUnit: () => undefined,
    onSkipped: () => undefined,
  });
  return { camera, play };
}

/** Plays a camera and says goodbye; what it was asked, with the session that was named. */
async function dialogue(script: (request: RtspRequest) => ScriptedAnswer): Promise<string[]> {
  const farewell = Promise.withResolvers<void>();
  const { camera, play } = await playing((request) => {
    if (request.method === 'TEARDOWN') farewell.resolve();
    return script(request);
  });
  await play.stop();
  await farewell.promise;
  return camera.requests.map(({ method, headers }) => `${method} ${headers.get('session') ?? '-'}`);
}

/** @param named the methods whose answers name the session */
const naming =
  (...named: string[]) =>
  ({ method }: RtspRequest): ScriptedAnswer => ({
    status: 200,
    headers: named.includes(method) ? { Session: 'abc;timeout=60' } : {},
    ...(method === 'DESCRIBE' ? { body: SDP } : {}),
  });

describe('a camera that names the session', () => {
  it.each([
    ['where it should', ['SETUP'], ['SETUP -', 'SETUP abc', 'PLAY abc', 'TEARDOWN abc']],
    ['not before it plays', ['PLAY'], ['SETUP -', 'SETUP -', 'PLAY -', 'TEARDOWN abc']],
    ['with its description only', ['DESCRIBE'], ['SETUP -', 'SETUP abc', 'PLAY abc', 'TEARDOWN abc']],
  ])('%s', async (_name, named, expected) => {
    expect(await dialogue(naming(...named))).toEqual(['OPTIONS -', 'DESCRIBE -', ...expected]);
  });
});

it('a session that is named late is kept alive by the term that is named with it', async () => {
  const kept = Promise.withResolvers<void>();
  const { play } = await playing((request) => {
    if (request.method === 'OPTIONS' && request.headers.has('session')) kept.resolve();
    return request.method === 'PLAY'
      ? { status: 200, headers: { Session: 'abc;timeout=1' } }
      : naming()(request);
  });
  await kept.promise;
  await play.stop();
});

it('a camera that never names the session is refused', async () => {
  await expect(dialogue(naming())).rejects.toMatchObject({ code: 'bad_data', params: { what: 'session' } });
});

it('an odd session in a description is none of ours', async () => {
  const asked = await dialogue((request) => {
    const { method } = request;
    return method === 'DESCRIBE'
      ? { status: 200, headers: { Session: '' }, body: SDP }
      : naming('SETUP')(request);
  });
  expect(asked).toContain('PLAY abc');
});

describe('a camera whose answers bear', () => {
  const usual = naming('SETUP');
  const numbered =
    (number: (asked: number) => string) =>
    (request: RtspRequest): string => {
      const { headers = {}, body = '' } = usual(request) as {
        headers?: Record<string, string>;
        body?: string;
      };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      const cseq = number(Number(request.headers.get('cseq')));
      return `RTSP/1.0 200 OK\r\n${cseq}${lines.join('')}Content-Length: ${body.length}\r\n\r\n${body}`;
    };

  it.each([
    ['no number', () => ''],
    ['an empty number', () => 'CSeq:\r\n'],
    ['no other number than 0', () => 'CSeq: 0\r\n'],
    ['numbers of its own', (asked: number) => `CSeq: ${asked + 40}\r\n`],
  ])('%s', async (_name, number) => {
    expect(await dialogue(numbered(number))).toContain('PLAY abc');
  });

  it('the same number twice: the second one answers nothing', async () => {
    const twice = (request: RtspRequest) => {
      const text = numbered((asked) => `CSeq: ${asked}\r\n`)(request);
      return request.method === 'OPTIONS' ? text + text : text;
    };
    expect(await dialogue(twice)).toContain('PLAY abc');
  });
});
