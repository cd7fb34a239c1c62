import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audibleTrack, AudioReceiver, type SoundUnit } from '#native/rtsp/client-audio.ts';
import { parseSdp, type SdpTrack } from '#native/rtsp/client-sdp.ts';

const SDP = (...lines: string[]) =>
  ['v=0', 'm=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', ...lines].join('\r\n');
const AAC = ['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 mpeg4-generic/16000/1'];
const HBR = 'a=fmtp:97 streamtype=5;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1408';

function trackOf(...lines: string[]): SdpTrack {
  const found = audibleTrack(parseSdp(SDP(...lines)).tracks.filter(({ media }) => media === 'audio'));
  if (!found) throw new Error('no track');
  return found;
}

function rtp(
  payloadType: number,
  sequence: number,
  timestamp: number,
  payload: Buffer,
  marker = true,
): Buffer {
  const head = Buffer.alloc(12);
  head[0] = 0x80;
  head[1] = payloadType | (marker ? 0x80 : 0);
  head.writeUInt16BE(sequence & 0xffff, 2);
  head.writeUInt32BE(timestamp >>> 0, 4);
  head.writeUInt32BE(77, 8);
  return Buffer.concat([head, payload]);
}

function report(unixMs: number, rtpTime: number): Buffer {
  const out = Buffer.alloc(28);
  out.writeUInt32BE(0x80c80006, 0);
  out.writeUInt32BE(77, 4);
  out.writeUInt32BE(Math.floor(unixMs / 1_000) + 2_208_988_800, 8);
  out.writeUInt32BE(Math.round(((unixMs % 1_000) / 1_000) * 2 ** 32), 12);
  out.writeUInt32BE(rtpTime, 16);
  return out;
}

/** Access units behind their headers, as RFC 3640 writes AAC-hbr. */
function hbr(units: readonly Buffer[], sizes = units.map(({ length }) => length)): Buffer {
  const head = Buffer.alloc(2 + sizes.length * 2);
  head.writeUInt16BE(sizes.length * 16, 0);
  sizes.forEach((size, index) => head.writeUInt16BE(size << 3, 2 + index * 2));
  return Buffer.concat([head, ...units]);
}

function listen(track: SdpTrack) {
  const units: (SoundUnit & { text: string })[] = [];
  const receiver = new AudioReceiver(track, (unit) =>
    units.push({ ...unit, data: Buffer.from(unit.data), text: unit.data.toString('latin1') }),
  );
  receiver.listen([2, 3]);
  return { receiver, units };
}

describe('which track is heard', () => {
  test.each([
    ['A-law by its number', ['m=audio 0 RTP/AVP 8'], 'PCMA'],
    ['mu-law by its map', ['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 pcmu/8000'], 'PCMU'],
    ['AAC', [...AAC, HBR], 'MPEG4-GENERIC'],
    ['the second one', ['m=audio 0 RTP/AVP 2', 'a=rtpmap:2 G726-32/8000', 'm=audio 0 RTP/AVP 0'], 'PCMU'],
  ])('%s', (_name, lines, codec) => {
    expect(trackOf(...lines).codec).toBe(codec);
  });

  const mic = ['m=audio 0 RTP/AVP 8', 'a=control:mic'];
  const speaker = ['m=audio 0 RTP/AVP 0', 'a=control:speaker', 'a=sendonly'];

  test('the microphone, not the way to the loudspeaker before it; what stands alone is a microphone', () => {
    expect(trackOf(...speaker, ...mic, 'a=recvonly').control).toBe('mic');
    expect(trackOf(...speaker).control).toBe('speaker');
  });

  test('a camera that says of all it has that it sends it means itself', () => {
    expect(trackOf('a=sendonly', ...mic, 'a=sendonly').control).toBe('mic');
  });

  test.each([
    ['another codec', ['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 G726-32/8000']],
    ['AAC without a layout', AAC],
    ['AAC with fields that hide the sizes', [...AAC, `${HBR};ctsdeltalength=4`]],
    ['sizes of no bits', [...AAC, 'a=fmtp:97 mode=AAC-hbr;sizelength=0']],
    ['two voices in A-law', ['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 PCMA/8000/2']],
  ])('not %s', (_name, lines) => {
    expect(() => trackOf(...lines)).toThrow('no track');
  });
});

