/**
 * What the media WebSocket carries. One connection serves every tile of a console: pictures are binary messages with
 * a header of 32 bytes, everything else is JSON text.
 */
import { z } from 'zod';
import { epochMs, siteId } from './base.ts';
import { GAP_REASONS } from './recording.contract.ts';
import { CAMERA_REASONS } from './video.contract.ts';

export const STREAM_KINDS = ['main', 'sub'] as const;
export type StreamKind = (typeof STREAM_KINDS)[number];

/** Chosen by the console, unique on its connection while it is open. */
const subscription = z.int().min(1).max(0xffffffff);

const subscriptions = z.array(subscription).min(1).max(64);
/** A number of the console's: what the station sends for a jump is announced under it (`replay` notice). */
const jump = z.int().min(0).max(0xffffffff);
/** Slowest and fastest replay; backwards (a negative speed) too. */
export const REPLAY_SPEED = { min: 1 / 8, max: 16 } as const;
/** Faster than this, only key frames are sent; backwards already faster than at 1x. */
export const REPLAY_ALL_FRAMES_UP_TO = 2;
export const REPLAY_BACK_ALL_FRAMES_UP_TO = 1;
const speed = z
  .number()
  .refine(
    (value) => value === 0 || (Math.abs(value) >= REPLAY_SPEED.min && Math.abs(value) <= REPLAY_SPEED.max),
  );
/**
 * Backwards: after the jump come groups of pictures, the latest first. Within a group the order is that of decoding, all
 * but its last frame marked `cached`; each of them is to be shown when the clock is there.
 */
const back = z.boolean().optional();
const replayStream = z.enum(STREAM_KINDS).optional();

/**
 * From the console.
 *
 * Replay: the console has the clock, one for all of its tiles. It says where that clock is and how fast it runs (`pace`);
 * the station sends each tile's frames some seconds ahead of it and never more (`receivedAtMs` of the header is the wall
 * time at which the frame was recorded: show it when the clock is there). `speed` 0 is a pause. Nothing is skipped at a
 * gap: the next frame comes when the clock gets near it. Where one of a camera's streams goes on in the other, a new track
 * begins, and frames before what was shown already are marked `cached`.
 */
export const mediaRequest = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('open'),
    sub: subscription,
    cameraId: siteId,
    stream: z.enum(STREAM_KINDS),
    /** A tile that a guard works with: the station takes the way with the least delay for it. */
    working: z.boolean().optional(),
    /** In H.264 whatever the camera sends: this console cannot decode that. */
    transcode: z.boolean().optional(),
  }),
  z.object({ type: z.literal('close'), sub: subscription }),
  /**
   * Sound of a stream, live or replayed, from now on or no more. In a replay it comes at 1x only. Silent until asked for:
   * a wall has one tile that is heard.
   */
  z.object({ type: z.literal('listen'), sub: subscription, on: z.boolean() }),
  /** Try now instead of at the next retry. */
  z.object({ type: z.literal('retry'), sub: subscription }),
  /** Opens a recording at a wall time; `sub` is closed by `close` as a live one. */
  z.object({
    type: z.literal('replay'),
    sub: subscription,
    jump,
    cameraId: siteId,
    atMs: epochMs,
    speed,
    /** As with `open`. */
    transcode: z.boolean().optional(),
    back,
    /** Where both streams are recorded, which one is shown; the other one where only that is there. */
    stream: replayStream,
    /** Where the clock was set back and a wall time is recorded twice: which of the two, by the count of `stream` (default: the later one). */
    epoch: z.int().optional(),
  }),
  /** The console's clock stands at `atMs` now and runs at `speed`. Send it on every change and now and then. */
  z.object({ type: z.literal('pace'), subs: subscriptions, atMs: epochMs, speed }),
  /** To another wall time: from its key frame on, the frames before `atMs` marked `cached` (decode, do not show). */
  z.object({
    type: z.literal('seek'),
    subs: subscriptions,
    jump,
    atMs: epochMs,
    back,
    /** From now on this stream, where it is recorded; absent: as before. */
    stream: replayStream,
  }),
  /** As `seek`, to the frame after or before the one shown, whose wall time is `atMs`. For a paused tile. */
  z.object({
    type: z.literal('step'),
    subs: subscriptions,
    jump,
    atMs: epochMs,
    direction: z.union([z.literal(1), z.literal(-1)]),
  }),
]);
export type MediaRequest = z.infer<typeof mediaRequest>;

/** Of one stream: the states and reasons of the contract, and what is known of the picture. */
export const mediaState = z.object({
  state: z.enum(['idle', 'connecting', 'live', 'backing_off']),
  reason: z.enum(CAMERA_REASONS).nullable(),
  attempt: z.int(),
  retryAtMs: z.number().nullable(),
  /** What the station made H.264 of because this console asked for it, and ffmpeg's name of the encoder. */
  transcoded: z
    .object({ codec: z.string(), width: z.int(), height: z.int(), encoder: z.string() })
    .nullable(),
});
export type MediaState = z.infer<typeof mediaState>;

