import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseUrl, controlUrl, targetOf } from '#native/rtsp/client-address.ts';
import { isStale, takeChallenge } from '#native/rtsp/client-auth.ts';
import { RtspClientError } from '#native/rtsp/client-errors.ts';
import { ServerStreamParser, type RtspResponse } from '#native/rtsp/client-message.ts';
import { parameterSets, parseSdp } from '#native/rtsp/client-sdp.ts';
import { channelsOf, sessionOf } from '#native/rtsp/client-transport.ts';

/** Everything that a parser hands on, with packets copied out of the view. */
function collect(channels: readonly number[] = [0, 1]) {
  const seen = {
    responses: [] as RtspResponse[],
    requests: [] as string[],
    packets: [] as [number, string][],
    garbage: 0,
  };
  const parser = new ServerStreamParser(
    {
      response: (response) => void seen.responses.push(response),
      request: (method, cseq) => void seen.requests.push(`${method} ${cseq}`),
      packet: (channel, data) => void seen.packets.push([channel, data.toString('hex')]),
      garbage: (bytes) => void (seen.garbage += bytes),
    },
    (channel) => channels.includes(channel),
  );
  return { seen, parser };
}

const framed = (channel: number, data: Buffer) =>
  Buffer.concat([Buffer.from([0x24, channel, data.length >> 8, data.length & 255]), data]);
const answer = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'));

