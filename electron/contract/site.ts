/** The park as data: the schema of the site file (YAML) and of what the console edits. */
import { z } from 'zod';
import { ROLES } from '#domain/permissions.ts';
import { RECORDING_MODES } from '#domain/recording-types.ts';
import { localText, lngLat, priority, siteId } from './base.ts';

export const DEVICE_KINDS = [
  'fire_controller', 'smoke', 'heat', 'manual_call_point', 'hydrant', 'sprinkler',
  'gas', 'fence_vibration', 'fence_beam', 'intercom', 'panic_button', 'door', 'turnstile', 'barrier',
  'elevator', 'pump', 'hvac', 'light', 'energy_meter', 'water_meter', 'transformer', 'ups', 'generator', 'pv',
  'environment', 'water_level', 'parking', 'speaker', 'patrol_terminal', 'gateway', 'server_room', 'other',
] as const; // prettier-ignore

export const place = z.object({
  id: siteId,
  kind: z.enum(['park', 'building', 'floor', 'area']),
  name: localText,
  parentId: siteId.optional(),
  /** Storey: 0 ground and outdoors, 1 the first above it, -1 the first basement. */
  level: z.int().min(-20).max(200).optional(),
  heightMetres: z.number().min(0).max(1000).optional(),
  /** Outer ring, not closed. */
  outline: z.array(lngLat).min(3).max(500).optional(),
});
export const point = z.object({
  key: z.string().min(1).max(64),
  name: localText,
  kind: z.enum(['number', 'boolean', 'state']),
  unit: z.string().max(16).optional(),
  low: z.number().optional(),
  high: z.number().optional(),
});
export const device = z.object({
  id: siteId,
  kind: z.enum(DEVICE_KINDS),
  name: localText,
  placeId: siteId,
  position: lngLat.optional(),
  model: z.string().max(100).optional(),
  /** Silence for longer makes the device offline. 0: it sends no heartbeat. */
  heartbeatSeconds: z.int().min(0).max(86_400).default(0),
  points: z.array(point).max(200).default([]),
  /** Names of commands that it takes over MQTT. */
  commands: z.array(z.string().min(1).max(64)).max(50).default([]),
  /** Cameras that see it: an alarm of the device opens them, first one first. */
  cameraIds: z.array(siteId).max(15).default([]),
});
/**
 * An rtsp:// or rtsps:// address without user or password in front of the host: those have fields of their own. A login
 * that a camera wants inside of the address is sealed when it is stored (`domain/stream-login.ts`).
 */
export const streamUrl = z
  .url({ protocol: /^rtsps?$/ })
  .max(1_000)
  .refine((value) => !/^rtsps?:\/\/[^/?#]*@/i.test(value), {
    message: 'credentials belong in username and password',
    params: { code: 'login_in_address' },
  });
const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'HH:MM');
/**
 * Who pulls a camera: `ffmpeg` in a process of its own; `direct`, the station's own client, least delay, with ffmpeg as
 * its fallback; `auto`: as the station's setting `video.pull` says.
 */
export const PULL_CHOICES = ['auto', 'ffmpeg', 'direct'] as const;
export type PullChoice = (typeof PULL_CHOICES)[number];
/**
 * A camera's sound: `live`, it can be heard beside the picture; `record`, it is kept too. What people say near a camera is
 * personal information (PIPL of the PRC, art. 26 and 28): it is recorded only where somebody has decided so for that camera.
 */
