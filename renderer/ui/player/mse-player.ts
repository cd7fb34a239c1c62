import { appendQueue, type AppendQueue } from './append-queue.ts';
import { frameMeter } from './frame-meter.ts';
import { edgeDecision, jitterMeter } from './live-edge.ts';
import { compositionOffset } from './playback-frames.ts';
import { TICKS_PER_SECOND, type Player, type PlayerOptions } from './player.ts';
import { timelinePlace } from './timeline-places.ts';

/** Playing has stopped at a hole if the position has not moved for this long while there is more behind. */
const STUCK_MS = 400;
/** Frames that wait for the source to open: one that does not within seconds is made anew. */
const MOST_EARLY = 300;

/**
 * Plays fMP4 frame by frame in a video element through Media Source Extensions and stays at the live edge: a small
 * cushion against jitter, the playback rate takes up the difference, a jump where that would take too long. The
 * decoder and the compositor are the browser's: the cheapest for a wall of tiles.
 */
export function createMsePlayer(video: HTMLVideoElement, options: PlayerOptions): Player {
  const source = new MediaSource();
  const address = URL.createObjectURL(source);
  const jitter = jitterMeter();
  const meter = frameMeter();
  let mime: string | undefined;
  let buffer: SourceBuffer | undefined;
  let queue: AppendQueue | undefined;
  /** The next init segment or frame starts a timeline: its place in the buffer has to be set. */
  let isNewTimeline = true;
  let init: Uint8Array<ArrayBuffer> | undefined;
  let timeline = timelinePlace(meter.received);
  let isPictureDue = true;
  let isClosed = false;
  let callback = 0;
  let stuckSinceMs: number | undefined;
  let lastPosition = -1;

  video.muted = true;
  video.playsInline = true;
  video.disableRemotePlayback = true;
  video.src = address;
  source.addEventListener('sourceopen', openBuffer);
  video.addEventListener('error', onVideoError);

  function fail(reason: 'unsupported' | 'decoder'): void {
    if (!isClosed) options.onFailure(reason);
  }

  function onVideoError(): void {
    if (video.error) fail('decoder');
  }

  /** Makes the buffer, or changes its type, once both the source is open and the codec known. */
  function openBuffer(): void {
    if (isClosed || !mime || source.readyState !== 'open') return;
    if (buffer) return;
    buffer = source.addSourceBuffer(mime);
    queue = appendQueue(
      buffer,
      () => video.currentTime,
      () => fail('decoder'),
    );
    buffer.addEventListener('updateend', onAppended);
    buffer.addEventListener('error', () => fail('decoder'));
    for (const held of early.splice(0)) queue.push(held);
  }

  const early: Parameters<AppendQueue['push']>[0][] = [];

  function push(item: Parameters<AppendQueue['push']>[0]): void {
    if (queue) queue.push(item);
    else if (early.push(item) > MOST_EARLY) fail('decoder');
  }

  function onAppended(): void {
    if (isClosed || !buffer || buffer.updating) return;
    followEdge();
    queue?.pump();
  }

  function followEdge(): void {
    const { buffered } = video;
    if (buffered.length === 0) return;
    const end = buffered.end(buffered.length - 1);
    const start = buffered.start(buffered.length - 1);
    const target = jitter.target();
    // Before the newest range: the first picture, a hole, or a new timeline after a reconnection.
    if (video.currentTime < start || isHole(end)) video.currentTime = Math.max(start, end - target);
    const decision = edgeDecision(end - video.currentTime, end, target);
    if (decision.kind === 'jump') video.currentTime = Math.max(start, decision.to);
    else if (Math.abs(video.playbackRate - decision.rate) > 0.005) video.playbackRate = decision.rate;
    // A muted element may play without a gesture; where a policy says no, the tile shows its first picture.
    if (video.paused) void video.play().catch(() => undefined);
  }

  /** Whether playing hangs although there is something to play (a range edge that the browser does not cross). */
  function isHole(end: number): boolean {
    const now = performance.now();
    if (video.currentTime !== lastPosition || video.paused || end - video.currentTime < 0.2) {
      lastPosition = video.currentTime;
      stuckSinceMs = undefined;
      return false;
    }
    stuckSinceMs ??= now;
    if (now - stuckSinceMs < STUCK_MS) return false;
    stuckSinceMs = undefined;
    return true;
  }

  /** Asks for the next frame that is shown. Not for each: on a wall of 36 that would be 540 callbacks a second. */
  function lookAtFrame(): void {
    if (callback !== 0 || isClosed) return;
    callback = video.requestVideoFrameCallback((_now, frame) => {
      callback = 0;
      // This is told when the page has time for it; the frame itself says when it was to be seen.
      const agoMs = performance.now() - frame.expectedDisplayTime;
      meter.shown(frame.mediaTime, options.nowMs() - agoMs, frame.presentedFrames);
      if (isPictureDue) options.onPicture();
      isPictureDue = false;
    });
  }

  return {
    track({ codec }) {
      const next = `video/mp4; codecs="${codec}"`;
      if (!MediaSource.isTypeSupported(next)) return fail('unsupported');
      isPictureDue = true;
      isNewTimeline = true;
      mime = next;
      lookAtFrame();
      openBuffer();
    },
    media(header, data) {
      if (isClosed || !mime) return;
      if (header.init) {
        init = data;
        return;
      }
      const seconds = header.ticks / TICKS_PER_SECOND;
      const now = performance.now();
      if (isNewTimeline && init) {
        const type = mime;
        const begun = timelinePlace(meter.received);
        timeline = begun;
        // Where the frame will be is known only when it is its turn: after all that was before it.
        const before = (target: SourceBuffer) => begun.place(placeTimeline(target, type, seconds));
        push({ data: init, key: false, before });
        isNewTimeline = false;
        jitter.reset();
      }
      // What the cache sent came in one go and tells nothing about the network.
      if (!header.cached) jitter.note(now, seconds);
      // The time at which it is shown, not decoded: those differ where there are B-frames.
      const shownSeconds = seconds + compositionOffset(data) / TICKS_PER_SECOND;
      timeline.received(shownSeconds, header.cached ? undefined : header.receivedAtMs);
      push({ data, key: header.key });
    },
    figures() {
      lookAtFrame();
      return meter.figures(options.nowMs());
    },
    frameAtMs: () => meter.receivedAt(video.currentTime),
    close() {
      if (isClosed) return;
      isClosed = true;
      video.cancelVideoFrameCallback(callback);
      video.removeEventListener('error', onVideoError);
      queue?.clear();
      // Frees the decoder now: elements wait for the garbage collector otherwise, and Chromium has some 75.
      video.removeAttribute('src');
      video.load();
      URL.revokeObjectURL(address);
    },
  };

  /** @returns seconds to add to the stream's times to get the buffer's */
  function placeTimeline(target: SourceBuffer, type: string, seconds: number): number {
    target.changeType(type);
    const { buffered } = target;
    const end = buffered.length === 0 ? 0 : buffered.end(buffered.length - 1);
    const shift = end - seconds;
    target.timestampOffset = shift;
    return shift;
  }
}
