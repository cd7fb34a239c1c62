import {
  MEDIA_HEADER_BYTES,
  readMediaHeader,
  writeMediaHeader,
  type MediaHeader,
  type MediaNotice,
  type MediaState,
} from '#contract/media-wire.ts';
import { FfmpegError, streamReason } from '#native/ffmpeg/failure.ts';
import { compositionOffset, retime } from '#native/ffmpeg/fmp4.ts';
import type { MediaTrack } from '#native/ffmpeg/media.ts';
import { startTranscoder, type Transcoder } from '#native/ffmpeg/transcoder.ts';
import type { MediaOutlet } from '#station/ports.ts';
import type { Transcodes } from './transcodes.ts';

/** Large enough for a wall of replays; the main stream is what is recorded. */
const MAX_WIDTH = 1_280;
/** A file begins, or a jump: far enough from what was before that no reordering reaches over it. */
const BREAK_TICKS = 90_000;
const USUAL_TICKS = 3_000;
/** After a failure it is tried again with the next key frame, not sooner than this. */
const AGAIN_MS = 2_000;
/** Told as unsent while ffmpeg has enough to do, so that nothing is added. */
const FULL_BYTES = 64 * 1024 * 1024;

type Notice = Extract<MediaNotice, { type: 'track' }>;
interface Mark {
  header: MediaHeader;
  jump: number;
}

export interface TranscodedReplay extends MediaOutlet {
  close(): void;
}

/**
 * Stands before the outlet of one replay and makes H.264 of its pictures, each on its own (every one a key frame: so it can
 * be shown forwards, backwards and after any jump). Notices, sound and times pass through.
 */
export function transcodedReplay(
  sub: number,
  outlet: MediaOutlet,
  tools: Transcodes['tools'],
  nowMs: () => number,
): TranscodedReplay {
  let source: { notice: Notice; init: Buffer | undefined } | undefined;
  let made:
    { init: Buffer; transcoder: Transcoder<Mark> | undefined; waiting: [Buffer, Mark, number][] } | undefined;
  let shown: MediaTrack | undefined;
  /** The track has to be told again: the console has jumped. */
  let isTrackDue = true;
  let jump = 0;
  let failedAtMs = -Infinity;
  let isClosed = false;
  let ticks = 0;
  let lastTicks: number | undefined;
  let keyOffset = 0;

  function tell(state: Partial<MediaState>): void {
    const calm = { reason: null, attempt: 0, retryAtMs: null, transcoded: null };
    outlet.sendNotice({ type: 'state', sub, state: { ...calm, state: 'live', ...state } });
  }

  function send(data: Uint8Array, header: MediaHeader): void {
    const message = new Uint8Array(MEDIA_HEADER_BYTES + data.length);
    writeMediaHeader(new DataView(message.buffer), header);
    message.set(data, MEDIA_HEADER_BYTES);
    outlet.sendBytes(message);
  }

  function tellTrack(track: MediaTrack): void {
    isTrackDue = false;
    const { codec, width, height } = track;
    const { sound = null, stream } = source?.notice ?? {};
    outlet.sendNotice({ type: 'track', sub, codec, width, height, sound, stream });
    const none = { key: false, discontinuity: false, cached: false, receivedAtMs: 0, ticks: 0, sequence: 0 };
    send(track.init, { ...none, sub, init: true });
  }

  function end(): void {
    const ending = made?.transcoder;
    made = undefined;
    shown = undefined;
    void ending?.stop();
  }

  function fail(error: unknown): void {
    if (isClosed) return;
    end();
    failedAtMs = nowMs();
    const reason = streamReason(error instanceof FfmpegError ? error.code : 'transcoder');
    tell({ state: 'backing_off', reason, retryAtMs: failedAtMs + AGAIN_MS });
  }

  async function begin(init: Buffer): Promise<void> {
    const run = { init, transcoder: undefined, waiting: [] } as NonNullable<typeof made>;
    made = run;
    try {
      const { ffmpeg, encoder } = await tools();
      if (made !== run) return;
      const started = startTranscoder<Mark>(
        { init },
        {
          ...{ label: 'replay transcode', ffmpeg, encoder, maxWidth: MAX_WIDTH, eachAlone: true },
          track(track) {
            if (made !== run) return;
            shown = track;
            isTrackDue = true;
            const { codec, width, height } = source?.notice ?? track;
            tell({ transcoded: { codec, width, height, encoder: encoder.name } });
          },
          frame({ data }, mark) {
            if (made !== run || mark.jump !== jump || !shown) return;
            if (isTrackDue) tellTrack(shown);
            send(data, mark.header);
          },
        },
      );
      started.ended.catch((error: unknown) => made === run && fail(error));
      run.transcoder = started;
      for (const [data, mark, at] of run.waiting.splice(0)) started.push({ data, ticks: at }, mark);
    } catch (error) {
      if (made === run) fail(error);
    }
  }

  function picture(header: MediaHeader, original: Buffer): void {
    const init = source?.init;
    if (!init) return;
    if (made && !made.init.equals(init)) end();
    if (!made) {
      if (!header.key || nowMs() - failedAtMs < AGAIN_MS) return;
      void begin(init);
    }
    const run = made;
    if (!run) return;
    const step = lastTicks === undefined ? BREAK_TICKS : header.ticks - lastTicks;
    const isBreak = header.discontinuity || step > BREAK_TICKS;
    ticks += isBreak ? BREAK_TICKS : step > 0 ? step : USUAL_TICKS;
    lastTicks = header.ticks;
    const data = Buffer.from(original);
    retime(data, ticks, 1);
    const offset = compositionOffset(data);
    if (header.key) keyOffset = offset;
    // What comes out is in the order in which it is shown, each at its own time.
    const receivedAtMs = header.receivedAtMs + (offset - keyOffset) / 90;
    const mark = { header: { ...header, receivedAtMs }, jump };
    if (run.transcoder) run.transcoder.push({ data, ticks }, mark);
    else run.waiting.push([data, mark, ticks]);
  }

  return {
    get unsentBytes() {
      const isFull = made !== undefined && (made.transcoder?.isFull ?? made.waiting.length > 0);
      return outlet.unsentBytes + (isFull ? FULL_BYTES : 0);
    },
    sendNotice(notice) {
      if (notice.type === 'track') {
        source = { notice, init: undefined };
        isTrackDue = true;
        return;
      }
      if (notice.type === 'replay' && notice.state === 'jumped') {
        jump += 1;
        lastTicks = undefined;
      }
      outlet.sendNotice(notice);
    },
    sendBytes(bytes) {
      const header = readMediaHeader(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      if (header.sound) return outlet.sendBytes(bytes);
      const data = Buffer.from(
        bytes.buffer,
        bytes.byteOffset + MEDIA_HEADER_BYTES,
        bytes.byteLength - MEDIA_HEADER_BYTES,
      );
      if (!header.init) picture(header, data);
      else if (source) source.init = data;
    },
    close() {
      isClosed = true;
      end();
    },
  };
}
