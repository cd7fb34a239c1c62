import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixedPacketiser, oggOpusPacketiser } from '#native/audio/packetise.ts';
import { filesOf, stepsOf } from '#native/audio/programme.ts';
import { rtpHeader, silentPayload } from '#native/audio/rtp-packet.ts';
import { checkTarget, isMulticast } from '#native/audio/rtp-socket.ts';
import { decodeAlaw, decodeMulaw, parseRtp } from '#tests/peers/rtp-receiver.ts';

/** Cuts bytes at arbitrary places, as a pipe does. */
function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const size of sizes) {
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...pieces, bytes.subarray(at)];
}

/** One Ogg page of the given packets; the last one is left open if `open`. */
function oggPage(packets: readonly Uint8Array[], open = false): Buffer {
  const lacing: number[] = [];
  packets.forEach((packet, index) => {
    const isOpen = open && index === packets.length - 1;
    for (let left = packet.length; left >= 255; left -= 255) lacing.push(255);
    if (!isOpen) lacing.push(packet.length % 255);
  });
  const head = Buffer.alloc(27);
  head.write('OggS');
  head[26] = lacing.length;
  return Buffer.concat([head, Buffer.from(lacing), ...packets]);
}

describe('payloads of packets', () => {
  it('cuts G.711 into equal payloads however the pipe delivers it, and fills up the last', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 900 }),
        fc.array(fc.integer({ min: 0, max: 300 })),
        (bytes, sizes) => {
          const packetiser = fixedPacketiser(160, 0xd5);
          const out = [...cut(bytes, sizes).flatMap((piece) => packetiser.push(piece)), ...packetiser.end()];
          expect(out.every((payload) => payload.length === 160)).toBe(true);
          const filled = (160 - (bytes.length % 160)) % 160;
          expect(Buffer.concat(out)).toEqual(Buffer.concat([bytes, Buffer.alloc(filled, 0xd5)]));
        },
      ),
    );
  });

  it('takes Opus packets out of Ogg pages, across pages and pieces', () => {
    const payload = fc.uint8Array({ minLength: 1, maxLength: 600 });
    fc.assert(
      fc.property(
        fc.array(payload, { minLength: 1, maxLength: 8 }),
        fc.array(fc.integer({ min: 0, max: 200 })),
        (packets, sizes) => {
          const stream = Buffer.concat([
            oggPage([Buffer.from('OpusHead')]),
            oggPage([Buffer.from('OpusTags')]),
            ...packets.map((packet) => oggPage([packet])),
          ]);
          const packetiser = oggOpusPacketiser();
          const out = cut(stream, sizes).flatMap((piece) => packetiser.push(piece));
          expect(out.map((one) => Buffer.from(one))).toEqual(packets.map((one) => Buffer.from(one)));
        },
      ),
    );
  });

  it('joins an Opus packet that goes over the end of a page', () => {
    const long = Buffer.alloc(255 * 2, 7);
    const packetiser = oggOpusPacketiser();
    const heads = Buffer.concat([oggPage([Buffer.from('OpusHead'), Buffer.from('OpusTags')])]);
    const out = packetiser.push(Buffer.concat([heads, oggPage([long], true), oggPage([Buffer.from('end')])]));
    expect(out).toHaveLength(1);
    expect(out[0]).toHaveLength(255 * 2 + 3);
    expect(() => packetiser.push(Buffer.alloc(40, 1))).toThrow(/not an Ogg page/);
  });

  it('has silence for every codec', () => {
    expect(Math.abs(decodeAlaw(silentPayload('pcma', 20)[0] ?? 0))).toBeLessThan(0.001);
    expect(Math.abs(decodeMulaw(silentPayload('pcmu', 20)[0] ?? 0))).toBeLessThan(0.001);
    expect(silentPayload('pcma', 40)).toHaveLength(320);
    // RFC 6716 3.1: configuration in the upper five bits (30: CELT fullband 10 ms, 31: 20 ms), frame count code in the lower two.
    const toc = (ms: 10 | 20 | 40 | 60) => [
      (silentPayload('opus', ms)[0] ?? 0) >> 3,
      (silentPayload('opus', ms)[0] ?? 0) & 3,
    ];
    expect([toc(10), toc(20), toc(40), toc(60)]).toEqual([
      [30, 0],
      [31, 0],
      [31, 3],
      [31, 3],
    ]);
    expect(silentPayload('opus', 60)[1]).toBe(3);
  });
});

describe('RTP header', () => {
  it('is read back by an independent parser', () => {
    fc.assert(
      fc.property(
        fc.record({
          payloadType: fc.integer({ min: 0, max: 127 }),
          marker: fc.boolean(),
          sequence: fc.integer({ min: 0, max: 0xffff }),
          timestamp: fc.integer({ min: 0, max: 0xffff_ffff }),
          ssrc: fc.integer({ min: 0, max: 0xffff_ffff }),
        }),
        (header) => {
          expect(parseRtp(rtpHeader(header))).toMatchObject({ version: 2, ...header });
        },
      ),
    );
  });

  it('knows multicast addresses and names the wrong field of a target', () => {
    expect(['224.0.0.1', '239.255.40.1', 'ff02::1'].map(isMulticast)).toEqual([true, true, true]);
    expect(['127.0.0.1', '10.1.2.3', 'fe80::1', '240.0.0.1'].map(isMulticast)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    const good = { id: 'hall', host: '10.0.0.1', port: 5004, codec: 'pcma' as const };
    expect(() => checkTarget(good)).not.toThrow();
    expect(() => checkTarget({ ...good, host: 'speaker.local' })).toThrow(/target=hall field=host/);
    expect(() => checkTarget({ ...good, port: 0 })).toThrow(/field=port/);
    expect(() => checkTarget({ ...good, payloadType: 128 })).toThrow(/field=payloadType/);
    expect(() => checkTarget({ ...good, ttl: 256 })).toThrow(/field=ttl/);
  });
});

describe('sound programme', () => {
  const step = (file: string) => ({ file, gapMs: 0 });
  it('plays lead, rounds and tail in order, and an endless one for ever', () => {
    const finite = { lead: [step('in')], body: [step('a'), step('b')], rounds: 2, tail: [step('out')] };
    expect([...stepsOf(finite)].map(({ file }) => file)).toEqual(['in', 'a', 'b', 'a', 'b', 'out']);
    expect(filesOf(finite)).toEqual(['in', 'a', 'b', 'out']);
    const endless = stepsOf({ ...finite, rounds: 'until_stopped' });
    expect(Array.from({ length: 7 }, () => endless.next().value?.file)).toEqual([
      'in',
      'a',
      'b',
      'a',
      'b',
      'a',
      'b',
    ]);
    expect([...stepsOf({ lead: [], body: [], rounds: 'until_stopped', tail: [step('out')] })]).toHaveLength(
      1,
    );
  });
});
