import { boxesIn, findBox, type BoxAt } from './boxes.ts';

/** What a fragmented file says in advance of a track. */
export interface InitTrack {
  id: number;
  /** Ticks per second of its times. */
  timescale: number;
  /** It is heard, not seen. */
  isSound: boolean;
  /** Content of its trak box. */
  trak: Buffer;
  defaults: SampleDefaults;
}
interface SampleDefaults {
  duration: number;
  size: number;
  flags: number;
}

/** A frame (or a packet of sound) as it lies in the data. */
export interface Sample {
  trackId: number;
  /** Decoding time, ticks. */
  dts: number;
  duration: number;
  /** Presentation minus decoding time, ticks; may be negative. */
  offset: number;
  key: boolean;
  start: number;
  end: number;
}

const NON_SYNC = 0x0001_0000;

/**
 * The tracks of an init segment.
 * @param init ftyp + moov
 * @throws RangeError if it is none
 */
export function initTracks(init: Buffer): InitTrack[] {
  const moov = findBox(init, ['moov']);
  if (!moov) throw new RangeError('init segment: no moov');
  const defaults = new Map<number, SampleDefaults>();
  const mvex = findBox(init, ['mvex'], moov.start, moov.end);
  if (mvex)
    for (const trex of boxesIn(init, mvex.start, mvex.end)) {
      if (trex.type !== 'trex') continue;
      const at = (field: number) => init.readUInt32BE(trex.start + field);
      defaults.set(at(4), { duration: at(12), size: at(16), flags: at(20) });
    }
  const tracks: InitTrack[] = [];
  for (const trak of boxesIn(init, moov.start, moov.end)) {
    if (trak.type !== 'trak') continue;
    const tkhd = findBox(init, ['tkhd'], trak.start, trak.end);
    const mdhd = findBox(init, ['mdia', 'mdhd'], trak.start, trak.end);
    if (!tkhd || !mdhd) throw new RangeError('init segment: trak without tkhd or mdhd');
    const id = init.readUInt32BE(tkhd.start + (init[tkhd.start] === 1 ? 20 : 12));
    const timescale = init.readUInt32BE(mdhd.start + (init[mdhd.start] === 1 ? 20 : 12));
    const hdlr = findBox(init, ['mdia', 'hdlr'], trak.start, trak.end);
    const isSound = hdlr !== undefined && init.toString('latin1', hdlr.start + 8, hdlr.start + 12) === 'soun';
    const own = defaults.get(id) ?? { duration: 0, size: 0, flags: 0 };
    tracks.push({ id, timescale, isSound, trak: init.subarray(trak.start, trak.end), defaults: own });
  }
  if (tracks.length === 0) throw new RangeError('init segment: no track');
  return tracks;
}

/**
 * The samples of whole fragments (moof + mdat; other boxes between them are passed over), in the order of the data.
 * @throws RangeError if a sample is not inside of the data
 */
export function* samplesIn(data: Buffer, tracks: readonly InitTrack[]): Generator<Sample> {
  for (const moof of boxesIn(data)) {
    if (moof.type !== 'moof') continue;
    for (const traf of boxesIn(data, moof.start, moof.end))
      if (traf.type === 'traf') yield* samplesOfTrack(data, moof.start - 8, traf, tracks);
  }
}

function* samplesOfTrack(
  data: Buffer,
  moofAt: number,
  traf: BoxAt,
  tracks: readonly InitTrack[],
): Generator<Sample> {
  const tfhd = findBox(data, ['tfhd'], traf.start, traf.end);
  const tfdt = findBox(data, ['tfdt'], traf.start, traf.end);
  if (!tfhd || !tfdt) throw new RangeError('traf without tfhd or tfdt');
  const trackId = data.readUInt32BE(tfhd.start + 4);
  const track = tracks.find((one) => one.id === trackId);
  if (!track) throw new RangeError(`track ${trackId} is not in the init segment`);
  const tfhdFlags = data.readUInt32BE(tfhd.start) & 0xff_ffff;
  let field = tfhd.start + 8;
  const next = (bytes: number) => (field += bytes) - bytes;
  // An absolute base is of the file that it was written in, and here are pieces of files.
  if (tfhdFlags & 0x1) throw new RangeError('tfhd with an absolute base');
  if (tfhdFlags & 0x2) next(4);
  const duration = tfhdFlags & 0x8 ? data.readUInt32BE(next(4)) : track.defaults.duration;
  const size = tfhdFlags & 0x10 ? data.readUInt32BE(next(4)) : track.defaults.size;
  const flags = tfhdFlags & 0x20 ? data.readUInt32BE(next(4)) : track.defaults.flags;
  let dts =
    data[tfdt.start] === 1 ? Number(data.readBigUInt64BE(tfdt.start + 4)) : data.readUInt32BE(tfdt.start + 4);
  let at = -1;
  for (const trun of boxesIn(data, traf.start, traf.end)) {
    if (trun.type !== 'trun') continue;
    const trunFlags = data.readUInt32BE(trun.start) & 0xff_ffff;
    const count = data.readUInt32BE(trun.start + 4);
    field = trun.start + 8;
    if (trunFlags & 0x1) at = moofAt + data.readInt32BE(next(4));
    if (at < 0) throw new RangeError('trun without a place');
    const firstFlags = trunFlags & 0x4 ? data.readUInt32BE(next(4)) : undefined;
    for (let index = 0; index < count; index += 1) {
      const ownDuration = trunFlags & 0x100 ? data.readUInt32BE(next(4)) : duration;
      const ownSize = trunFlags & 0x200 ? data.readUInt32BE(next(4)) : size;
      let ownFlags = trunFlags & 0x400 ? data.readUInt32BE(next(4)) : flags;
      if (index === 0 && firstFlags !== undefined) ownFlags = firstFlags;
      const offset = trunFlags & 0x800 ? data.readInt32BE(next(4)) : 0;
      if (at + ownSize > data.length) throw new RangeError('sample is cut off');
      const key = (ownFlags & NON_SYNC) === 0;
      yield { trackId, dts, duration: ownDuration, offset, key, start: at, end: at + ownSize };
      dts += ownDuration;
      at += ownSize;
    }
  }
}
