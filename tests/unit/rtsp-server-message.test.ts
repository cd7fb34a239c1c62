import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authorised, parseDigest } from '#native/rtsp/server-auth.ts';
import { RtspParser, RtspSyntaxError, type RtspInput } from '#native/rtsp/server-message.ts';
import { interleave, rtpPackets, senderReport } from '#native/rtsp/server-rtp.ts';
import { chooseTransport } from '#native/rtsp/server-transport.ts';

const request = 'DESCRIBE rtsp://127.0.0.1:554/a RTSP/1.0\r\nCSeq: 2\r\nAccept: application/sdp\r\n\r\n';
const withBody = 'SET_PARAMETER rtsp://h/a RTSP/1.0\r\nCSeq: 3\r\nContent-Length: 5\r\n\r\nhello';
const interleaved = Buffer.from([0x24, 1, 0, 3, 9, 8, 7]);

describe('RtspParser', () => {
  it('reads requests and interleaved data in whatever pieces they come', () => {
    const all = Buffer.concat([
      Buffer.from(request),
      interleaved,
      Buffer.from(`\r\n${withBody}`),
      interleaved,
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 80 }), (sizes) => {
        const parser = new RtspParser();
        const inputs: RtspInput[] = [];
        let at = 0;
        for (let i = 0; at < all.length; i += 1) {
          const size = sizes[i % sizes.length]!;
          inputs.push(...parser.push(all.subarray(at, at + size)));
          at += size;
        }
        expect(inputs.map(({ kind }) => kind)).toEqual(['request', 'interleaved', 'request', 'interleaved']);
        const [first, , second] = inputs;
        expect(first?.kind === 'request' && first.request.headers.get('cseq')).toBe('2');
        expect(second?.kind === 'request' && second.request.body.toString()).toBe('hello');
      }),
    );
  });

  it.each([
    ['no request line', 'hello\r\n\r\n'],
    ['lower-case method', 'describe rtsp://h/a RTSP/1.0\r\n\r\n'],
    ['header without colon', 'PLAY rtsp://h/a RTSP/1.0\r\nCSeq 1\r\n\r\n'],
    ['too many headers', `PLAY rtsp://h/a RTSP/1.0\r\n${'A: b\r\n'.repeat(70)}\r\n`],
    ['endless header', `PLAY rtsp://h/a RTSP/1.0\r\nA: ${'x'.repeat(20_000)}`],
    ['content length of another world', 'PLAY rtsp://h/a RTSP/1.0\r\nContent-Length: 99999999\r\n\r\n'],
    ['negative content length', 'PLAY rtsp://h/a RTSP/1.0\r\nContent-Length: -1\r\n\r\n'],
  ])('refuses %s', (_name, text) => {
    expect(() => new RtspParser().push(Buffer.from(text))).toThrow(RtspSyntaxError);
  });

  it('takes any bytes without another failure than its own', () => {
    const piece = fc.oneof(fc.uint8Array({ maxLength: 64 }).map((b) => Buffer.from(b)), fc.constantFrom(Buffer.from(request), Buffer.from(request.slice(0, 30)), Buffer.from('\r\n\r\n'), interleaved)); // prettier-ignore
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const parser = new RtspParser();
        try {
          for (const bytes of pieces) parser.push(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RtspSyntaxError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('digest', () => {
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  const credentials = { username: 'viewer', password: 'sécret, "quoted"' };
  const asked = { method: 'DESCRIBE', uri: 'rtsp://h:8554/n-07' };
  const header = (password: string, extra = '', uri = asked.uri) => {
    const ha1 = md5(`viewer:RTSP:${password}`);
    const ha2 = md5(`${asked.method}:${uri}`);
    const response = extra ? md5(`${ha1}:n1:00000001:c1:auth:${ha2}`) : md5(`${ha1}:n1:${ha2}`);
    return `Digest username="viewer", realm="RTSP", nonce="n1", uri="${uri}", response="${response}"${extra}`;
  };
  const ok = (value: string | undefined, nonce = 'n1') => authorised(value, asked, nonce, credentials);

  it('accepts the right password with and without qop', () => {
    expect(ok(header(credentials.password))).toBe(true);
    expect(ok(header(credentials.password, ', qop=auth, nc=00000001, cnonce="c1"'))).toBe(true);
  });
  it('refuses a wrong password, another nonce, another address, and no header', () => {
    expect(ok(header('wrong'))).toBe(false);
    expect(ok(header(credentials.password), 'n2')).toBe(false);
    expect(ok(header(credentials.password, '', 'rtsp://h:8554/other'))).toBe(false);
    expect(ok(undefined)).toBe(false);
    expect(ok('Basic dmlld2VyOng=')).toBe(false);
  });
  it('reads any header without failing', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseDigest(`Digest ${text}`)));
  });
});

describe('chooseTransport', () => {
  it.each([
    ['RTP/AVP/TCP;unicast;interleaved=4-5', { kind: 'tcp', channels: [4, 5] }],
    ['RTP/AVP/TCP;unicast', { kind: 'tcp', channels: [2, 3] }],
    ['RTP/AVP;unicast;client_port=5000-5001', { kind: 'udp', ports: [5000, 5001] }],
    ['RTP/AVP;multicast, RTP/AVP/UDP;unicast;client_port=6000', { kind: 'udp', ports: [6000, 6001] }],
    ['RTP/AVP;unicast;client_port=5000-5001;destination=10.0.0.9', { kind: 'udp', ports: [5000, 5001] }],
  ])('%s', (text, choice) => {
    expect(chooseTransport(text, 2)).toEqual(choice);
  });
  it.each(['', 'RTP/AVP;multicast', 'RTP/AVP;unicast', 'RTP/AVP;unicast;client_port=0-1', 'RTP/AVP/TCP;interleaved=300-301', 'RTP/AVP;unicast;client_port=5-5', 'RTP/SAVP;unicast;client_port=5000-5001', 'RTP/AVP/TCP;mode=record'])('none for "%s"', (text) => {
    expect(chooseTransport(text, 0)).toBeUndefined();
  }); // prettier-ignore
  it('reads any text without failing', () => {
    fc.assert(fc.property(fc.string(), (text) => void chooseTransport(text, 0)));
  });
});

describe('RTP', () => {
  it('numbers over 65535, marks the last packet of a picture, wraps time', () => {
    const state = { ssrc: 7, timeOffset: 0xffff_fff0, sequence: 65_535, packets: 0, octets: 0 };
    const packets = rtpPackets(state, [Buffer.alloc(10), Buffer.alloc(4)], 0x20);
    expect(packets.map((packet) => packet.readUInt16BE(2))).toEqual([65_535, 0]);
    expect(packets.map((packet) => packet[1]! >> 7)).toEqual([0, 1]);
    expect(packets.map((packet) => packet.readUInt32BE(4))).toEqual([0x10, 0x10]);
    expect(state).toMatchObject({ packets: 2, octets: 14 });
    expect(interleave(packets, 3).subarray(0, 4)).toEqual(Buffer.from([0x24, 3, 0, 22]));
  });
  it('ties RTP time to wall-clock time in a compound report', () => {
    const state = { ssrc: 7, timeOffset: 5, sequence: 1, packets: 3, octets: 99 };
    const report = senderReport(state, 90_000, 1_700_000_000_500, 'a@b');
    expect(report.readUInt32BE(8)).toBe(1_700_000_000 + 2_208_988_800);
    expect(report.readUInt32BE(12)).toBe(2 ** 31);
    expect(report.readUInt32BE(16)).toBe(90_005);
    expect(report[29]).toBe(202);
    expect(report.length % 4).toBe(0);
  });
});
