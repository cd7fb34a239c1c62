import { box, boxesIn, findBox, u32, u64, wholeBox, type BoxAt } from './boxes.ts';
import { initTracks, samplesIn, type InitTrack, type Sample } from './fragments.ts';
import { editList, SampleTable } from './sample-table.ts';
import { soundFit, type PlacedSample } from './sound-fit.ts';

/**
 * Where the bytes of a file go, in order; the next call comes when the one before has settled. When it settles, what the
 * call before it was given must be done with: that memory is used again (new memory for each cost a quarter of an export).
 */
export type Sink = (bytes: Buffer) => Promise<void>;

/** Media of one mdat box: large enough for few boxes and writes, small enough to hash without holding the thread. */
const BLOCK_BYTES = 1024 * 1024;
const MOVIE_TIMESCALE = 1000;
/** Seconds from 1904 to 1970. */
const MAC_EPOCH_SECONDS = 2_082_844_800;

export interface Mp4Writer {
  /**
   * Takes whole fragments of the same init segment. Their samples are copied as they are.
   * @param shift ticks of 1/90,000 s to add to their times
   * @throws RangeError if they are damaged; nothing of them is then in the file
   */
  append(data: Buffer, shift: number): Promise<void>;
  /** Writes what is missing: the file is whole then. `durationMs` of its longest track. */
  finish(): Promise<{ durationMs: number; samples: number }>;
}

/**
 * Makes an ordinary MP4 (one sample table at the end, no fragments) of recorded fragments without touching a frame. All
 * bytes are final when they are written, so that the file can be hashed on its way: media lie in a row of mdat boxes
 * whose sizes are known before each.
 * @param init ftyp + moov of the recording
 * @param startMs wall time of its beginning, kept as the creation time
 * @param options.withSound false leaves the sound out
 * @throws RangeError if the init segment is none
 */
export function mp4Writer(init: Buffer, startMs: number, sink: Sink, { withSound = true } = {}): Mp4Writer {
  const known = initTracks(init);
  const tracks = known
    .filter(({ isSound }) => withSound || !isSound)
    .map((track) => ({ ...track, table: new SampleTable() }));
  type Track = (typeof tracks)[number];
  const byId = new Map<number, Track>(tracks.map((track) => [track.id, track]));
  const fit = soundFit();
  let position = 0;
  let block: Buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  /** The one that the sink is done with when it takes the next. */
  let spare: Buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  let filled = 8;
  let isBegun = false;

  async function put(bytes: Buffer): Promise<void> {
    await sink(bytes);
    position += bytes.length;
  }
  async function begin(): Promise<void> {
    if (isBegun) return;
    isBegun = true;
    await put(box('ftyp', Buffer.from('isom'), u32(512), Buffer.from('isomiso2mp41')));
  }
  async function flush(): Promise<void> {
    if (filled === 8) return;
    block.writeUInt32BE(filled, 0);
    block.write('mdat', 4, 'latin1');
    const full = block;
    const bytes = filled;
    filled = 8;
    await put(full.subarray(0, bytes));
    block = spare;
    spare = full;
  }

  return {
    async append(data, shift) {
      const placed = [...samplesIn(data, known)].flatMap((sample) => {
        const track = byId.get(sample.trackId);
        return track ? [placedSample(sample, track, data, shift)] : [];
      });
      await begin();
      for (const { sample: one, data: content } of fit(placed)) {
        const { trackId, start: _start, end: _end, ...sample } = one;
        const bytes = content.length;
        if (filled + bytes > block.length) {
          await flush();
          if (8 + bytes > block.length) block = Buffer.allocUnsafe(8 + bytes);
        }
        content.copy(block, filled);
        const { table } = byId.get(trackId) as Track;
        table.add({ ...sample, bytes }, position + filled);
        filled += bytes;
      }
    },
    async finish() {
      await begin();
      await flush();
      const samples = tracks.reduce((sum, { table }) => sum + table.count, 0);
      const { moov, movieTicks } = movie(tracks, startMs);
      await put(moov);
      return { durationMs: (movieTicks * 1000) / MOVIE_TIMESCALE, samples };
    },
  };
}

