import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RtspClientError } from '#native/rtsp/client-errors.ts';
import { AccessUnits } from '#native/rtsp/rtp-access-unit.ts';
import { h264Rules } from '#native/rtsp/rtp-h264.ts';
import { h265Rules } from '#native/rtsp/rtp-h265.ts';
import { ArrivalMeter, parseRtp, timestampUnwrapper, type RtpPacket } from '#native/rtsp/rtp-packet.ts';
import { parseRtcp, receiverReport } from '#native/rtsp/rtcp.ts';
import { parseClip } from '#native/rtsp/server-clip.ts';
import { interleave, rtpPackets, senderReport } from '#native/rtsp/server-rtp.ts';

const rtpState = (sequence = 0) => ({ ssrc: 7, timeOffset: 0, sequence, packets: 0, octets: 0 });
const nal = (type: number, bytes: number, fill = type) =>
  Buffer.concat([Buffer.from([0x60 | type, 0x80]), Buffer.alloc(bytes, fill)]);

interface Sent {
  data: string;
  key: boolean;
  pts: number;
}

/** Puts packets through the meter and the assembler as the receiver does. */
function assemble(packets: readonly RtpPacket[], rules = h264Rules) {
  const units: Sent[] = [];
  let skipped = 0;
  const meter = new ArrivalMeter();
  const access = new AccessUnits(
    rules,
    ({ data, key, pts }) => void units.push({ data: data.toString('hex'), key, pts }),
    () => void (skipped += 1),
  );
  for (const packet of packets) access.push(packet, meter.note(packet, 0));
  return { units, skipped, meter };
}

function packet(sequence: number, timestamp: number, payload: Buffer, marker = false): RtpPacket {
  return {
    payloadType: 96,
    marker,
    sequence: sequence & 0xffff,
    timestamp: timestamp >>> 0,
    ssrc: 1,
    payload,
  };
}

const annexB = (...units: Buffer[]) => units.map((unit) => `00000001${unit.toString('hex')}`).join('');

