/** The sound's track in the head of a file: written, and read again. */
import { boxHead, findBox } from './boxes.ts';
import { flacInfo } from './flac.ts';
import { SOUND_TRACK_ID, type FileSound, type SoundSource } from './sound-types.ts';

function box(type: string, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}
const u32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value >>> 0, index * 4));
  return bytes;
};
const u16 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16BE(value, index * 2));
  return bytes;
};
const zeros = (count: number) => Buffer.alloc(count);
/** A descriptor of MPEG-4 systems (ISO/IEC 14496-1 8.3.3); ours are shorter than 128 bytes. */
const descriptor = (tag: number, ...content: Uint8Array[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag, body.length]), body]);
};

/** ISO/IEC 14496-14 5.6: MPEG-4 audio, a stream of sound. */
function esds(config: Buffer): Buffer {
  const decoder = descriptor(4, Buffer.from([0x40, 0x15, 0, 0, 0]), u32(0, 0), descriptor(5, config));
  return box(
    'esds',
    u32(0),
    descriptor(3, u16(0), Buffer.from([0]), decoder, descriptor(6, Buffer.from([2]))),
  );
}

function sampleEntry(sound: SoundSource): Buffer {
  const isAac = sound.codec === 'aac';
  // Rates above 65,535 do not fit and are in the codec's own data anyway.
  const rate = sound.sampleRate > 0xffff ? 0 : sound.sampleRate * 65_536;
  const about = Buffer.concat([zeros(6), u16(1), zeros(8), u16(sound.channels, 16), zeros(4), u32(rate)]);
  if (isAac) return box('mp4a', about, esds(sound.config));
  return box('fLaC', about, box('dfLa', u32(0), flacInfo(sound.sampleRate)));
}

function soundTrak(sound: SoundSource): Buffer {
  const matrix = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
  const header = box(
    'tkhd',
    u32(3, 0, 0, SOUND_TRACK_ID, 0, 0),
    zeros(8),
    u16(0, 0, 0x100, 0), // volume 1.0
    matrix,
    u32(0, 0),
  );
  const table = box(
    'stbl',
    box('stsd', u32(0, 1), sampleEntry(sound)),
    ...['stts', 'stsc', 'stco'].map((name) => box(name, u32(0, 0))),
    box('stsz', u32(0, 0, 0)),
  );
  const media = box(
    'mdia',
    box('mdhd', u32(0, 0, 0, sound.sampleRate, 0), u16(0x55c4, 0)),
    box('hdlr', u32(0, 0), Buffer.from('soun'), zeros(12), zeros(1)),
    box('minf', box('smhd', u32(0, 0)), box('dinf', box('dref', u32(0, 1), box('url ', u32(1)))), table),
  );
  return box('trak', header, media);
}

/**
 * The head of a file with a track for its sound beside that for its picture.
 * @param init ftyp + moov with the picture's track, 1
 */
export function withSound(init: Buffer, sound: SoundSource): Buffer {
  const ftyp = boxHead(init, 0);
  const at = ftyp?.bytes ?? 0;
  const moov = boxHead(init, at);
  if (ftyp?.type !== 'ftyp' || moov?.type !== 'moov') throw new RangeError('init segment: no moov');
  const parts: Buffer[] = [];
  for (let from = at + 8; from < at + moov.bytes;) {
    const head = boxHead(init, from);
    if (!head) throw new RangeError('init segment: broken moov');
    const content = Buffer.from(init.subarray(from, from + head.bytes));
    // The id of the next track is the last number of mvhd.
    if (head.type === 'mvhd') content.writeUInt32BE(SOUND_TRACK_ID + 1, content.length - 4);
    if (head.type === 'mvex') {
      const more = box('trex', u32(0, SOUND_TRACK_ID, 1, 0, 0, 0));
      parts.push(soundTrak(sound), box('mvex', content.subarray(8), more));
    } else parts.push(content);
    from += head.bytes;
  }
  return Buffer.concat([init.subarray(0, at), box('moov', ...parts)]);
}

/** The sound of a file by its head, or undefined if it has none. */
export function soundOf(init: Buffer): FileSound | undefined {
  const moov = findBox(init, 'moov');
  for (let at = 0; moov && at < moov.length;) {
    const head = boxHead(moov, at);
    if (!head) return undefined;
    const found = head.type === 'trak' ? soundOfTrak(moov.subarray(at + 8, at + head.bytes)) : undefined;
    if (found) return found;
    at += head.bytes;
  }
  return undefined;
}

function soundOfTrak(trak: Buffer): FileSound | undefined {
  const media = findBox(trak, 'mdia');
  const rate = media && findBox(media, 'mdhd')?.readUInt32BE(12);
  const minf = media && findBox(media, 'minf');
  const table = minf && findBox(minf, 'stbl');
  const entry = table && findBox(table, 'stsd')?.subarray(8);
  const head = entry && boxHead(entry, 0);
  if (!entry || !rate || !head || !['mp4a', 'fLaC'].includes(head.type)) return undefined;
  const channels = entry.readUInt16BE(24);
  const own = entry.subarray(8 + 28);
  if (head.type === 'fLaC') {
    const info = findBox(own, 'dfLa')?.subarray(4);
    return (
      info && {
        codec: 'flac',
        sampleRate: rate,
        channels,
        config: Buffer.concat([Buffer.from('fLaC'), info]),
      }
    );
  }
  const config = configOf(findBox(own, 'esds'));
  return config && { codec: `mp4a.40.${objectType(config)}`, sampleRate: rate, channels, config };
}

/** As `esds` above writes it: descriptors 3, 4, 5, each with one byte of length. */
function configOf(content: Buffer | undefined): Buffer | undefined {
  if (!content || content.length < 4 + 5 + 15 + 2 || content[4] !== 3) return undefined;
  const own = content.subarray(4 + 2 + 3 + 2 + 13);
  return own[0] === 5 ? Buffer.from(own.subarray(2, 2 + (own[1] ?? 0))) : undefined;
}

/** The first five bits; 31 says that six more follow (ISO/IEC 14496-3 table 1.16). */
function objectType(config: Buffer): number {
  const bits = ((config[0] ?? 0) << 8) | (config[1] ?? 0);
  return bits >> 11 === 31 ? 32 + ((bits >> 5) & 63) : bits >> 11;
}
