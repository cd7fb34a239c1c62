import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { playRtsp, type RtspPlay } from '#native/rtsp/client.ts';
import { rtpPackets } from '#native/rtsp/server-rtp.ts';
import type { RtspRequest } from '#native/rtsp/server-message.ts';
import {
  startScriptedCamera,
  type ScriptedAnswer,
  type ScriptedCamera,
  type ScriptedConnection,
} from '#tests/peers/rtsp-script.ts';
import { waitFor } from '#tests/peers/wait-for.ts';

/** Manners of devices that no server program has: every answer is scripted. */
const SDP = [
  'v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=x', 't=0 0', 'a=control:*',
  'm=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', 'a=fmtp:96 packetization-mode=1', 'a=control:trackID=1',
].join('\r\n'); // prettier-ignore
const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const cameras: ScriptedCamera[] = [];
const plays: RtspPlay[] = [];

afterEach(async () => {
  for (const play of plays.splice(0)) await play.stop();
  for (const camera of cameras.splice(0)) await camera.stop();
});

type Script = (request: RtspRequest, connection: ScriptedConnection) => ScriptedAnswer;

/** A camera of the simplest manners, but for what the script answers. */
async function cameraThat(script: Script = () => undefined): Promise<ScriptedCamera> {
  const camera = await startScriptedCamera(
    (request, connection) => script(request, connection) ?? usual(request),
  );
  cameras.push(camera);
  return camera;
}

function usual({ method }: RtspRequest): ScriptedAnswer {
  if (method === 'OPTIONS')
    return { status: 200, headers: { Public: 'DESCRIBE, SETUP, PLAY, GET_PARAMETER' } };
  if (method === 'DESCRIBE') return { status: 200, body: SDP };
  const transport = 'RTP/AVP/TCP;unicast;interleaved=0-1';
  if (method === 'SETUP') return { status: 200, headers: { Session: '7;timeout=60', Transport: transport } };
  return { status: 200 };
}

/** One key frame and `more` others, as our own server would send them. */
function sendPictures(connection: ScriptedConnection, channel = 0, more = 2): void {
  const state = { ssrc: 1, timeOffset: 0, sequence: 0, packets: 0, octets: 0 };
  const kinds = [0x65, ...Array.from({ length: more }, () => 0x41)];
  kinds.forEach((kind, at) => {
    for (const packet of rtpPackets(state, [Buffer.from([kind, 0x88, at])], at * 6_000))
      connection.packet(channel, packet);
  });
}

async function play(url: string, options: { user?: string; password?: string } = {}) {
  const units: number[] = [];
  const made = await playRtsp({
    ...{ url, ...options, timeoutMs: 3_000, signal: new AbortController().signal },
    onTrack: () => undefined,
    onUnit: ({ pts }) => void units.push(pts),
    onSkipped: () => undefined,
  });
  plays.push(made);
  return { ...made, units };
}

const login = { user: 'guard', password: 'pa@ss' };
const denied = (challenge: string | string[]): ScriptedAnswer => ({
  status: 401,
  headers: { 'WWW-Authenticate': challenge },
});

describe('our client', () => {
  it('asks for what it needs, in order, and each once', async () => {
    const camera = await cameraThat();
    await play(camera.url);
    expect(camera.asked).toEqual(['OPTIONS /cam', 'DESCRIBE /cam', 'SETUP /cam/trackID=1', 'PLAY /cam']);
    expect(camera.requests[2]!.headers.get('transport')).toBe('RTP/AVP/TCP;unicast;interleaved=0-1');
    expect(camera.requests[3]!.headers.get('session')).toBe('7');
  });

  it('takes pictures that come before the answer to PLAY', async () => {
    const camera = await cameraThat(({ method }, connection) => {
      if (method === 'PLAY') sendPictures(connection);
      return undefined;
    });
    const { units } = await play(camera.url);
    await waitFor('the pictures', () => units.length === 3);
    expect(units).toEqual([0, 6_000, 12_000]);
  });

  it('takes the channels that the camera chooses', async () => {
    const camera = await cameraThat(({ method }, connection) => {
      if (method === 'PLAY') sendPictures(connection, 6);
      if (method !== 'SETUP') return undefined;
      return { status: 200, headers: { Session: 'x', Transport: 'RTP/AVP/TCP;interleaved=6-7' } };
    });
    const { units } = await play(camera.url);
    await waitFor('the pictures', () => units.length === 3);
  });

  it('takes addresses from Content-Base, and from the description before it', async () => {
    const base = await cameraThat(({ method, uri }) =>
      method === 'DESCRIBE'
        ? { status: 200, headers: { 'Content-Base': `${uri}/live/` }, body: SDP }
        : undefined,
    );
    await play(base.url);
    expect(base.asked.slice(2)).toEqual(['SETUP /cam/live/trackID=1', 'PLAY /cam/live/']);
    const own = await cameraThat(({ method, uri }) =>
      method === 'DESCRIBE'
        ? {
            status: 200,
            headers: { 'Content-Base': `${uri}/live/` },
            body: SDP.replace('control:*', `control:${uri}/own`),
          }
        : undefined,
    );
    await play(own.url);
    expect(own.asked.slice(2)).toEqual(['SETUP /cam/own/trackID=1', 'PLAY /cam/own']);
  });

  it('plays the track where the whole cannot be played', async () => {
    const camera = await cameraThat(({ method, uri }) =>
      method === 'PLAY' && !uri.endsWith('trackID=1') ? { status: 455 } : undefined,
    );
    await play(camera.url);
    expect(camera.asked.at(-1)).toBe('PLAY /cam/trackID=1');
  });

  it('does without OPTIONS, sequence numbers in answers and CR at line ends', async () => {
    const camera = await cameraThat(({ method }) => {
      if (method === 'OPTIONS') return { status: 501 };
      return method === 'DESCRIBE' ? `RTSP/1.0 200 OK\nContent-Length: ${SDP.length}\n\n${SDP}` : undefined;
    });
    await play(camera.url);
  });

  it('answers what the camera asks', async () => {
    let asked = false;
    const camera = await cameraThat(({ method }, connection) => {
      if (method === 'SETUP' && !asked) {
        asked = true;
        connection.write('GET_PARAMETER rtsp://x RTSP/1.0\r\nCSeq: 44\r\n\r\n');
      }
      return undefined;
    });
    await play(camera.url);
    expect(camera.answers).toEqual(['RTSP/1.0 200 OK']);
  });
});