describe('G.711', () => {
  test('packets of any length, each with its time', () => {
    const { receiver, units } = listen(trackOf('m=audio 0 RTP/AVP 8'));
    receiver.packet(2, rtp(8, 1, 1_000, Buffer.from('abc')));
    receiver.packet(2, rtp(8, 2, 1_003, Buffer.from('d')));
    // late, of another kind, empty
    receiver.packet(2, rtp(8, 1, 1_000, Buffer.from('abc')));
    receiver.packet(2, rtp(13, 3, 1_004, Buffer.from('x')));
    receiver.packet(2, rtp(8, 4, 1_010, Buffer.alloc(0)));
    expect(units.map(({ text, pts }) => [text, pts])).toEqual([
      ['abc', 0],
      ['d', 3],
    ]);
  });

  test('the camera’s clock, once it has reported it, also over the end of the 32 bits', () => {
    const { receiver, units } = listen(trackOf('m=audio 0 RTP/AVP 0'));
    receiver.packet(2, rtp(0, 1, 0xffff_ff00, Buffer.from('a')));
    receiver.packet(3, report(1_700_000_000_500, 0xffff_ff00));
    receiver.packet(2, rtp(0, 2, 0x40, Buffer.from('b')));
    expect(units[0]?.cameraMs).toBeUndefined();
    expect(units[1]?.cameraMs).toBeCloseTo(1_700_000_000_540, 0);
    expect(units[1]?.pts).toBe(0x140);
  });
});

describe('AAC', () => {
  const track = () => trackOf(...AAC, HBR);

  test('several units in a packet', () => {
    const { receiver, units } = listen(track());
    receiver.packet(2, rtp(97, 1, 0, hbr([Buffer.from('one'), Buffer.from('second')])));
    expect(units.map(({ text, index }) => [text, index])).toEqual([
      ['one', 0],
      ['second', 1],
    ]);
  });

  test('without a mode or sizes it is the usual one; a mode without sizes stays unknown', () => {
    const bare = trackOf(...AAC, 'a=fmtp:97 config=1408');
    const { receiver, units } = listen(bare);
    receiver.packet(2, rtp(97, 1, 500, hbr([Buffer.from('one'), Buffer.from('three')])));
    expect(units.map(({ text, index }) => [text, index])).toEqual([
      ['one', 0],
      ['three', 1],
    ]);
    expect(() => trackOf(...AAC, 'a=fmtp:97 mode=generic;config=1408')).toThrow('no track');
  });

  test('one unit in several packets', () => {
    const { receiver, units } = listen(track());
    receiver.packet(2, rtp(97, 1, 0, hbr([Buffer.from('begin')], [11]), false));
    receiver.packet(2, rtp(97, 2, 0, hbr([Buffer.from('ending')], [11])));
    receiver.packet(2, rtp(97, 3, 1_024, hbr([Buffer.from('next')])));
    expect(units.map(({ text }) => text)).toEqual(['beginending', 'next']);
  });

  test('a piece that is missing costs its unit and no other', () => {
    const { receiver, units } = listen(track());
    receiver.packet(2, rtp(97, 1, 0, hbr([Buffer.from('begin')], [15]), false));
    receiver.packet(2, rtp(97, 3, 0, hbr([Buffer.from('ending')], [15])));
    receiver.packet(2, rtp(97, 4, 1_024, hbr([Buffer.from('next')])));
    expect(units.map(({ text }) => text)).toEqual(['next']);
  });

  test('interleaved, cut off or empty units are left out', () => {
    const { receiver, units } = listen(track());
    const interleaved = hbr([Buffer.from('a'), Buffer.from('b')]);
    interleaved[5] = (interleaved[5] as number) | 1;
    receiver.packet(2, rtp(97, 1, 0, interleaved));
    receiver.packet(2, rtp(97, 2, 1_024, hbr([Buffer.from('ab')], [2, 9])));
    receiver.packet(2, rtp(97, 3, 2_048, hbr([], [0])));
    receiver.packet(2, rtp(97, 4, 3_072, Buffer.from([0])));
    expect(units.map(({ text }) => text)).toEqual(['ab']);
  });

  test('whatever is cut into packets comes out again', () => {
    const unit = fc.uint8Array({ minLength: 1, maxLength: 700 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.array(fc.tuple(unit, fc.integer({ min: 1, max: 300 })), { maxLength: 20 }), (sent) => {
        const { receiver, units } = listen(track());
        let sequence = 65_530;
        sent.forEach(([data, room], at) => {
          for (let from = 0; from < data.length; from += room) {
            const isLast = from + room >= data.length;
            const payload = hbr([data.subarray(from, from + room)], [data.length]);
            receiver.packet(2, rtp(97, (sequence += 1), at * 1_024, payload, isLast));
          }
        });
        expect(units.map(({ data }) => data.toString('hex'))).toEqual(
          sent.map(([data]) => data.toString('hex')),
        );
      }),
    );
  });

  test('nothing that comes can end it, and no unit is longer than what came', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ data: fc.uint8Array({ maxLength: 60 }), sequence: fc.nat(0xffff), channel: fc.nat(4) }),
        ),
        (packets) => {
          const { receiver, units } = listen(track());
          let bytes = 0;
          for (const { data, sequence, channel } of packets) {
            receiver.packet(channel, Buffer.from(data));
            receiver.packet(2, rtp(97, sequence, sequence * 7, Buffer.from(data)));
            bytes += data.length * 2;
          }
          receiver.report();
          expect(units.reduce((sum, { data }) => sum + data.length, 0)).toBeLessThanOrEqual(bytes);
        },
      ),
    );
  });
});