function placedSample(sample: Sample, track: InitTrack, data: Buffer, shift: number): PlacedSample {
  const dts = sample.dts + Math.round((shift * track.timescale) / 90_000);
  return {
    sample: { ...sample, dts },
    data: data.subarray(sample.start, sample.end),
    fromS: dts / track.timescale,
    toS: (dts + sample.duration) / track.timescale,
    isPicture: !track.isSound,
  };
}

type TrackToWrite = InitTrack & { table: SampleTable };

function movie(all: readonly TrackToWrite[], startMs: number): { moov: Buffer; movieTicks: number } {
  const tracks = all.filter(({ table }) => table.count > 0);
  const created = Math.floor(startMs / 1000) + MAC_EPOCH_SECONDS;
  const first = Math.min(...tracks.map(({ table, timescale }) => table.firstDts / timescale));
  const lengths = tracks.map(({ table, timescale }) => {
    const delay = Math.round((table.firstDts / timescale - first) * MOVIE_TIMESCALE);
    const length = Math.round((table.ticks * MOVIE_TIMESCALE) / timescale);
    return { delay, length };
  });
  const movieTicks = Math.max(0, ...lengths.map(({ delay, length }) => delay + length));
  const header = box(
    'mvhd',
    u32(0x0100_0000),
    u64(created, created),
    u32(MOVIE_TIMESCALE),
    u64(movieTicks),
    u32(0x1_0000),
    Buffer.from([1, 0, 0, 0]),
    Buffer.alloc(8),
    u32(0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000),
    Buffer.alloc(24),
    u32(Math.max(0, ...tracks.map(({ id }) => id)) + 1),
  );
  const traks = tracks.map((track, index) => {
    const { delay, length } = lengths[index] as { delay: number; length: number };
    return trackBox(track, { created, delay, length });
  });
  return { moov: box('moov', header, ...traks), movieTicks };
}

function trackBox(
  { trak, table, timescale }: TrackToWrite,
  { created, delay, length }: { created: number; delay: number; length: number },
): Buffer {
  const mediaTicks = table.ticks;
  const must = (path: string[]): BoxAt => {
    const found = findBox(trak, path);
    if (!found) throw new RangeError(`init segment: no ${path.join('.')}`);
    return found;
  };
  const tkhd = must(['tkhd']);
  const mdhd = must(['mdia', 'mdhd']);
  // What comes after the times is the same in both versions: layer, volume, matrix, size; language.
  const tkhdRest = trak.subarray(tkhd.start + (trak[tkhd.start] === 1 ? 36 : 24), tkhd.end);
  const mdhdRest = trak.subarray(mdhd.start + (trak[mdhd.start] === 1 ? 32 : 20), mdhd.end);
  const id = trak.readUInt32BE(tkhd.start + (trak[tkhd.start] === 1 ? 20 : 12));
  const minf = must(['mdia', 'minf']);
  const kept = [...boxesIn(trak, minf.start, minf.end)]
    .filter(({ type }) => type !== 'stbl')
    .map((one) => wholeBox(trak, one));
  const stsd = wholeBox(trak, must(['mdia', 'minf', 'stbl', 'stsd']));
  const hdlr = wholeBox(trak, must(['mdia', 'hdlr']));
  return box(
    'trak',
    box('tkhd', u32(0x0100_0003), u64(created, created), u32(id, 0), u64(delay + length), tkhdRest),
    editList(delay, table.firstOffset, length),
    box(
      'mdia',
      box('mdhd', u32(0x0100_0000), u64(created, created), u32(timescale), u64(mediaTicks), mdhdRest),
      hdlr,
      box('minf', ...kept, table.finish(stsd)),
    ),
  );
}
