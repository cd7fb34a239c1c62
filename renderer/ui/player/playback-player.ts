import type { MediaHeader } from '#contract/media-wire.ts';
import { findBox } from './fmp4-frame.ts';
import { dueBack, keptFrames, keptOf } from './playback-back.ts';
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
  /**
   * A jump: what came before is of no interest. Its first picture is shown as soon as it is there, and until then the key
   * frame on the way to it.
   * @param backTiles the clock runs backwards, for so many tiles; 0: forwards
   */
  reset(backTiles: number): void;
  /**
   * Shows what is due at the clock's time; call it for each frame of the screen.
   * @param keyFirst of a jump only the key frame is decoded for now: others are waiting for theirs
   */
  draw(clockMs: number, keyFirst: boolean): void;
  /**
   * Wall time up to which (backwards: down to which) every picture that has come is decoded; Infinity (-Infinity): all are.
   * The clock has to wait there.
   */
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
  on: {
    picture(wallMs: number, isOnTheWay: boolean): void;
    failure(reason: 'unsupported' | 'decoder'): void;
  },
): PlaybackPlayer {
  const context = canvas.getContext('2d', { alpha: false });
  let decoder: VideoDecoder | undefined;
  let codec: string | undefined;
  let waiting: PendingFrame[] = [];
  const decoded: VideoFrame[] = [];
  let shownUs: number | undefined;
  /** Pictures before it only lead to it; not known until it has come. */
  let showFromUs = Infinity;
  /** Where another stream goes on, what leads into it is of before: a picture is never followed by an older one. */
  let newestUs = -Infinity;
  /** In the decoder, to be shown; microseconds. */
  let decoding: number[] = [];
  let isFirstDue = true;
  let needsKey = true;
  let keyOffset = 0;
  /** A key frame on the way to the first picture, to be shown until that is there. */
  let leading: VideoFrame | undefined;
  let isLed = false;
  /** Backwards: for so many tiles; groups that have come whole, the one that comes, the one in the decoder. */
  let backTiles = 0;
  let groups: PendingFrame[][] = [];
  let coming: PendingFrame[] = [];
  let group: { kept: Set<number>; pictures: VideoFrame[] } | undefined;
  let keptCount = 0;

  function fail(reason: 'unsupported' | 'decoder'): void {
    clear();
    on.failure(reason);
  }
  function clear(): void {
    waiting = [];
    decoding = [];
    for (const frame of decoded.splice(0)) frame.close();
    forget();
    if (decoder && decoder.state !== 'closed') decoder.close();
    decoder = undefined;
    needsKey = true;
  }
  function forget(): void {
    leading?.close();
    leading = undefined;
    isLed = false;
    groups = [];
    coming = [];
    for (const frame of group?.pictures ?? []) frame.close();
    group = undefined;
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
      // Backwards many pictures are kept: more than a decoder in hardware can lend.
      const isSoft = backTiles > 0 && isSoftware();
      const hardwareAcceleration = isSoft ? 'prefer-software' : 'no-preference';
      made.configure({ codec, description, optimizeForLatency: true, hardwareAcceleration });
    } catch {
      fail('unsupported');
    }
  }
  const isSoftware = () => codec?.startsWith('avc') ?? false;
  function makeDecoder(): VideoDecoder {
    const made: VideoDecoder = new VideoDecoder({
      output(frame) {
        // What a decoder has passed over does not come any more.
        decoding = decoding.filter((time) => time > frame.timestamp);
        if (made !== decoder) frame.close();
        else if (backTiles > 0) keep(frame);
        else if (frame.timestamp >= showFromUs && frame.timestamp > newestUs) {
          newestUs = frame.timestamp;
          decoded.push(frame);
        } else if (isFirstDue && !isLed && !leading) leading = frame;
        else frame.close();
      },
      error: () => {
        if (made === decoder) fail('decoder');
      },
    });
    return made;
  }
  function keep(frame: VideoFrame): void {
    if (group?.kept.has(frame.timestamp)) group.pictures.push(frame);
    else frame.close();
  }
  /** Inits wait in their place between the frames. */
  const inits = new Map<PendingFrame, Uint8Array<ArrayBuffer>>();
  let nextInit: Uint8Array<ArrayBuffer> | undefined;

  function decode(frame: PendingFrame): void {
    const init = inits.get(frame);
    inits.delete(frame);
    if (init) configure(init);
    if (!decoder || decoder.state !== 'configured' || (needsKey && !frame.key)) return;
    needsKey = false;
    const type = frame.key ? 'key' : 'delta';
    decoder.decode(new EncodedVideoChunk({ type, timestamp: frame.wallUs, data: frame.data }));
    if (backTiles === 0 && !frame.cached) decoding.push(frame.wallUs);
  }
  /** Backwards: a whole group at once, when half of the one before it is shown. */
  function feedBack(): void {
    if (group || decoded.length > Math.max(DECODED_AHEAD, keptCount / 2)) return;
    const next = groups.shift();
    if (!next) return;
    const most = keptFrames(backTiles, canvas.width, canvas.height, isSoftware());
    const mine = { kept: keptOf(next, most), pictures: [] as VideoFrame[] };
    group = mine;
    keptCount = mine.kept.size;
    for (const frame of next) decode(frame);
    // What follows begins with a key frame, so nothing has to stay in the decoder.
    needsKey = true;
    const isIn = decoder?.state === 'configured' ? decoder.flush() : Promise.resolve();
    isIn.then(
      () => {
        if (group !== mine) return;
        decoded.unshift(...mine.pictures.toSorted((a, b) => a.timestamp - b.timestamp));
        group = undefined;
      },
      () => undefined,
    );
  }
  function drawBack(clockMs: number): void {
    feedBack();
    const times = decoded.map(({ timestamp }) => timestamp);
    const due = isFirstDue ? times.length - 1 : dueBack(times, clockMs, shownUs);
    if (due < 0) return;
    isFirstDue = false;
    show(decoded[due] as VideoFrame);
    for (const old of decoded.splice(due)) old.close();
  }

  function feed(clockMs: number, keyFirst: boolean): void {
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
      if (keyFirst && isFirstDue && !waiting[0]?.key) return;
      decode(waiting.shift() as PendingFrame);
    }
  }

  function paint(frame: VideoFrame): void {
    if (context) {
      if (canvas.width !== frame.displayWidth) canvas.width = frame.displayWidth;
      if (canvas.height !== frame.displayHeight) canvas.height = frame.displayHeight;
      context.drawImage(frame, 0, 0);
    }
  }
  function show(frame: VideoFrame): void {
    paint(frame);
    shownUs = frame.timestamp;
    on.picture(frame.timestamp / 1000, false);
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
      if (backTiles === 0) waiting.push(frame);
      else coming.push(frame);
      if (backTiles === 0 || header.cached) return;
      groups.push(coming);
      coming = [];
    },
    reset(tiles) {
      backTiles = tiles;
      forget();
      // The decoder stays: making one takes longer than a jump may.
      if (decoder?.state === 'configured') decoder.reset();
      waiting = [];
      decoding = [];
      for (const frame of decoded.splice(0)) frame.close();
      needsKey = true;
      inits.clear();
      nextInit = undefined;
      showFromUs = Infinity;
      newestUs = -Infinity;
      isFirstDue = true;
      shownUs = undefined;
    },
    draw(clockMs, keyFirst) {
      if (backTiles > 0) return drawBack(clockMs);
      // What leads to the first picture is decoded whatever the clock says.
      feed(isFirstDue ? -Infinity : clockMs, keyFirst);
      if (isFirstDue && decoded.length > 0) {
        isFirstDue = false;
        show(decoded[0] as VideoFrame);
      }
      if (leading) {
        if (isFirstDue) {
          paint(leading);
          on.picture(leading.timestamp / 1000, true);
          isLed = true;
        }
        leading.close();
        leading = undefined;
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
      if (backTiles > 0) {
        const isStarved = !isFirstDue && decoded.length === 0 && (group ?? groups[0] ?? coming[0]);
        return isStarved && shownUs !== undefined ? shownUs / 1000 : -Infinity;
      }
      if (isFirstDue) return Infinity;
      const next = waiting.find(({ cached }) => !cached)?.wallUs ?? Infinity;
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