describe('a login', () => {
  const responseOf = (header: string, name: string) => new RegExp(`[ ,]${name}="?([^",]*)`).exec(header)?.[1];

  /** Accepts the digest of the nonce that is in force. */
  const guarded =
    (nonceOf: (count: number) => string, extra: (count: number) => string = () => ''): Script =>
    ({ method, uri, headers }) => {
      count += 1;
      const nonce = nonceOf(count);
      const given = headers.get('authorization') ?? '';
      const right = md5(`${md5('guard:cam:pa@ss')}:${nonce}:${md5(`${method}:${uri}`)}`);
      if (responseOf(given, 'response') === right) return undefined;
      return denied(`Digest realm="cam", nonce="${nonce}"${extra(count)}`);
    };
  let count = 0;

  it('by digest for every request', async () => {
    count = 0;
    const camera = await cameraThat(guarded(() => 'n'));
    await play(camera.url, login);
    expect(camera.requests.map(({ headers }) => headers.has('authorization'))).toEqual([
      false,
      ...[true, true, true, true],
    ]);
    expect(JSON.stringify([...camera.requests.map(({ headers }) => [...headers])])).not.toContain('pa@ss');
  });

  it('with a nonce that changes for each request', async () => {
    count = 0;
    // Valid for the request that follows the refusal.
    const camera = await cameraThat(guarded((at) => `n${Math.ceil(at / 2)}`));
    await play(camera.url, login);
  });

  it('is given up after one wrong answer: more would lock the account', async () => {
    const camera = await cameraThat(() => denied('Digest realm="cam", nonce="n"'));
    await expect(play(camera.url, login)).rejects.toMatchObject({ code: 'wrong_password' });
    expect(camera.requests.filter(({ headers }) => headers.has('authorization'))).toHaveLength(1);
  });

  it('is tried again where the camera says that only the nonce was old', async () => {
    const camera = await cameraThat(({ headers }) => {
      const given = headers.get('authorization');
      return given?.includes('nonce="b"')
        ? undefined
        : denied(`Digest realm="c", nonce="${given ? 'b' : 'a'}", stale=true`);
    });
    await play(camera.url, login);
  });

  it('by the password itself where the camera knows no better', async () => {
    const camera = await cameraThat(({ headers }) =>
      headers.get('authorization') === `Basic ${Buffer.from('guard:pa@ss').toString('base64')}`
        ? undefined
        : denied('Basic realm="cam"'),
    );
    await play(camera.url, login);
  });
});

describe('a redirection', () => {
  it('is followed, its login left out, and the password itself not sent to another', async () => {
    const other = await cameraThat(({ headers }) =>
      headers.has('authorization') ? undefined : denied('Basic realm="cam"'),
    );
    const first = await cameraThat(() => ({
      status: 302,
      headers: { Location: other.url.replace('rtsp://', 'rtsp://a:b@') },
    }));
    await expect(play(first.url, login)).rejects.toMatchObject({ code: 'wrong_password' });
    expect(other.asked).toEqual(['OPTIONS /cam']);
    expect(other.requests[0]!.headers.has('authorization')).toBe(false);
  });

  it('round and round is given up', async () => {
    const camera = await cameraThat(({ uri }) => ({ status: 302, headers: { Location: uri } }));
    await expect(play(camera.url)).rejects.toMatchObject({ code: 'refused_by_camera' });
    expect(camera.asked.length).toBeLessThan(10);
  });
});