describe('what a camera sends', () => {
  const stream = Buffer.concat([
    answer(
      'RTSP/1.0 200 OK\nCSeq: 1\nWWW-Authenticate: Digest realm="a"\nWWW-Authenticate: Basic realm="a"\n\n',
    ),
    framed(0, Buffer.from('abcd')),
    answer('RTSP/1.0 200 OK\nCSeq: 2\nContent-Length: 5\n\nv=0$R'),
    framed(1, Buffer.alloc(0)),
    answer('OPTIONS rtsp://x RTSP/1.0\nCSeq: 9\n\n'),
    framed(0, Buffer.alloc(3_000, 0x24)),
  ]);

  it('is the same in any chunking, with every chunk in the same buffer', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 60 }), (sizes) => {
        const { seen, parser } = collect();
        const shared = Buffer.alloc(stream.length);
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const size = Math.min(sizes[turn % sizes.length]!, stream.length - at);
          stream.copy(shared, 0, at, at + size);
          parser.push(shared.subarray(0, size));
          at += size;
        }
        expect(seen.responses.map(({ status, body }) => [status, body])).toEqual([
          [200, ''],
          [200, 'v=0$R'],
        ]);
        expect(seen.responses[0]!.headers.get('www-authenticate')).toEqual([
          'Digest realm="a"',
          'Basic realm="a"',
        ]);
        expect(seen.packets).toEqual([
          [0, Buffer.from('abcd').toString('hex')],
          [1, ''],
          [0, '24'.repeat(3_000)],
        ]);
        expect(seen.requests).toEqual(['OPTIONS 9']);
        expect(seen.garbage).toBe(0);
      }),
    );
  });

  it('goes on behind a few bytes of garbage, also if a "$" is among them', () => {
    const { seen, parser } = collect();
    parser.push(answer('RTSP/1.0 200 OK\nCSeq: 1\n\n'));
    parser.push(
      Buffer.concat([
        framed(0, Buffer.from('a')),
        Buffer.from([1, 2, 0x24, 77, 3]),
        framed(0, Buffer.from('b')),
      ]),
    );
    expect(seen.packets.map(([, hex]) => hex)).toEqual(['61', '62']);
    expect(seen.garbage).toBe(5);
  });

  it('takes lines that end with LF alone', () => {
    const { seen, parser } = collect();
    parser.push(Buffer.from('RTSP/1.0 404 Not Found\nCSeq: 3\n\n'));
    expect(seen.responses).toMatchObject([{ status: 404 }]);
  });

  it.each([
    ['no end of a header', Buffer.from('RTSP/1.0 200 OK\r\n'.padEnd(20_000, 'x'))],
    ['an answer of another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['nothing but garbage', Buffer.concat([answer('RTSP/1.0 200 OK\n\n'), Buffer.alloc(70_000, 0x55)])],
    ['a body of a megabyte', answer('RTSP/1.0 200 OK\nContent-Length: 999999\n\n')],
    ['a length that is none', answer('RTSP/1.0 200 OK\nContent-Length: -1\n\n')],
    ['a status that is none', answer('RTSP/1.0 fine\n\n')],
  ])('is refused if it is %s', (_name, data) => {
    const { parser } = collect();
    expect(() => parser.push(data)).toThrow(expect.objectContaining({ code: 'bad_data' }));
  });

  it('never makes it throw anything but bad_data, whatever it is', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom(
          'RTSP/1.0 200 OK\r\n',
          '\r\n\r\n',
          '$\0',
          'OPTIONS ',
          'Content-Length: 7\r\n',
          ':',
          '\n',
        )
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { parser } = collect();
        try {
          for (const one of pieces) parser.push(one);
        } catch (error) {
          expect(error).toBeInstanceOf(RtspClientError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a login', () => {
  const login = { user: 'guard', password: 'pa@ss' };
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  const field = (header: string, name: string) => new RegExp(`[ ,]${name}="?([^",]*)`).exec(header)?.[1];

  it('is the digest of RFC 2069 without qop', () => {
    const header = takeChallenge(['Digest realm="cam", nonce="n1"'], login)!.header('DESCRIBE', 'rtsp://c/1');
    const expected = md5(`${md5('guard:cam:pa@ss')}:n1:${md5('DESCRIBE:rtsp://c/1')}`);
    expect(field(header, 'response')).toBe(expected);
    expect(header).not.toContain('pa@ss');
  });

  it('is the digest of RFC 2617 with qop, counting', () => {
    const taken = takeChallenge(['Digest realm="cam", qop="auth,auth-int", nonce="n", opaque="o"'], login)!;
    for (const nc of ['00000001', '00000002']) {
      const header = taken.header('SETUP', 'rtsp://c/1');
      const middle = `n:${nc}:${field(header, 'cnonce')}:auth`;
      expect(field(header, 'response')).toBe(
        md5(`${md5('guard:cam:pa@ss')}:${middle}:${md5('SETUP:rtsp://c/1')}`),
      );
      expect(field(header, 'nc')).toBe(nc);
      expect(field(header, 'opaque')).toBe('o');
    }
  });

  it.each([
    ['MD5-sess', 'md5'],
    ['SHA-256-sess', 'sha256'],
    ['SHA-512-256', 'sha512-256'],
    ['SHA-512-256-sess', 'sha512-256'],
  ])('is the digest of RFC 7616 with %s', (algorithm, name) => {
    const sum = (text: string) => createHash(name).update(text).digest('hex');
    const challenge = `Digest realm="cam", qop="auth", nonce="n", algorithm=${algorithm}`;
    const taken = takeChallenge([challenge], login)!;
    const headers = ['SETUP', 'PLAY'].map((method) => taken.header(method, 'rtsp://c/1'));
    const first = field(headers[0]!, 'cnonce');
    const account = sum('guard:cam:pa@ss');
    const secret = algorithm.endsWith('-sess') ? sum(`${account}:n:${first}`) : account;
    for (const [index, method] of ['SETUP', 'PLAY'].entries()) {
      const header = headers[index]!;
      const middle = `n:0000000${index + 1}:${field(header, 'cnonce')}:auth`;
      expect(field(header, 'response')).toBe(sum(`${secret}:${middle}:${sum(`${method}:rtsp://c/1`)}`));
      expect(field(header, 'algorithm')).toBe(algorithm);
    }
  });

  it.each<[string, string[], 'digest' | 'basic' | undefined]>([
    ['digest before basic', ['Basic realm="a"', 'Digest realm="a", nonce="b"'], 'digest'],
    ['both in one header', ['Basic realm="a", Digest realm="a", nonce="b"'], 'digest'],
    ['SHA-256', ['Digest realm="a", nonce="b", algorithm=SHA-256'], 'digest'],
    [
      'an unknown algorithm and basic',
      ['Digest realm="a", nonce="b", algorithm=SHA-512', 'Basic realm="a"'],
      'basic',
    ],
    ['auth-int only', ['Digest realm="a", nonce="b", qop="auth-int"'], undefined],
    ['another scheme', ['Bearer realm="a"'], undefined],
  ])('takes up %s', (_name, challenges, scheme) => {
    expect(takeChallenge(challenges, login)?.scheme).toBe(scheme);
  });

  it('never sends the password itself where that is not allowed', () => {
    expect(takeChallenge(['Basic realm="a"'], login, false)).toBeUndefined();
  });

  it('knows an old nonce from a wrong password', () => {
    expect(isStale(['Digest realm="a", nonce="b", stale=TRUE'])).toBe(true);
    expect(isStale(['Digest realm="a", nonce="b", stale=false'])).toBe(false);
    expect(isStale(['Digest realm="a", nonce="b"'])).toBe(false);
  });
});

describe('addresses', () => {
  it.each([
    ['rtsp://cam/1', { host: 'cam', port: 554, url: 'rtsp://cam/1' }],
    [
      'rtsp://10.0.0.1:8554/a?b=1&c=2',
      { host: '10.0.0.1', port: 8554, url: 'rtsp://10.0.0.1:8554/a?b=1&c=2' },
    ],
    ['rtsp://[::1]:99/x', { host: '::1', port: 99, url: 'rtsp://[::1]:99/x' }],
    ['rtsp://user:secret@cam:554/1', { host: 'cam', port: 554, url: 'rtsp://cam/1' }],
    ['rtsp://cam', { host: 'cam', port: 554, url: 'rtsp://cam' }],
    ['rtsps://cam/1', { host: 'cam', port: 322, secure: true, url: 'rtsps://cam/1' }],
    ['rtsps://cam:554/1', { host: 'cam', port: 554, secure: true, url: 'rtsps://cam:554/1' }],
  ])('%s', (address, expected) => expect(targetOf(address)).toEqual({ secure: false, ...expected }));

  it.each(['rtsp://', 'http://cam/1', 'rtsp://cam:0/1', 'rtsp://cam:70000/1', 'rtsp://cam/1\r\nX: y'])(
    'refuses %j',
    (address) => expect(() => targetOf(address)).toThrow(expect.objectContaining({ code: 'bad_data' })),
  );

  it.each([
    ['rtsp://c/1', 'trackID=1', 'rtsp://c/1/trackID=1'],
    ['rtsp://c/1/', 'trackID=1', 'rtsp://c/1/trackID=1'],
    ['rtsp://c/r?channel=1&subtype=0/', 'trackID=0', 'rtsp://c/r?channel=1&subtype=0/trackID=0'],
    ['rtsp://c/1', 'rtsp://c/1/track2', 'rtsp://c/1/track2'],
    ['rtsp://c/1', '*', 'rtsp://c/1'],
    ['rtsp://c/1', '', 'rtsp://c/1'],
    ['rtsp://c/1/', '/track1', 'rtsp://c/1/track1'],
    ['rtsp://c/1', '?kind=picture', 'rtsp://c/1?kind=picture'],
    ['rtsp://c/', '?kind=picture', 'rtsp://c/?kind=picture'],
  ])('%s and control %j', (base, control, expected) => expect(controlUrl(base, control)).toBe(expected));

  it('takes the base that the camera names, if it names one', () => {
    expect(baseUrl('rtsp://c/1', 'rtsp://c/2/', 'rtsp://c/3')).toBe('rtsp://c/2/');
    expect(baseUrl('rtsp://c/1', 'c/2/', 'rtsp://c/3')).toBe('rtsp://c/3');
    expect(baseUrl('rtsp://c/1', undefined, undefined)).toBe('rtsp://c/1');
    expect(baseUrl('rtsp://c/1', 'rtsp://rtsp://c:99/1/', undefined)).toBe('rtsp://c:99/1/');
  });
});

describe('a session', () => {
  it.each([
    ['12345678', { id: '12345678', timeoutMs: 60_000 }],
    ['abc;timeout=30', { id: 'abc', timeoutMs: 30_000 }],
    ['abc; Timeout = 5', { id: 'abc', timeoutMs: 5_000 }],
    ['abc;timeout=0', { id: 'abc', timeoutMs: 60_000 }],
    [undefined, { id: undefined, timeoutMs: 60_000 }],
  ])('%s', (header, expected) => expect(sessionOf(header)).toEqual(expected));

  it.each(['', ';timeout=3', 'a b'])('refuses %j', (header) => {
    expect(() => sessionOf(header)).toThrow(expect.objectContaining({ code: 'bad_data' }));
  });

  it.each([
    ['RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=1', [2, 3]],
    ['RTP/AVP/TCP;unicast;interleaved=4', [4, 5]],
    ['RTP/AVP/TCP;unicast', [0, 1]],
    ['RTP/AVP;unicast;source=10.0.0.9;interleaved=6-7', [6, 7]],
    [undefined, [0, 1]],
  ])('channels of %s', (header, expected) => expect(channelsOf(header)).toEqual(expected));

  it('refuses datagrams that were not asked for', () => {
    expect(() => channelsOf('RTP/AVP;unicast;client_port=1-2')).toThrow(
      expect.objectContaining({ code: 'unsupported' }),
    );
  });
});

describe('a description', () => {
  // As devices of these makes write them, shortened.
  const hikvision = [
    'v=0', 'o=- 1 1 IN IP4 10.0.0.1', 's=Media Presentation', 'b=AS:5100', 't=0 0',
    'a=control:rtsp://10.0.0.1:554/Streaming/Channels/101/', 'm=video 0 RTP/AVP 96', 'b=AS:5000', 'a=recvonly',
    'a=x-dimensions:1920,1080', 'a=control:rtsp://10.0.0.1:554/Streaming/Channels/101/trackID=1',
    'a=rtpmap:96 H264/90000',
    'a=fmtp:96 profile-level-id=420029; packetization-mode=1; sprop-parameter-sets=Z01AFtoCgL/lwEQAAAMABAAAAwB6PFi6gA==,aO88gA==',
    'm=audio 0 RTP/AVP 8', 'a=recvonly', 'a=control:rtsp://10.0.0.1:554/Streaming/Channels/101/trackID=2',
    'a=rtpmap:8 PCMA/8000', 'a=Media_header:MEDIAINFO=494D4B48;',
  ].join('\r\n'); // prettier-ignore
  const dahua = [
    'v=0', 's=RTSP Session', 'a=control:*', 'm=video 0 RTP/AVP 98', 'a=control:trackID=0', 'a=rtpmap:98 H265/90000',
    'a=fmtp:98 profile-id=1;sprop-sps=QgEBAWAAAAMAkAAAAwAAAwA/oAUC;sprop-pps=RAHAc8GJ;sprop-vps=QAEMAf//AWAAAAMAkA==',
    'm=audio 0 RTP/AVP 97', 'a=control:trackID=1', 'a=rtpmap:97 MPEG4-GENERIC/16000/1',
    'a=fmtp:97 streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1408',
    'm=application 0 RTP/AVP 107', 'a=control:trackID=4', 'a=rtpmap:107 vnd.onvif.metadata/90000',
  ].join('\n'); // prettier-ignore

  it('of H.264 with G.711', () => {
    const { control, tracks } = parseSdp(hikvision);
    expect(control).toBe('rtsp://10.0.0.1:554/Streaming/Channels/101/');
    expect(tracks).toMatchObject([
      { media: 'video', codec: 'H264', payloadType: 96, clockRate: 90_000 },
      { media: 'audio', codec: 'PCMA', payloadType: 8, clockRate: 8_000, channels: 1 },
    ]);
    expect(parameterSets(tracks[0]!).toString('hex')).toMatch(/^00000001674d40.*0000000168ef3c80$/);
  });

  it('of H.265 with AAC and metadata', () => {
    const { control, tracks } = parseSdp(dahua);
    expect(control).toBe('*');
    expect(tracks.map(({ media, codec, clockRate }) => [media, codec, clockRate])).toEqual([
      ['video', 'H265', 90_000],
      ['audio', 'MPEG4-GENERIC', 16_000],
      ['other', 'VND.ONVIF.METADATA', 90_000],
    ]);
    expect(tracks[1]!.fmtp.get('config')).toBe('1408');
    // VPS, SPS, PPS in the order that a decoder wants.
    expect(parameterSets(tracks[0]!).toString('hex')).toMatch(/^000000014001.*000000014201.*000000014401/);
  });

  it('without a map says what the payload type means', () => {
    const { tracks } = parseSdp('v=0\r\nm=audio 0 RTP/AVP 0\r\nm=video 0 RTP/AVP 26\r\n');
    expect(tracks).toMatchObject([
      { codec: 'PCMU', clockRate: 8_000 },
      { codec: 'JPEG', clockRate: 90_000 },
    ]);
  });

  it('takes the parameters of a track also from behind another one', () => {
    const lines = ['v=0', 'm=video 0 RTP/AVP 99', 'a=rtpmap:99 H264/90000'];
    const audio = [
      'm=audio 0 RTP/AVP 8',
      'a=fmtp:99 packetization-mode=1;sprop-parameter-sets=Z0IAKQ==,aM48',
    ];
    const [video] = parseSdp([...lines, ...audio].join('\n')).tracks;
    expect(parameterSets(video!).toString('hex')).toBe('000000016742002900000001' + '68ce3c');
    // Its own come first, and those of another track's own payload type are not borrowed.
    const own = parseSdp([...lines, 'a=fmtp:99 packetization-mode=0', ...audio].join('\n'));
    expect(own.tracks[0]!.fmtp.get('packetization-mode')).toBe('0');
    const other = parseSdp([...lines, 'm=audio 0 RTP/AVP 99', 'a=fmtp:99 mode=AAC-hbr'].join('\n'));
    expect(other.tracks[0]!.fmtp.size).toBe(0);
  });

  it('whatever it is never makes it throw anything but bad_data', () => {
    const line = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.constantFrom(
        'v=0',
        'm=video 0 RTP/AVP 96',
        'm=audio',
        'a=rtpmap:96 H264/90000',
        'a=rtpmap:',
        'a=fmtp:96 =;;',
        'a=control:',
      ),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        try {
          parseSdp(lines.join('\r\n')).tracks.map(parameterSets);
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad_data' });
        }
      }),
    );
  });
});