export const SOUND_CHOICES = ['off', 'live', 'record'] as const;
export type SoundChoice = (typeof SOUND_CHOICES)[number];
/** Times of the week in the site's time zone; a window whose end is before its start goes on over midnight. */
export const recordingWindow = z.object({
  /** 1 Monday to 7 Sunday: the days on which the window begins. */
  days: z.array(z.int().min(1).max(7)).min(1).max(7),
  from: timeOfDay,
  to: timeOfDay,
});
const recordingTerms = {
  /** For mode `schedule`. */
  schedule: z.array(recordingWindow).max(50).default([]),
  /** On alarm: how much before and after it. Before it only in mode `alarm`, where the stream is pulled all the time. */
  preSeconds: z.int().min(0).max(60).default(10),
  postSeconds: z.int().min(5).max(3_600).default(60),
  /** After this many days it is deleted unless it is locked; 30 and 90 are usual. */
  keepDays: z.int().min(1).max(3_650).default(30),
  /**
   * What has a part of the time around an alarm (from when this is set) is kept this long, if that is longer. On a full
   * disk it goes after everything else.
   */
  keepAlarmDays: z.int().min(1).max(3_650).optional(),
};
const recordingMode = z.enum(RECORDING_MODES).default('off');
/** How one of a camera's streams is recorded. */
export const streamRule = z.object({ mode: recordingMode, ...recordingTerms });
export type StreamRule = z.infer<typeof streamRule>;
/** How a camera is recorded. A camera without it is not recorded: room on a disk is a decision of the park. */
export const recordingRule = z.object({
  mode: recordingMode,
  stream: z.enum(['main', 'sub']).default('main'),
  ...recordingTerms,
  /** The camera's other stream, recorded at the same time by a rule of its own; for cameras that have two. */
  beside: streamRule.optional(),
});
export type RecordingRule = z.infer<typeof recordingRule>;
/** The device service of a camera that speaks ONVIF. */
export const cameraOnvif = z.object({
  /** Host name or address, no scheme. */
  address: z
    .string()
    .max(253)
    .regex(/^[A-Za-z0-9.:_-]+$/, 'a host name or address'),
  port: z.int().min(1).max(65_535).default(80),
  /** Over HTTPS; the certificate seen first is the one that is trusted. */
  secure: z.boolean().default(false),
  /** Video source of the device: which channel of a recorder this camera is. Its events are told by it. */
  source: z.string().min(1).max(128).optional(),
  /** Media profile that PTZ goes with; absent: the device's first one that has PTZ. */
  profile: z.string().min(1).max(128).optional(),
  /** Motion, tampering and inputs that the device reports become events of the station. */
  events: z.boolean().default(false),
});
/**
 * How a PTZ camera hangs, to turn it to a point of the map: its numbers (ONVIF generic spaces) against bearings and
 * elevations. What is not given counts as the usual: at pan 0 it looks in `directionDegrees`, pan 1 is half a turn.
 */