describe('pictures of H.264', () => {
  const [sps, pps, idr, slice] = [nal(7, 8), nal(8, 4), nal(5, 5_000), nal(1, 3_000)];

  it('are what our own server packs: single units, aggregates and fragments', () => {
    // One mount of the demo park's server, cut at several sizes.
    const file = Buffer.concat(
      [sps, pps, idr, slice, nal(1, 40, 9), sps, pps, nal(5, 90, 3)].flatMap((unit) => [
        Buffer.from([0, 0, 0, 1]),
        unit,
      ]),
    );
    for (const size of [100, 500, 1_400, 60_000]) {
      const clip = parseClip(file, 15, size);
      const state = rtpState(65_533);
      const packets = clip.frames.flatMap(({ payloads }, at) => rtpPackets(state, payloads, at * 6_000));
      const { units, skipped } = assemble(packets.map((data) => parseRtp(data)!));
      expect(units).toEqual([
        { data: annexB(sps, pps, idr), key: true, pts: 0 },
        { data: annexB(slice), key: false, pts: 6_000 },
        { data: annexB(nal(1, 40, 9)), key: false, pts: 12_000 },
        { data: annexB(sps, pps, nal(5, 90, 3)), key: true, pts: 18_000 },
      ]);
      expect(skipped).toBe(0);
    }
  });

  it('are whole with the next time stamp where a camera sets no marker', () => {
    const { units } = assemble([packet(1, 0, idr), packet(2, 6_000, slice), packet(3, 12_000, slice)]);
    expect(units.map(({ pts }) => pts)).toEqual([0, 6_000]);
  });

  it('are waited for where a camera marks every slice, after one that went out in part', () => {
    const half = (type: number) => [nal(type, 50, 1), nal(type, 50, 2)] as const;
    const packets = [5, 1, 1, 5, 1, 1].flatMap((type, at) =>
      half(type).map((unit, part) => packet(at * 2 + part, at * 6_000, unit, true)),
    );
    const { units } = assemble(packets);
    // The first half, then nothing up to the next key frame, then whole ones (the last is not yet known to be whole).
    expect(units.map(({ data, key }) => [data.length > 200, key])).toEqual([
      [false, true],
      [true, true],
      [true, false],
    ]);
  });

  it('get the parameter sets that came ahead with a time of their own', () => {
    const { units } = assemble([packet(1, 0, sps, true), packet(2, 10, pps, true), packet(3, 20, idr, true)]);
    expect(units).toEqual([{ data: annexB(sps, pps, idr), key: true, pts: 0 }]);
  });

  it('that lack a packet are left out, and all that need them', () => {
    const parts = (type: number) => [
      Buffer.from([0x7c, 0x80 | type, 0x80, 1]),
      Buffer.from([0x7c, type, 2]),
      Buffer.from([0x7c, 0x40 | type, 3]),
    ];
    const all = [5, 1, 1, 5, 1].flatMap((type, at) =>
      parts(type).map((part, index) => packet(at * 3 + index, at * 6_000, part, index === 2)),
    );
    for (const missing of [3, 4, 5]) {
      const { units, skipped, meter } = assemble(all.filter((_, at) => at !== missing));
      expect(units.map(({ key, pts }) => [key, pts])).toEqual([
        [true, 0],
        [true, 18_000],
        [false, 24_000],
      ]);
      expect(skipped).toBe(2);
      expect(meter.lost).toBe(1);
    }
  });

  it('ignore packets that come twice or late', () => {
    const one = packet(1, 0, idr, true);
    const two = packet(2, 6_000, slice, true);
    const { units, skipped } = assemble([one, one, two, one, two, packet(3, 12_000, slice, true)]);
    expect(units).toHaveLength(3);
    expect(skipped).toBe(0);
  });

  it('begin at a recovery point where a camera sends no IDR', () => {
    const recovery = Buffer.from([0x06, 0x06, 0x01, 0xc0, 0x80]);
    const other = Buffer.from([0x06, 0x05, 0x01, 0xc0, 0x80]);
    const { units } = assemble([
      packet(1, 0, recovery),
      packet(2, 0, slice, true),
      packet(3, 6_000, other),
      packet(4, 6_000, slice, true),
    ]);
    expect(units.map(({ key }) => key)).toEqual([true, false]);
  });

  it('of a camera that starts over wait for a key frame', () => {
    const far = 30_000;
    const { units } = assemble([
      packet(1, 0, idr, true),
      packet(far, 900_000, slice, true),
      packet(far + 1, 906_000, idr, true),
      packet(far + 2, 912_000, slice, true),
    ]);
    expect(units.map(({ key }) => key)).toEqual([true, true, false]);
  });

  it('are refused when most of them lack something', () => {
    const packets = Array.from({ length: 200 }, (_, at) =>
      packet(at * 2, at * 6_000, at % 2 ? slice : idr, true),
    );
    expect(() => assemble(packets)).toThrow(expect.objectContaining({ code: 'bad_data' }));
  });

  it('are refused when one of them never ends', () => {
    const access = new AccessUnits(
      h264Rules,
      () => undefined,
      () => undefined,
    );
    const piece = Buffer.concat([Buffer.from([0x7c, 0x01]), Buffer.alloc(60_000)]);
    expect(() => {
      access.push(packet(0, 0, Buffer.from([0x7c, 0x81, 0x80])), 'next');
      for (let at = 1; at < 400; at += 1) access.push(packet(at, 0, piece), 'next');
    }).toThrow(expect.objectContaining({ code: 'bad_data' }));
  });

  it.each([
    ['H.264', h264Rules],
    ['H.265', h265Rules],
  ])('whatever comes as %s never makes it throw anything but bad_data', (_name, rules) => {
    const sent = fc.record({
      step: fc.integer({ min: 0, max: 3 }),
      time: fc.nat(40_000),
      marker: fc.boolean(),
      payload: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    });
    fc.assert(
      fc.property(fc.array(sent, { maxLength: 80 }), (list) => {
        let sequence = 0;
        try {
          assemble(
            list.map(({ step, time, marker, payload }) => packet((sequence += step), time, payload, marker)),
            rules,
          );
        } catch (error) {
          expect(error).toBeInstanceOf(RtspClientError);
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('pictures of H.265', () => {
  const unit = (type: number, bytes: number) =>
    Buffer.concat([Buffer.from([type << 1, 1]), Buffer.alloc(bytes, type)]);
  const [vps, sps, pps, idr, trail] = [unit(32, 9), unit(33, 9), unit(34, 3), unit(19, 900), unit(1, 60)];
  const sized = (data: Buffer) => Buffer.concat([Buffer.from([data.length >> 8, data.length & 255]), data]);

  it('come alone, aggregated and in fragments', () => {
    const aggregate = Buffer.concat([Buffer.from([48 << 1, 1]), sized(vps), sized(sps), sized(pps)]);
    const fragment = (from: number, to: number, flags: number) =>
      Buffer.concat([Buffer.from([49 << 1, 1, flags | 19]), idr.subarray(from, to)]);
    const { units } = assemble(
      [
        packet(1, 0, aggregate),
        packet(2, 0, fragment(2, 400, 0x80)),
        packet(3, 0, fragment(400, 800, 0)),
        packet(4, 0, fragment(800, idr.length, 0x40), true),
        packet(5, 6_000, trail, true),
      ],
      h265Rules,
    );
    expect(units).toEqual([
      { data: annexB(vps, sps, pps, idr), key: true, pts: 0 },
      { data: annexB(trail), key: false, pts: 6_000 },
    ]);
  });
});

describe('RTP', () => {
  it('reads a header with contributing sources, an extension and padding', () => {
    const head = Buffer.from('b1e0000100000002000000030000000400010001aabbccdd', 'hex');
    const data = Buffer.concat([head, Buffer.from('beef0002', 'hex')]);
    const read = parseRtp(data)!;
    expect(read).toMatchObject({ payloadType: 96, marker: true, sequence: 1, timestamp: 2, ssrc: 3 });
    expect(read.payload.toString('hex')).toBe('beef');
  });

  it('refuses what is none, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const read = parseRtp(Buffer.from(bytes));
        if (read) expect(read.payload.length).toBeLessThanOrEqual(bytes.length - 12);
      }),
    );
    expect(parseRtp(Buffer.alloc(12))).toBeUndefined();
  });

  it('counts on over the ends of its numbers', () => {
    const next = timestampUnwrapper();
    expect([0xfffffff0, 0x10, 0x5, 0x100].map(next)).toEqual([0, 32, 21, 272]);
    const meter = new ArrivalMeter();
    const arrivals = [65_534, 65_535, 0, 1, 3, 2].map((sequence) =>
      meter.note(packet(sequence, 0, Buffer.alloc(1)), 0),
    );
    expect(arrivals).toEqual(['next', 'next', 'next', 'next', 'gap', 'old']);
    expect(meter.report()).toMatchObject({ lost: 1, highest: 65_539 });
  });
});

describe('RTCP', () => {
  it("reads the camera's clock from what our server writes", () => {
    const state = { ...rtpState(), ssrc: 77 };
    const { report, isBye } = parseRtcp(senderReport(state, 4_500, 1_700_000_000_123.5, 'x'));
    expect(isBye).toBe(false);
    expect(report).toMatchObject({ ssrc: 77, rtpTime: 4_500 });
    expect(report!.unixMs).toBeCloseTo(1_700_000_000_123.5, 2);
  });

  it('writes a report that reads as one', () => {
    const data = receiverReport({
      ...{ ssrc: 1, source: 2, fractionLost: 3, lost: 4, highest: 5, jitterTicks: 6, ntpMiddle: 7, delay: 8 },
    });
    expect(data.length % 4).toBe(0);
    expect([data[1], data.readUInt16BE(2)]).toEqual([201, 7]);
    expect([4, 8, 12, 16, 20, 24, 28].map((at) => data.readUInt32BE(at))).toEqual([
      1, 2, 0x03000004, 5, 6, 7, 8,
    ]);
    expect([data[33], data.readUInt16BE(34) * 4 + 4]).toEqual([202, data.length - 32]);
    expect(interleave([data], 1).length).toBe(data.length + 4);
  });

  it('hears a goodbye, and nothing in whatever else comes', () => {
    expect(parseRtcp(Buffer.from('81cb000100000001', 'hex')).isBye).toBe(true);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void parseRtcp(Buffer.from(bytes))));
  });
});