describe('a session', () => {
  const short = 'RTP/AVP/TCP;interleaved=0-1';
  const setUp: ScriptedAnswer = { status: 200, headers: { Session: 's;timeout=1', Transport: short } };

  it('is kept alive before it times out, the way the camera knows', async () => {
    const camera = await cameraThat(({ method }) => {
      if (method === 'GET_PARAMETER') return { status: 501 };
      return method === 'SETUP' ? setUp : undefined;
    });
    await play(camera.url);
    await waitFor('the other way', () => camera.asked.slice(5).includes('OPTIONS /cam'));
    expect(camera.asked[4]).toBe('GET_PARAMETER /cam');
    expect(camera.requests.at(-1)!.headers.get('session')).toBe('s');
  });

  it('that the camera has forgotten ends', async () => {
    const camera = await cameraThat(({ method }) => {
      if (method === 'GET_PARAMETER') return { status: 454 };
      return method === 'SETUP' ? setUp : undefined;
    });
    const { ended } = await play(camera.url);
    await expect(ended).rejects.toMatchObject({ code: 'ended' });
  });

  it.each<[string, (connection: ScriptedConnection) => void, string]>([
    ['says goodbye', (connection) => connection.packet(1, Buffer.from('81cb000100000001', 'hex')), 'ended'],
    [
      'moves elsewhere',
      (connection) => connection.write('REDIRECT rtsp://x RTSP/1.0\r\nCSeq: 1\r\n\r\n'),
      'ended',
    ],
    ['closes', (connection) => connection.close(), 'ended'],
    ['sends nonsense', (connection) => connection.write(Buffer.alloc(100_000, 0x55)), 'bad_data'],
  ])('ends when the camera %s', async (_name, act, code) => {
    const held: ScriptedConnection[] = [];
    const camera = await cameraThat((_request, connection) => {
      held[0] = connection;
      return undefined;
    });
    const { ended } = await play(camera.url);
    act(held[0]!);
    await expect(ended).rejects.toMatchObject({ code });
    await waitFor('no connection left', () => camera.open() === 0);
  });

  it('is torn down at the end', async () => {
    const camera = await cameraThat();
    const { stop } = await play(camera.url);
    await stop();
    expect(camera.asked.at(-1)).toBe('TEARDOWN /cam');
    await waitFor('no connection left', () => camera.open() === 0);
  });
});

describe('a refusal', () => {
  it.each<[string, string, Script]>([
    [
      'not_found',
      'of an unknown stream',
      ({ method }) => (method === 'DESCRIBE' ? { status: 404 } : undefined),
    ],
    ['wrong_password', 'of the right', ({ method }) => (method === 'DESCRIBE' ? { status: 403 } : undefined)],
    ['unsupported', 'of TCP', ({ method }) => (method === 'SETUP' ? { status: 461 } : undefined)],
    [
      'unsupported',
      'of TCP without saying so',
      ({ method }) =>
        method === 'SETUP'
          ? { status: 200, headers: { Session: '1', Transport: 'RTP/AVP;client_port=0-1' } }
          : undefined,
    ],
    [
      'refused_by_camera',
      'of another kind',
      ({ method }) => (method === 'SETUP' ? { status: 503 } : undefined),
    ],
    ['bad_data', 'of a session number', ({ method }) => (method === 'SETUP' ? { status: 200 } : undefined)],
    ['bad_data', 'in another language', () => 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    [
      'no_video',
      'of pictures',
      ({ method }) =>
        method === 'DESCRIBE' ? { status: 200, body: SDP.replace('m=video', 'm=audio') } : undefined,
    ],
    [
      'unsupported',
      'of a codec that we take',
      ({ method }) => (method === 'DESCRIBE' ? { status: 200, body: SDP.replace('H264', 'VP8') } : undefined),
    ],
    ['ended', 'by hanging up', (_request, connection) => void connection.close()],
  ])('%s: %s', async (code, _what, script) => {
    const camera = await cameraThat(script);
    await expect(play(camera.url, login)).rejects.toMatchObject({ code });
    await waitFor('no connection left', () => camera.open() === 0);
  });

  it('of any answer is a time-out, and the connection is closed', async () => {
    const camera = await startScriptedCamera(() => undefined);
    cameras.push(camera);
    const silent = playRtsp({
      ...{ url: camera.url, timeoutMs: 200, signal: new AbortController().signal },
      ...{ onTrack: () => undefined, onUnit: () => undefined, onSkipped: () => undefined },
    });
    await expect(silent).rejects.toMatchObject({ code: 'timeout' });
    await waitFor('no connection left', () => camera.open() === 0);
  });

  it('of ours, while it is still starting, closes the connection', async () => {
    const abort = new AbortController();
    const camera = await startScriptedCamera(() => void abort.abort());
    cameras.push(camera);
    const stopped = playRtsp({
      ...{ url: camera.url, timeoutMs: 20_000, signal: abort.signal },
      ...{ onTrack: () => undefined, onUnit: () => undefined, onSkipped: () => undefined },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'ended' });
    await waitFor('no connection left', () => camera.open() === 0);
  });
});