export const ptzMount = z.object({
  /** Of the lens above the ground; a view goes over buildings that are lower. */
  heightMetres: z.number().min(0.5).max(300).default(6),
  /** Bearing at pan 0. */
  panZeroDegrees: z.number().min(0).max(360).optional(),
  panHalfDegrees: z.number().min(30).max(360).optional(),
  /** Seen from above, a growing pan turns clockwise. */
  clockwise: z.boolean().optional(),
  /** Elevation at tilt 0 (0 is the horizon, -90 straight down), and what one unit of tilt adds. */
  tiltZeroDegrees: z.number().min(-90).max(90).optional(),
  tiltDegrees: z.number().min(-180).max(180).optional(),
  /** Optical zoom, times. */
  zoomTimes: z.number().min(1).max(100).optional(),
});
export const camera = z.object({
  id: siteId,
  name: localText,
  placeId: siteId,
  position: lngLat.optional(),
  mainUrl: streamUrl,
  subUrl: streamUrl.optional(),
  transport: z.enum(['tcp', 'udp']).default('tcp'),
  pull: z.enum(PULL_CHOICES).default('auto'),
  sound: z.enum(SOUND_CHOICES).default('live'),
  username: z.string().max(100).optional(),
  /** Bearing of the view, degrees clockwise from north; opening angle; reach. */
  directionDegrees: z.number().min(0).max(360).optional(),
  viewAngleDegrees: z.number().min(1).max(360).optional(),
  reachMetres: z.number().min(1).max(5000).optional(),
  ptz: z.boolean().default(false),
  mount: ptzMount.optional(),
  onvif: cameraOnvif.optional(),
  recording: recordingRule.optional(),
});
export const perimeterZone = z.object({
  id: siteId,
  name: localText,
  placeId: siteId,
  line: z.array(lngLat).min(2).max(200),
  /** Detectors of the zone. */
  deviceIds: z.array(siteId).min(1).max(200),
  /** The device that takes the `arm` and `disarm` commands. */
  controllerId: siteId,
  cameraIds: z.array(siteId).max(15).default([]),
});
export const broadcastZone = z.object({
  id: siteId,
  name: localText,
  placeId: siteId,
  output: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('rtp'),
      host: z.union([z.ipv4(), z.ipv6()]),
      port: z.int().min(1024).max(65_534),
      codec: z.enum(['pcma', 'pcmu', 'opus']).default('pcma'),
      /** Multicast hops. */
      ttl: z.int().min(0).max(64).default(4),
    }),
    z.object({ kind: z.literal('local') }),
  ]),
});
export const contact = z.object({
  id: siteId,
  name: localText,
  role: localText,
  phone: z.string().min(1).max(40),
  group: z.enum(['emergency', 'command', 'security', 'maintenance', 'tenant', 'outside']),
});
export const checkpoint = z.object({ id: siteId, name: localText, placeId: siteId, position: lngLat });
export const patrolRoute = z.object({
  id: siteId,
  name: localText,
  checkpointIds: z.array(siteId).min(1).max(200),
  /** Walking time allowed from one checkpoint to the next. */
  legMinutes: z.number().min(1).max(600).default(10),
});
/** Alarm types whose priority this park sets differently, by code; `default` catches unknown ones. */
export const alarmPriorities = z.record(z.string().max(64), priority);
export const demoAccount = z.object({
  username: z.string().min(2).max(40),
  name: localText,
  role: z.enum(ROLES),
  password: z.string().min(4).max(100),
});

/** Collections of the site file that the console edits, with the schema of one object each. */
export const siteCollections = {
  places: place,
  devices: device,
  cameras: camera,
  perimeterZones: perimeterZone,
  broadcastZones: broadcastZone,
  contacts: contact,
  checkpoints: checkpoint,
  patrolRoutes: patrolRoute,
} as const;
export type SiteCollection = keyof typeof siteCollections;
export const SITE_COLLECTIONS = Object.keys(siteCollections) as SiteCollection[];

export const siteInfo = z.object({
  /** Second topic level of `guardroom/v1/<site>/…`. */
  id: siteId,
  name: localText,
  guardRoom: localText,
  /** A demo park has known passwords: it can never be turned into a real one. */
  kind: z.enum(['demo', 'real']),
  timezone: z.string().max(64).default('Asia/Shanghai'),
  center: lngLat,
  zoom: z.number().min(1).max(22).default(16),
});
const list = <T extends z.ZodType>(item: T) => z.array(item).max(20_000).default([]);
export const site = z.object({
  site: siteInfo,
  places: list(place),
  devices: list(device),
  cameras: list(camera),
  perimeterZones: list(perimeterZone),
  broadcastZones: list(broadcastZone),
  contacts: list(contact),
  checkpoints: list(checkpoint),
  patrolRoutes: list(patrolRoute),
  alarmPriorities: alarmPriorities.default({}),
});
/** The file on disk: the site, plus what never leaves the station. */
export const siteFile = site.extend({
  cameras: list(camera.extend({ password: z.string().max(200).optional() })),
  demoAccounts: z.array(demoAccount).max(20).default([]),
});
export type Site = z.infer<typeof site>;
export type SiteFile = z.infer<typeof siteFile>;
export type Place = z.infer<typeof place>;
export type Device = z.infer<typeof device>;
export type Camera = z.infer<typeof camera>;
export type PerimeterZone = z.infer<typeof perimeterZone>;
export type BroadcastZone = z.infer<typeof broadcastZone>;
export type Contact = z.infer<typeof contact>;
export type Checkpoint = z.infer<typeof checkpoint>;
export type PatrolRoute = z.infer<typeof patrolRoute>;
