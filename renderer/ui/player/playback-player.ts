import type { MediaHeader } from '#contract/media-wire.ts';
import { findBox } from './fmp4-frame.ts';
import { compositionOffset, dueFrame, skipTo, type PendingFrame } from './playback-frames.ts';

/** Decoded pictures that wait for their time: more would starve decoders that have few. */
const DECODED_AHEAD = 5;
/** What leads to a picture is not shown and may go in at once. */
const LEADING_AHEAD = 64;
/** A decoder further behind than this goes to the next key frame. */
const LATE_MS = 1_000;

export interface PlaybackPlayer {
  track(track: { codec: string }): void;
  media(header: MediaHeader, data: Uint8Array<ArrayBuffer>): void;
  /** A jump: what came before is of no interest. Its first picture is shown as soon as it is there. */
  reset(): void;
  /** Shows what is due at the clock's time; call it for each frame of the screen. */
  draw(clockMs: number): void;
  /** Wall time up to which every picture that has come is decoded; Infinity: all are. The clock has to wait there. */
  readyUntilMs(): number;
  /** Wall time of the picture on screen. */
  shownMs(): number | undefined;
  /** Wall time of the picture after it, if that is decoded already. */
  nextMs(): number | undefined;
  close(): void;
}

/** Shows a recording by somebody else's clock: decodes a little ahead and puts each picture on screen when it is due. */
export function createPlaybackPlayer(
  canvas: HTMLCanvasElement,
  on: { picture(wallMs: number): void; failure(reason: 'unsupported' | 'decoder'): void },
): PlaybackPlayer {
  const context = canvas.getContext('2d', { alpha: false });
  let decoder: VideoDecoder | undefined;
  let codec: string | undefined;
  let waiting: PendingFrame[] = [];
  const decoded: VideoFrame[] = [];
  let shownUs: number | undefined;
  /** Pictures before it only lead to it; not known until it has come. */
  let showFromUs = Infinity;
  /** In the decoder, to be shown; microseconds. */
  let decoding: number[] = [];
  let isFirstDue = true;
  let needsKey = true;
  let keyOffset = 0;

  function fail(reason: 'unsupported' | 'decoder'): void {
    clear();
    on.failure(reason);
  }
  function clear(): void {
    waiting = [];
    decoding = [];
    for (const frame of decoded.splice(0)) frame.close();
    if (decoder && decoder.state !== 'closed') decoder.close();
    decoder = undefined;
    needsKey = true;
  }
  function configure(init: Uint8Array<ArrayBuffer>): void {
    const description = findBox(init, 'avcC') ?? findBox(init, 'hvcC');
    if (!codec || !description) return fail('decoder');
    // A file after another one: what is in the decoder is still to be shown.
    if (decoder?.state === 'closed') decoder = undefined;
    if (decoder?.state === 'configured') decoder.flush().catch(() => undefined);
    const made = decoder ?? makeDecoder();
    decoder = made;
    try {
      made.configure({ codec, description, optimizeForLatency: true });
    } catch {
      fail('unsupported');
    }
  }
  function makeDecoder(): VideoDecoder {
    const made: VideoDecoder = new VideoDecoder({
      output(frame) {
        // What a decoder has passed over does not come any more.
        decoding = decoding.filter((time) => time > frame.timestamp);
        if (made !== decoder || frame.timestamp < showFromUs) frame.close();
        else decoded.push(frame);
      },
      error: () => {
        if (made === decoder) fail('decoder');
      },
    });
    return made;
  }
  /** Inits wait in their place between the frames. */
  const inits = new Map<PendingFrame, Uint8Array<ArrayBuffer>>();
  let nextInit: Uint8Array<ArrayBuffer> | undefined;

  function feed(clockMs: number): void {
    const skipped = skipTo(waiting, clockMs, LATE_MS);
    for (const frame of waiting.splice(0, skipped)) {
      const init = inits.get(frame);
      if (init && waiting[0]) inits.set(waiting[0], init);
      inits.delete(frame);
    }
    if (skipped > 0) needsKey = true;
    while (waiting.length > 0) {
      const busy = decoded.length + (decoder?.decodeQueueSize ?? 0);
      if (busy >= (waiting[0]?.cached ? LEADING_AHEAD : DECODED_AHEAD)) return;
      const frame = waiting.shift() as PendingFrame;
      const init = inits.get(frame);
      inits.delete(frame);
      if (init) configure(init);
      if (!decoder || decoder.state !== 'configured' || (needsKey && !frame.key)) continue;
      needsKey = false;
      const type = frame.key ? 'key' : 'delta';
      if (!frame.cached) decoding.push(frame.wallUs);
      decoder.decode(new EncodedVideoChunk({ type, timestamp: frame.wallUs, data: frame.data }));
    }
  }

  function show(frame: VideoFrame): void {
    if (context) {
      if (canvas.width !== frame.displayWidth) canvas.width = frame.displayWidth;
      if (canvas.height !== frame.displayHeight) canvas.height = frame.displayHeight;
      context.drawImage(frame, 0, 0);
    }
    shownUs = frame.timestamp;
    on.picture(frame.timestamp / 1000);
  }

  return {
    track(track) {
      codec = track.codec;
    },
    media(header, data) {
      if (header.init) {
        nextInit = data;
        return;
      }
      const content = findBox(data, 'mdat');
      if (!content) return fail('decoder');
      const offset = compositionOffset(data);
      if (header.key) keyOffset = offset;
      const wallUs = Math.round((header.receivedAtMs + (offset - keyOffset) / 90) * 1000);
      const frame = { key: header.key, wallUs, cached: header.cached, data: content };
      if (!header.cached && showFromUs === Infinity) showFromUs = wallUs;
      if (nextInit) inits.set(frame, nextInit);
      nextInit = undefined;
      waiting.push(frame);
    },
    reset() {
      // The decoder stays: making one takes longer than a jump may.
      if (decoder?.state === 'configured') decoder.reset();
      waiting = [];
      decoding = [];
      for (const frame of decoded.splice(0)) frame.close();
      needsKey = true;
      inits.clear();
      nextInit = undefined;
      showFromUs = Infinity;
      isFirstDue = true;
      shownUs = undefined;
    },
    draw(clockMs) {
      // What leads to the first picture is decoded whatever the clock says.
      feed(isFirstDue ? -Infinity : clockMs);
      if (isFirstDue && decoded.length > 0) {
        isFirstDue = false;
        show(decoded[0] as VideoFrame);
      }
      const due = dueFrame(
        decoded.map(({ timestamp }) => timestamp),
        clockMs,
      );
      if (due < 0) return;
      const frame = decoded[due] as VideoFrame;
      if (frame.timestamp !== shownUs) show(frame);
      for (const old of decoded.splice(0, due + 1)) old.close();
    },
    readyUntilMs() {
      if (isFirstDue) return Infinity;
      const next = waiting[0]?.wallUs ?? Infinity;
      return Math.min(next, ...decoding) / 1000;
    },
    shownMs: () => (shownUs === undefined ? undefined : shownUs / 1000),
    nextMs() {
      const next = decoded.find(({ timestamp }) => shownUs !== undefined && timestamp > shownUs);
      return next && next.timestamp / 1000;
    },
    close() {
      clear();
      inits.clear();
      canvas.width = 0;
      canvas.height = 0;
    },
  };
}
