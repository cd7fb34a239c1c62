import type { RecordingCause } from '#domain/recording-types.ts';
import { diskError, type RecordingErrorCode } from '#native/recording/errors.ts';
import { createRecordingFile, type RecordingFile } from '#native/recording/file-writer.ts';
import { partBuilder } from '#native/recording/part-builder.ts';
import { withSoundOf } from '#native/recording/sound-fragment.ts';
import { soundPacker, type SoundPacker } from '#native/recording/sound-packer.ts';
import type { RecordedSound } from '#native/recording/sound-types.ts';
import {
  TICKS_PER_SECOND,
  type Part,
  type PendingPart,
  type RecordedFrame,
  type RecordedTrack,
} from '#native/recording/types.ts';
import type { Clock } from '#station/clock.ts';
import type { StreamRow } from './files.store.ts';
import type { Library, OpenFile } from './library.ts';
import { fitted, wallJump } from './tape-clock.ts';
import type { Volumes } from './volumes.ts';

/** A file is closed with the first key frame after this; each has its own length, so that not all disks' files change at once. */
const FILE_MS = { least: 240_000, most: 300_000 };
/** A stream without key frames: what follows cannot be shown anyway. */
const FILE_LIMIT_MS = 600_000;
/** What a disk that stands still may leave in memory: twenty seconds of 4 Mbit/s. */
const MAX_QUEUE_BYTES = 10 * 1024 * 1024;
const FLUSH_MS = 1_200;

export interface TapeDeps {
  library: Library;
  volumes: Volumes;
  clock: Clock;
  newId(): string;
  random?: () => number;
  /** The clock was set forward: nothing is recorded between the two times, and nothing was lost. */
  onClockForward(fromMs: number, toMs: number): void;
  onProblem(code: string, detail: string): void;
}
export type TapeProblem = 'disk_full' | 'disk_missing' | 'disk_error' | 'disk_slow';

interface Job {
  kind: 'part';
  part: PendingPart;
  track: RecordedTrack;
  cause: RecordingCause;
  /** Frames before it do not continue in it. */
  isFresh: boolean;
}
/** The file is to end here; `done` when it has. */
interface End {
  kind: 'end';
  done(): void;
}
interface Writing {
  file: OpenFile;
  handle: RecordingFile;
  volume: string;
  track: RecordedTrack;
  limitMs: number;
  firstTicks: number;
  /** The newest part that is in the file. */
  last: Part | undefined;
  /** Parts in the file that a power cut could still take. */
  unsafe: Part[];
  syncing: Promise<void> | undefined;
}

export type Tape = ReturnType<typeof createTape>;

/**
 * Records one stream: frames become parts, parts are written one after another to files that begin with a key frame. A
 * write that fails ends the file where it was good; the next key frame begins another one, on a disk that takes it.
 */
