import type { Worker, WorkerContext } from '#native/process/supervise.ts';
import { isSamePicture } from './fmp4.ts';
import type { MediaFrame, MediaSink, MediaTrack } from './media.ts';
import { splice, type Splice } from './splice.ts';

/** `ffmpeg` in a process of its own, or `direct`: our RTSP client in this process. */
export type PullKind = 'ffmpeg' | 'direct';

export interface SwitchOptions {
  kind: PullKind;
  /** Starts one pull; resolves with its first frame handed to the sink. */
  start(kind: PullKind, sink: MediaSink, context: WorkerContext): Promise<Worker>;
  /** Gets one stream, whichever pull it is from. */
  sink: MediaSink;
  context: WorkerContext;
  /** The pull that is shown has ended. The kind to go on with at once, its last picture staying; undefined to give up. */
  fallBack(kind: PullKind, error: unknown): PullKind | undefined;
  /** The pull that was to take over failed; the other one goes on. */
  onRefused(kind: PullKind, error: unknown): void;
  onSwitched(kind: PullKind): void;
}

export interface PullSwitch extends Worker {
  /** Of the pull that is shown. */
  readonly kind: PullKind;
  /** Warms up the other kind beside the present one and lets it take over; nothing if that is under way or done. */
  turnTo(kind: PullKind): void;
}

interface Run {
  kind: PullKind;
  abort: AbortController;
  worker: Promise<Worker>;
  track: MediaTrack | undefined;
  /** Frames since its first key frame, while it waits to take over. */
  held: MediaFrame[];
  isOver: boolean;
}

/** A new pull that has pictures takes over at a key frame after this, if no common picture was found. */
const SPLICE_MS = 500;
/** Bounds what is held of a pull that never gets its turn: 4 s of a fast main stream. */
const MAX_HELD = 240;

/**
 * One stream out of pulls that follow each other: a new one is warmed up beside the old one, takes over at a picture
 * that both have sent, and the old one ends. Viewers see neither a gap nor a picture twice, and no new track unless codec
 * or size differ. Rejects if the first pull does not start.
 */
export async function startSwitched(options: SwitchOptions): Promise<PullSwitch> {
  const { context } = options;
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);
  const endings = new Set<Promise<unknown>>();
  const out: Splice = splice(options.sink);
  let isStopped = false;
  let hasStarted = false;
  let candidate: Run | undefined;
  let active = begin(options.kind);

  function begin(kind: PullKind): Run {
    const abort = new AbortController();
    const run: Run = { kind, abort, worker: undefined as never, track: undefined, held: [], isOver: false };
    const sink: MediaSink = {
      track: (track) => onTrack(run, track),
      frame: (frame) => onFrame(run, frame),
      audio: (frame) => run === active && !run.isOver && !isStopped && out.audio(frame),
      skipped: () => undefined,
    };
    const { generation, progress } = context;
    run.worker = options.start(kind, sink, { generation, progress, signal: abort.signal });
    void run.worker.then((worker) => worker.ended).catch((error: unknown) => onEnd(run, error));
    return run;
  }

  function end(run: Run): void {
    run.isOver = true;
    run.held = [];
    run.abort.abort();
    const ending = run.worker.then((worker) => worker.stop()).catch(() => undefined);
    endings.add(ending);
    void ending.then(() => endings.delete(ending));
  }

  function onTrack(run: Run, track: MediaTrack): void {
    run.track = track;
    run.held = [];
    if (run === active) out.track(track);
  }

  function onFrame(run: Run, frame: MediaFrame): void {
    if (isStopped || run.isOver) return;
    if (run === active) return fromActive(frame);
    if (run === candidate) fromCandidate(run, frame);
  }

  function fromActive(frame: MediaFrame): void {
    const next = candidate;
    // The new pull is ahead and has this picture already: it goes on from here.
    const at = next ? next.held.findLastIndex((held) => isSamePicture(held.data, frame.data)) : -1;
    if (next && at >= 0 && (next.held[at]?.key || out.isShown(next.track)))
      return promote(next, at, out.ticksOf(frame));
    out.frame(frame);
  }

  function fromCandidate(run: Run, frame: MediaFrame): void {
    // The new pull is behind: it has got to a picture that has been sent. What was sent since is left out.
    const behind = out.isShown(run.track) ? out.find(frame) : undefined;
    if (behind) {
      run.held = [];
      promote(run, 0, behind.ticks - frame.ticks, behind.newer);
      return;
    }
    const since = run.held[0]?.receivedAtMs;
    const isLate = since !== undefined && frame.receivedAtMs - since > SPLICE_MS;
    const isCut = frame.key && (active.isOver || isLate);
    if (isCut) run.held = [];
    run.held.push(frame);
    if (run.held.length > MAX_HELD) return refuse(run, new Error('never took over'));
    if (isCut) promote(run, 0, out.ticksAt(frame.receivedAtMs));
  }

  /** `ticks`: the time of held frame `from` in the stream that goes out; without held frames, what to add to the times. */
  function promote(run: Run, from: number, ticks: number, skip = 0): void {
    const old = active;
    const { held } = run;
    active = run;
    candidate = undefined;
    run.held = [];
    const first = held[from];
    out.begin(run.track, first ? ticks - first.ticks : ticks, skip);
    for (const frame of held.slice(from)) out.frame(frame);
    end(old);
    options.onSwitched(run.kind);
  }

  function refuse(run: Run, error: unknown): void {
    candidate = undefined;
    end(run);
    options.onRefused(run.kind, error);
    if (active.isOver) ended.reject(error);
  }

  function onEnd(run: Run, error: unknown): void {
    if (run.isOver || isStopped) return;
    if (run === candidate) return refuse(run, error);
    if (run !== active) return;
    end(run);
    if (candidate) {
      const [first] = candidate.held;
      if (first) promote(candidate, 0, out.ticksAt(first.receivedAtMs));
      return;
    }
    const next = hasStarted ? options.fallBack(run.kind, error) : undefined;
    if (next) candidate = begin(next);
    else ended.reject(error);
  }

  const onAbort = () => {
    isStopped = true;
    for (const run of [active, candidate]) run?.abort.abort();
  };
  context.signal.addEventListener('abort', onAbort, { once: true });
  try {
    await active.worker;
    hasStarted = true;
  } catch (error) {
    context.signal.removeEventListener('abort', onAbort);
    throw error;
  }

  return {
    ended: ended.promise,
    get kind() {
      return active.kind;
    },
    turnTo(kind) {
      // A fallback that is under way is the only hope: let it be.
      if (isStopped || active.isOver || candidate?.kind === kind) return;
      if (candidate) end(candidate);
      candidate = active.kind === kind ? undefined : begin(kind);
    },
    async stop() {
      isStopped = true;
      context.signal.removeEventListener('abort', onAbort);
      for (const run of [active, candidate]) if (run) end(run);
      await Promise.all(endings);
    },
  };
}
