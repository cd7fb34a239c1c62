/** Steering cameras. Whoever does something takes control by it, or is refused: `ptz.held`. */
import { z } from 'zod';
import { PTZ_REST_MODES } from '#domain/ptz-rest.ts';
import { ROLES } from '#domain/permissions.ts';
import { command, epochMs, live, lngLat, ok, query, siteId } from './base.ts';
import { ptzMount, recordingWindow } from './site.ts';

/** -1..1: left to right, down to up, wide to near; parts of full speed or of a translation. */
const axis = z.number().min(-1).max(1).default(0);
const speed = z.number().min(0.05).max(1).default(1);
/** Width by height of the picture. */
const aspect = z
  .number()
  .min(0.2)
  .max(5)
  .default(16 / 9);
const token = z.string().min(1).max(64);
const camera = { cameraId: siteId };
/**
 * How often a console that shows cameras has them asked where they look, and how many at once. Figures of this project: a
 * patrol of another system dwells 10 s and more at a preset.
 */
export const WHEREABOUTS_MS = 10_000;
export const WHEREABOUTS_MOST = 64;

export const ptzRest = z.object({
  mode: z.enum(PTZ_REST_MODES),
  steps: z
    .array(z.object({ presetToken: token, dwellSeconds: z.int().min(3).max(3_600), speed: speed.optional() }))
    .max(50),
  /** When it tours; empty: always. Times of the week in the site's time zone. */
  schedule: z.array(recordingWindow).max(20).default([]),
});
/** What became of one camera that was to look at a point. */
export const PTZ_LOOK_OUTCOMES = [
  'turned',
  'held',
  'no_absolute',
  'out_of_range',
  'unreachable',
  'failed',
] as const;
export const ptzLook = z.object({
  cameraId: siteId,
  outcome: z.enum(PTZ_LOOK_OUTCOMES),
  /** Who holds it, and for how long if nothing more is done: outcome `held`. */
  holder: z.string().nullable(),
  seconds: z.int().nullable(),
  /** Why, as of `ptz.reason`: outcomes `unreachable` and `failed`. */
  reason: z.string().nullable(),
});
export type PtzLook = z.infer<typeof ptzLook>;
/** One camera that can be steered. */
export const ptzState = z.object({
  /** The camera's. */
  id: siteId,
  /** Null: nobody steers it. */
  holderId: z.string().nullable(),
  holder: z.string().nullable(),
  role: z.enum(ROLES).nullable(),
  sinceMs: epochMs.nullable(),
  /** When control ends if nothing more is done. */
  releaseAtMs: epochMs.nullable(),
  kept: z.boolean(),
  moving: z.boolean(),
  /** -1..1, zoom 0..1; null where the camera does not tell. */
  position: z
    .object({ pan: z.number().nullable(), tilt: z.number().nullable(), zoom: z.number().nullable() })
    .nullable(),
  presets: z.array(z.object({ token, name: z.string() })),
  /** What it can do; null until it was asked. */
  can: z
    .object({
      panTilt: z.boolean(),
      zoom: z.boolean(),
      home: z.boolean(),
      absolute: z.boolean(),
      /** It can be turned to a point of the map. */
      look: z.boolean(),
      /** A box drawn in the picture can fill it. */
      frame: z.boolean(),
      centre: z.boolean(),
      maxPresets: z.int(),
    })
    .nullable(),
  rest: ptzRest,
  /** Its tour through presets runs now. */
  touring: z.boolean(),
  /** Why it cannot be steered now, worded as `ptz.reason.<code>`. */
  reason: z.string().nullable(),
});
export type PtzState = z.infer<typeof ptzState>;
export type PtzRestInput = z.infer<typeof ptzRest>;