export function createTape(stream: StreamRow, deps: TapeDeps) {
  const { library, volumes, clock } = deps;
  const random = deps.random ?? Math.random;
  const builder = partBuilder();
  const jobs: (Job | End)[] = [];
  let queuedBytes = 0;
  let track: RecordedTrack | undefined;
  let packer: SoundPacker | undefined;
  let isFresh = true;
  let cause: RecordingCause = 'continuous';
  let writing: Writing | undefined;
  let problem: TapeProblem | null = null;
  let lastFrameAtMs = 0;
  let lastPartAtMs: number | null = null;
  let isAbandoned = false;
  let pumping: Promise<void> | undefined;

  function enqueue(pictures: PendingPart | undefined): void {
    if (!pictures || !track) return;
    const sound = packer?.take();
    const part = sound ? withSoundOf(pictures, sound) : pictures;
    if (queuedBytes + part.bytes > MAX_QUEUE_BYTES) {
      setProblem('disk_slow', 'queue is full');
      isFresh = true;
      builder.cutAtNextKey();
      return;
    }
    queuedBytes += part.bytes;
    run({ kind: 'part', part, track, cause, isFresh });
    isFresh = false;
  }

  function run(job: Job | End): void {
    jobs.push(job);
    pumping ??= pump().finally(() => (pumping = undefined));
  }

  function setProblem(code: TapeProblem, detail: string): void {
    if (problem !== code) deps.onProblem(code, detail);
    problem = code;
  }

  async function pump(): Promise<void> {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      if (job.kind === 'end') {
        await endFile();
        job.done();
        continue;
      }
      const isWritten = await tryWrite(job);
      // Another disk may take it, if a file may begin with it.
      if (!isWritten && job.part.startsWithKey && volumes.pick()) await tryWrite(job);
      queuedBytes -= job.part.bytes;
    }
  }

  async function tryWrite(job: Job): Promise<boolean> {
    try {
      await writeOne(job);
      return true;
    } catch (error) {
      await giveUp(diskError(error).code, (error as Error).message);
      return false;
    }
  }

  async function writeOne(job: Job): Promise<void> {
    const { part, isClockSet } = fitted(job.part, writing?.last);
    if (isClockSet) builder.cutAtNextKey();
    if (writing && endsBefore(writing, job, part)) await endFile();
    if (!writing) {
      // A file that does not begin with a key frame could not be shown.
      if (!job.part.startsWithKey) return builder.cutAtNextKey();
      writing = await begin(job);
      if (!writing) return;
      if (isAbandoned) return endFile();
    }
    const to = writing;
    const written = await to.handle.append(part);
    if (isAbandoned) return;
    to.last = written;
    to.unsafe.push(written);
    volumes.wrote(to.volume, written.bytes, false);
    if (written.endWallMs - to.file.row.startMs >= to.limitMs) builder.cutAtNextKey();
    // Not waited for: a slow disk makes safe two parts with one effort, and the next one is written meanwhile.
    to.syncing ??= makeSafe(to).finally(() => (to.syncing = undefined));
  }

  /** Parts enter the index when the disk has said that they are safe. */
  async function makeSafe(to: Writing): Promise<void> {
    while (to.unsafe.length > 0) {
      const batch = to.unsafe.splice(0);
      try {
        await to.handle.sync();
      } catch (error) {
        // What is on the disk now nobody knows; the index ends before it.
        to.unsafe.length = 0;
        if (writing === to) await giveUp(diskError(error).code, (error as Error).message, false);
        return;
      }
      if (isAbandoned) return;
      for (const part of batch) library.add(to.file, part);
      problem = null;
      lastPartAtMs = clock.monotonicMs();
    }
  }

  function endsBefore(
    { track: own, file, limitMs, firstTicks, last }: Writing,
    job: Job,
    part: PendingPart,
  ): boolean {
    if (job.isFresh || job.track !== own) return true;
    const ageMs = part.endWallMs - file.row.startMs;
    if (!part.startsWithKey) return ageMs > FILE_LIMIT_MS;
    const jump = wallJump(job.part, last);
    if (jump === 'away' && last && job.part.wallMs > last.endWallMs)
      deps.onClockForward(last.endWallMs, job.part.wallMs);
    const mediaMs = ((part.endTicks - firstTicks) / TICKS_PER_SECOND) * 1000;
    return jump !== undefined || Math.max(ageMs, mediaMs) >= limitMs || job.cause !== file.row.cause;
  }

  async function begin({ part, track: of, cause: why }: Job): Promise<Writing | undefined> {
    const volume = volumes.pick();
    if (!volume) {
      setProblem(volumes.reason(), 'no volume can be written');
      builder.cutAtNextKey();
      return undefined;
    }
    const uuid = deps.newId();
    const startMs = part.wallMs;
    const epoch = library.epochAt(library.stream(stream.id)!, startMs);
    const path = `${stream.folder}/${new Date(startMs).toISOString().slice(0, 10)}/${uuid}.mp4`;
    const { codec, width, height } = of;
    const about = { codec, width, height, startMs, epoch, cause: why };
    const facts = { id: uuid, cameraId: stream.cameraId, stream: stream.stream, ...about };
    let handle: RecordingFile | undefined;
    try {
      handle = await createRecordingFile(volume.row.path, volumes.fileOf(volume.row.id, path)!, of, facts);
      const bytes = handle.bytes;
      const place = { uuid, volume: volume.row.id, stream: stream.id, path };
      const file = library.begin({ ...place, ...about, endMs: startMs, bytes, closed: 0 });
      volumes.wrote(volume.row.id, bytes, true);
      const limitMs = FILE_MS.least + random() * (FILE_MS.most - FILE_MS.least);
      const none = { last: undefined, unsafe: [], syncing: undefined };
      return { file, handle, volume: volume.row.id, track: of, limitMs, firstTicks: part.ticks, ...none };
    } catch (error) {
      await handle?.close().catch(() => undefined);
      volumes.failed(volume.row.id, diskError(error).code);
      throw error;
    }
  }

  async function endFile(isSynced = true): Promise<void> {
    const ended = writing;
    writing = undefined;
    if (!ended) return;
    if (isSynced && !isAbandoned) await ended.syncing;
    library.end(ended.file);
    await ended.handle.close().catch(() => undefined);
  }

  async function giveUp(code: RecordingErrorCode, detail: string, isSynced = true): Promise<void> {
    if (writing) volumes.failed(writing.volume, code);
    setProblem(code === 'bad_file' ? 'disk_error' : code, detail);
    builder.cutAtNextKey();
    await endFile(isSynced);
  }

  return {
    /** @param of the track that the frame belongs to: another object is another track */
    push(frame: RecordedFrame, of: RecordedTrack, why: RecordingCause): void {
      if (track !== of) {
        enqueue(builder.flush());
        track = of;
        packer = of.audio && soundPacker(of.audio);
        isFresh = true;
      }
      lastFrameAtMs = clock.monotonicMs();
      enqueue(builder.add(frame));
      if (why !== cause) builder.cutAtNextKey();
      cause = why;
    },
    /** Sound beside the pictures; it goes into the file with the part that they make. */
    pushSound(sound: RecordedSound, of: RecordedTrack): void {
      if (track === of) packer?.add(sound);
    },
    /** Called each second: what a silent camera has left in memory is written. */
    tick(): void {
      if (clock.monotonicMs() - lastFrameAtMs > FLUSH_MS) enqueue(builder.flush());
    },
    /** Writes what is there and closes the file; recording may go on with a key frame. */
    finish(): Promise<void> {
      enqueue(builder.flush());
      isFresh = true;
      return new Promise((done) => run({ kind: 'end', done }));
    },
    /** Leaves a write that does not come back to itself: what it was writing is closed as far as it was safe. */
    abandon(): void {
      isAbandoned = true;
      for (const job of jobs.splice(0)) if (job.kind === 'end') job.done();
      void endFile();
    },
    /** Settles when every part that was given so far is written or lost. */
    async written(): Promise<void> {
      await pumping;
      await writing?.syncing;
    },
    get problem() {
      return problem;
    },
    /** When the last part was safe, monotonic; null before the first. */
    get lastPartAtMs() {
      return lastPartAtMs;
    },
  };
}