/** How a track's sound is to be decoded: what WebCodecs wants to know. */
export const mediaSound = z.object({
  /** mp4a.40.2, alaw, ulaw, flac */
  codec: z.string(),
  sampleRate: z.int(),
  channels: z.int(),
  /** What the decoder is configured with (AudioSpecificConfig; fLaC and STREAMINFO), base64; empty for G.711. */
  config: z.string(),
});
export type MediaSound = z.infer<typeof mediaSound>;

/** To the console. */
export const mediaNotice = z.discriminatedUnion('type', [
  z.object({ type: z.literal('state'), sub: subscription, state: mediaState }),
  /** Before the init segment of a new track: how to make a decoder for what follows. */
  z.object({
    type: z.literal('track'),
    sub: subscription,
    codec: z.string(),
    width: z.int(),
    height: z.int(),
    /** Null: there is nothing to hear. */
    sound: mediaSound.nullable(),
    /** Of a replay: which of the camera's streams it is. */
    stream: z.enum(STREAM_KINDS).optional(),
  }),
  /**
   * Of a replay. `jumped`: what follows belongs to jump number `jump`; what came before it is of the past, and `atMs` is
   * the wall time of the frame to show first (null: nothing is recorded at or after it). `gap`: nothing is there from
   * `atMs` to `toMs`, and why. `ended`: nothing is recorded after `atMs` so far; frames go on by themselves when there is.
   */
  z.object({
    type: z.literal('replay'),
    sub: subscription,
    jump,
    state: z.enum(['jumped', 'gap', 'blocked', 'ended']),
    atMs: epochMs.nullable(),
    toMs: epochMs.nullable(),
    reason: z.enum(GAP_REASONS).nullable(),
  }),
  /** The subscription was not opened or has ended. */
  z.object({
    type: z.literal('refused'),
    sub: subscription,
    reason: z.enum(['unknown_camera', 'forbidden', 'too_many']),
  }),
]);
export type MediaNotice = z.infer<typeof mediaNotice>;

export const MEDIA_HEADER_BYTES = 32;
const VERSION = 1;
const FLAG = { key: 1, init: 2, discontinuity: 4, cached: 8, sound: 16 };

export interface MediaHeader {
  sub: number;
  /** A key frame. */
  key: boolean;
  /** Not a frame but the init segment (ftyp + moov). */
  init: boolean;
  /** Frames before this one are missing. */
  discontinuity: boolean;
  /** Older than now: sent so that there is a picture at once; go to the newest. */
  cached: boolean;
  /** A packet of sound as its codec counts them, instead of a picture; nothing but `ticks` and `receivedAtMs` is of use. */
  sound?: boolean;
  /** Counts the frames of the stream's subscription, modulo 2^32. */
  sequence: number;
  /** When the station received the frame, UTC milliseconds; in a replay too. */
  receivedAtMs: number;
  /** Decoding time in 1/90,000 s on the stream's own timeline, which begins anew with each init segment; sound: when it is heard. */
  ticks: number;
}

/** Writes the header at the beginning of `view`, big-endian. */
export function writeMediaHeader(view: DataView, header: MediaHeader): void {
  const flags =
    (header.key ? FLAG.key : 0) |
    (header.init ? FLAG.init : 0) |
    (header.discontinuity ? FLAG.discontinuity : 0) |
    (header.cached ? FLAG.cached : 0) |
    (header.sound ? FLAG.sound : 0);
  view.setUint8(0, VERSION);
  view.setUint8(1, flags);
  view.setUint16(2, 0);
  view.setUint32(4, header.sub);
  view.setUint32(8, header.sequence >>> 0);
  view.setUint32(12, 0);
  view.setFloat64(16, header.receivedAtMs);
  view.setFloat64(24, header.ticks);
}

/** @throws RangeError if the message is no media message of this version. */
export function readMediaHeader(view: DataView): MediaHeader {
  if (view.byteLength < MEDIA_HEADER_BYTES || view.getUint8(0) !== VERSION)
    throw new RangeError('media header');
  const flags = view.getUint8(1);
  return {
    sub: view.getUint32(4),
    key: (flags & FLAG.key) !== 0,
    init: (flags & FLAG.init) !== 0,
    discontinuity: (flags & FLAG.discontinuity) !== 0,
    cached: (flags & FLAG.cached) !== 0,
    sound: (flags & FLAG.sound) !== 0,
    sequence: view.getUint32(8),
    receivedAtMs: view.getFloat64(16),
    ticks: view.getFloat64(24),
  };
}