const steer = (path: `/${string}`) => command('video.control', `/ptz/{cameraId}${path}`);
export const ptzContract = {
  live: live('video.view', '/ptz/live', ptzState),
  /** Asks the camera what it can do and which presets it has, if that is not known. */
  open: query('video.control', '/ptz/{cameraId}').input(z.object(camera)).output(ptzState),
  /**
   * Somebody sees these cameras: each is asked where it looks, unless that is known from just now. One that did not answer
   * before, and one that has no PTZ, is left alone.
   */
  whereabouts: query('video.view', '/ptz/whereabouts')
    .input(z.object({ cameraIds: z.array(siteId).min(1).max(WHEREABOUTS_MOST) }))
    .output(ok),
  take: steer('/take').input(z.object(camera)).output(ok),
  /** Keeps control beyond the idle time (ten minutes at most), or no longer. */
  keep: steer('/keep')
    .input(z.object({ ...camera, keep: z.boolean() }))
    .output(ok),
  release: steer('/release').input(z.object(camera)).output(ok),
  /** Moves; stops by itself when this is not called again within a second. */
  move: steer('/move')
    .input(z.object({ ...camera, pan: axis, tilt: axis, zoom: axis }))
    .output(ok),
  stop: steer('/stop').input(z.object(camera)).output(ok),
  relative: steer('/relative')
    .input(z.object({ ...camera, pan: axis, tilt: axis, zoom: axis, speed }))
    .output(ok),
  /** Brings a point of the picture into its middle: halves of the picture, x to the right, y up. */
  centre: steer('/centre')
    .input(
      z.object({
        ...camera,
        x: axis,
        y: axis,
        aspect,
      }),
    )
    .output(ok),
  /** Fills the picture with a box of it: its middle and size as parts of the picture's half and whole. */
  frame: steer('/frame')
    .input(
      z.object({
        ...camera,
        x: axis,
        y: axis,
        /** The larger of the box's width and height, as a part of the picture's. */
        size: z.number().min(0.02).max(1),
        aspect,
      }),
    )
    .output(ok),
  absolute: steer('/absolute')
    .input(
      z.object({
        ...camera,
        pan: z.number().min(-1).max(1).optional(),
        tilt: z.number().min(-1).max(1).optional(),
        zoom: z.number().min(0).max(1).optional(),
        speed,
      }),
    )
    .output(ok),
  home: steer('/home')
    .input(z.object({ ...camera, speed }))
    .output(ok),
  gotoPreset: steer('/presets/goto')
    .input(z.object({ ...camera, token, speed }))
    .output(ok),
  /** Keeps where the camera looks now; with `token` over that preset. */
  setPreset: steer('/presets/set')
    .input(z.object({ ...camera, name: z.string().trim().min(1).max(64), token: token.optional() }))
    .output(z.object({ token })),
  removePreset: steer('/presets/remove')
    .input(z.object({ ...camera, token }))
    .output(ok),
  /**
   * Turns the PTZ cameras that see a point of the map to it. A camera that a person of the same or a higher role holds
   * is left alone; every camera that sees the point is answered for.
   */
  lookAt: command('video.control', '/ptz/look-at')
    .input(
      z.object({
        at: lngLat,
        /** Storey that was pointed at. */
        level: z.int().min(-20).max(200).default(0),
        /** Why: the alarm that is looked at. */
        alarmId: z.string().max(64).optional(),
      }),
    )
    .output(z.object({ cameras: z.array(ptzLook) })),
  /** What it does while nobody steers it. */
  setRest: command('tour.edit', '/ptz/{cameraId}/rest')
    .input(z.object({ ...camera, rest: ptzRest }))
    .output(ok),
  /**
   * Learns how a camera hangs from points of the map that were brought into the middle of its picture, where it said it
   * looked then. Kept with the camera in the site.
   */
  calibrate: command('tour.edit', '/ptz/{cameraId}/calibrate')
    .input(
      z.object({
        ...camera,
        heightMetres: z.number().min(0.5).max(300),
        marks: z
          .array(z.object({ at: lngLat, pan: z.number().min(-1).max(1), tilt: z.number().min(-1).max(1) }))
          .min(1)
          .max(10),
      }),
    )
    .output(z.object({ mount: ptzMount, errorDegrees: z.number() })),
};
