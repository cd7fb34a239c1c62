/**
 * What the media WebSocket carries. One connection serves every tile of a console: pictures are binary messages with
 * a header of 32 bytes, everything else is JSON text.
 */
import { z } from 'zod';
import { siteId } from './base.ts';
import { CAMERA_REASONS } from './video.contract.ts';

export const STREAM_KINDS = ['main', 'sub'] as const;
export type StreamKind = (typeof STREAM_KINDS)[number];

/** Chosen by the console, unique on its connection while it is open. */
const subscription = z.int().min(1).max(0xffffffff);

/** From the console. */
export const mediaRequest = z.discriminatedUnion('type', [
  z.object({ type: z.literal('open'), sub: subscription, cameraId: siteId, stream: z.enum(STREAM_KINDS) }),
  z.object({ type: z.literal('close'), sub: subscription }),
  /** Try now instead of at the next retry. */
  z.object({ type: z.literal('retry'), sub: subscription }),
]);
export type MediaRequest = z.infer<typeof mediaRequest>;

/** Of one stream: the states and reasons of the contract, and what is known of the picture. */
export const mediaState = z.object({
  state: z.enum(['idle', 'connecting', 'live', 'backing_off']),
  reason: z.enum(CAMERA_REASONS).nullable(),
  attempt: z.int(),
  retryAtMs: z.number().nullable(),
  /** The station had to re-encode the stream for this console. */
  transcoded: z.boolean(),
});
export type MediaState = z.infer<typeof mediaState>;

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
const FLAG = { key: 1, init: 2, discontinuity: 4, cached: 8 };

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
  /** Counts the frames of the stream's subscription, modulo 2^32. */
  sequence: number;
  /** When the station received the frame, UTC milliseconds. */
  receivedAtMs: number;
  /** Decoding time in 1/90,000 s on the stream's own timeline, which begins anew with each init segment. */
  ticks: number;
}

/** Writes the header at the beginning of `view`, big-endian. */
export function writeMediaHeader(view: DataView, header: MediaHeader): void {
  const flags =
    (header.key ? FLAG.key : 0) |
    (header.init ? FLAG.init : 0) |
    (header.discontinuity ? FLAG.discontinuity : 0) |
    (header.cached ? FLAG.cached : 0);
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
    sequence: view.getUint32(8),
    receivedAtMs: view.getFloat64(16),
    ticks: view.getFloat64(24),
  };
}
