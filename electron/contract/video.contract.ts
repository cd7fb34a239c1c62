import { z } from 'zod';
import { epochMs, live, query, siteId } from './base.ts';

/** Reasons worded as `video.reason.<code>`. */
export const CAMERA_REASONS = [
  'no_route',
  'refused',
  'timeout',
  'unknown_host',
  'wrong_password',
  'certificate_changed',
  'not_found',
  'refused_by_camera',
  'no_video',
  'no_key_frame',
  'codec_not_playable',
  'stalled',
  'ended',
  'bad_data',
  'no_ffmpeg',
  'transcoder',
  'transcoding_off',
  'failed',
] as const;
export const cameraState = z.object({
  id: siteId,
  /** idle: nobody watches it. */
  state: z.enum(['idle', 'connecting', 'live', 'backing_off']),
  reason: z.enum(CAMERA_REASONS).nullable(),
  attempt: z.int(),
  retryAtMs: epochMs.nullable(),
  viewers: z.int(),
  codec: z.string().nullable(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  framesPerSecond: z.number().nullable(),
  kilobitsPerSecond: z.number().nullable(),
});
export type CameraState = z.infer<typeof cameraState>;

/** Media do not travel on the contract's channel: `ticket` lets one media WebSocket in, once. */
export const videoContract = {
  live: live('video.view', '/cameras/live', cameraState),
  ticket: query('video.view', '/media/ticket').output(z.object({ url: z.string(), token: z.string() })),
};
