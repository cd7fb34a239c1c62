/** Bringing cameras in: what is out there, whether it works, many at once. They are added by `site.put`. */
import { z } from 'zod';
import {
  command,
  commandInput,
  epochMs,
  jsonObject,
  live,
  localText,
  ok,
  query,
  recordId,
  siteId,
} from './base.ts';
import { camera, PULL_CHOICES, recordingRule, SOUND_CHOICES, streamUrl } from './site.ts';

/** A code that the console words as `cameras.<group>.<code>` with `params`. */
const coded = z.object({ code: z.string(), params: jsonObject.default({}) });
export type Coded = z.infer<typeof coded>;
const host = z.string().min(1).max(253);
const port = z.int().min(1).max(65_535);
const username = z.string().max(100);
const password = z.string().max(200);

export const foundCamera = z.object({
  /** Endpoint of the device, or its address where it was asked directly. */
  id: z.string(),
  host: z.string(),
  port,
  /** Its addresses are https. */
  secure: z.boolean(),
  name: z.string(),
  hardware: z.string(),
  location: z.string(),
  /** Our own addresses on which it was heard. */
  heardOn: z.array(z.string()),
  /** Cameras of the site at this address. */
  knownCameraIds: z.array(siteId),
});
export type FoundCamera = z.infer<typeof foundCamera>;

export const probedStream = z.object({
  profile: z.string(),
  name: z.string(),
  url: streamUrl,
  codec: z.string(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  framesPerSecond: z.number().nullable(),
  kilobitsPerSecond: z.number().nullable(),
  /** Seconds from one key frame to the next, as configured. */
  keySeconds: z.number().nullable(),
  audioCodec: z.string().nullable(),
});
export type ProbedStream = z.infer<typeof probedStream>;
/** One picture source of a device: a camera, or a channel of a recorder. */
export const probedChannel = z.object({
  source: z.string(),
  main: probedStream,
  /** The largest one that a tile of the wall needs; null when the device has one stream only. */
  sub: probedStream.nullable(),
  ptz: z.boolean(),
  ptzProfile: z.string().nullable(),
});
export const probedDevice = z.object({
  manufacturer: z.string(),
  model: z.string(),
  firmware: z.string(),
  serialNumber: z.string(),
  /** Its clock minus ours; null: it does not tell. */
  clockOffsetMs: z.number().nullable(),
  channels: z.array(probedChannel),
  /** Channels that it has beyond those shown. */
  moreChannels: z.int(),
  /** ONVIF services: media2, ptz, events, imaging, analytics, deviceIo … */
  services: z.array(z.string()),
  events: z.boolean(),
  audioOutputs: z.int(),
  /** Over https: what it showed, and since when it is the trusted one. */
  certificate: z.object({ sha256: z.string(), sinceMs: epochMs }).nullable(),
  warnings: z.array(coded),
});
export type ProbedDevice = z.infer<typeof probedDevice>;

export const streamFacts = z.object({
  codec: z.string(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  framesPerSecond: z.number().nullable(),
  kilobitsPerSecond: z.number().nullable(),
  /** Seconds between key frames as they came; null: no second one while it was watched. */
  keySeconds: z.number().nullable(),
  /** How long it was watched. */
  watchedSeconds: z.number(),
  /** Codecs of its sound, as the stream's description names them. */
  audio: z.array(z.string()),
  clockOffsetMs: z.number().nullable(),
});
export const streamTest = z.object({
  /** Why there is no picture, worded as `cameras.reason.<code>`; null when there is one. */
  reason: z.string().nullable(),
  params: jsonObject,
  /** JPEG, base64. */
  picture: z.string().nullable(),
  facts: streamFacts.nullable(),
  warnings: z.array(coded),
});
export type StreamTest = z.infer<typeof streamTest>;

export const cameraTemplate = z.object({
  id: z.string(),
  name: localText,
  /** With {host}, {port} and {channel}. */
  main: z.string(),
  sub: z.string().nullable(),
  port,
  /** Usual logins of a camera fresh from the box, to be tried when somebody asks for it. */
  defaultLogins: z.int(),
});
export type CameraTemplate = z.infer<typeof cameraTemplate>;

export const importedRow = z.object({
  /** Row of the file, its head being 1. */
  row: z.int(),
  id: z.string(),
  name: z.string(),
  address: z.string(),
  hasPassword: z.boolean(),
  /** Replaces a camera that is there. */
  replaces: z.boolean(),
  /** A whole row that is wrong has an empty `column`; else as it is headed in the file. */
  problems: z.array(coded.extend({ column: z.string() })),
});
export type ImportedRow = z.infer<typeof importedRow>;

/** A camera's clock against the station's, as its device last told it. */
export const cameraClock = z.object({
  id: siteId,
  /** Its clock minus ours. */
  offsetMs: z.int(),
  measuredAtMs: epochMs,
  /** So far that records of camera and station contradict each other. */
  isOff: z.boolean(),
});
export type CameraClock = z.infer<typeof cameraClock>;

/** What is heard of a camera whose ONVIF events are taken, since the station started. */
export const cameraEvents = z.object({
  id: siteId,
  state: z.enum(['connecting', 'listening', 'failed']),
  /** Why not, worded as `cameras.reason.<code>`: state `failed`. */
  reason: z.string().nullable(),
  sinceMs: epochMs,
  heard: z.int(),
  /** As the device names it, without prefixes. */
  lastTopic: z.string().nullable(),
  lastAtMs: epochMs.nullable(),
  /** Topics that the station does not know, the latest first: nothing is made of them. */
  unknown: z.array(z.object({ topic: z.string(), count: z.int(), lastAtMs: epochMs })),
});
export type CameraEvents = z.infer<typeof cameraEvents>;

/** A change of many cameras that was made as one, and can be taken back as one. */
export const cameraBatch = z.object({
  id: recordId,
  kind: z.enum(['import', 'add', 'change']),
  atMs: epochMs,
  by: z.string(),
  cameraIds: z.array(siteId),
  undoneAtMs: epochMs.nullable(),
});
export type CameraBatch = z.infer<typeof cameraBatch>;

/** What can be changed of many cameras at once; what is absent stays as each has it. */
export const cameraChange = z.object({
  placeId: siteId.optional(),
  transport: z.enum(['tcp', 'udp']).optional(),
  pull: z.enum(PULL_CHOICES).optional(),
  sound: z.enum(SOUND_CHOICES).optional(),
  username: username.optional(),
  password: password.optional(),
  onvifEvents: z.boolean().optional(),
  recording: recordingRule.optional(),
});
export type CameraChange = z.infer<typeof cameraChange>;
const many = z.object({ count: z.int(), batchId: recordId.nullable() });

export const camerasContract = {
  /** Multicast on every interface, and the addresses given; nothing else is asked. Seconds to a minute. */
  discover: command('site.edit', '/cameras/discover')
    .input(
      z.object({
        multicast: z.boolean().default(true),
        seconds: z.number().min(1).max(15).default(4),
        /** `192.168.1.64`, `192.168.1.10-40`, `192.168.1.0/24`, separated by blanks or commas. */
        addresses: z.string().max(2_000).default(''),
        ports: z.array(port).max(8).optional(),
      }),
    )
    .output(
      z.object({
        devices: z.array(foundCamera),
        interfaces: z.array(z.object({ address: z.string(), failed: z.string().nullable() })),
        askedAddresses: z.int(),
      }),
    ),
  /** Asks a device by ONVIF what it has. */
  probe: command('site.edit', '/cameras/probe')
    .input(
      z.object({
        host,
        port: port.default(80),
        secure: z.boolean().default(false),
        username: username.default(''),
        password: password.default(''),
      }),
    )
    .output(
      z.object({
        reason: z.string().nullable(),
        params: jsonObject,
        device: probedDevice.nullable(),
      }),
    ),
  /** Pulls a stream for some seconds. Of a camera of the site with its stored login, or of an address. */
  test: command('site.edit', '/cameras/test')
    .input(
      z.object({
        cameraId: siteId.optional(),
        stream: z.enum(['main', 'sub']).default('main'),
        url: streamUrl.optional(),
        transport: z.enum(['tcp', 'udp']).default('tcp'),
        username: username.default(''),
        password: password.default(''),
        onvif: z.object({ address: host, port, secure: z.boolean().default(false) }).optional(),
        /** Logs in with the usual passwords too: some cameras lock the account after wrong ones. */
        tryDefaults: z.boolean().default(false),
        template: z.string().max(40).optional(),
      }),
    )
    .output(streamTest),
  templates: query('site.edit', '/cameras/templates').output(z.array(cameraTemplate)),
  /** Reads a list of cameras (CSV or .xlsx); with `apply` and no problem, adds them. */
  importFile: command('site.edit', '/cameras/import')
    .input(
      commandInput({
        name: z.string().min(1).max(200),
        /** The file, base64. */
        content: z.string().max(12_000_000),
        apply: z.boolean().default(false),
      }),
    )
    .output(
      z.object({
        /** Of the file as a whole, e.g. a column that is missing. */
        problems: z.array(coded),
        rows: z.array(importedRow),
        unknownColumns: z.array(z.string()),
        added: z.int(),
        /** For `undo`. */
        batchId: recordId.nullable(),
      }),
    ),
  /** Adds several, e.g. all channels of a recorder: all or none. */
  addMany: command('site.edit', '/cameras/add')
    .input(
      commandInput({
        cameras: z
          .array(z.object({ camera, password: password.optional() }))
          .min(1)
          .max(256),
      }),
    )
    .output(many),
  /** The same change to several: all or none. */
  changeMany: command('site.edit', '/cameras/change')
    .input(commandInput({ cameraIds: z.array(siteId).min(1).max(5_000), change: cameraChange }))
    .output(many),
  /** Whether a password is stored for a camera; nobody is told which. */
  hasPassword: query('site.edit', '/cameras/{cameraId}/password')
    .input(z.object({ cameraId: siteId }))
    .output(z.object({ stored: z.boolean() })),
  /** The latest changes of many, newest first. */
  batches: query('site.edit', '/cameras/batches').output(z.array(cameraBatch)),
  /** Puts the cameras of a change back as they were; refused when one was changed since. */
  undo: command('site.edit', '/cameras/undo')
    .input(commandInput({ batchId: recordId }))
    .output(z.object({ count: z.int() })),
  /** Sets another password on the device itself (ONVIF) and stores it for every camera of that device and user. */
  changePassword: command('site.edit', '/cameras/password')
    .input(commandInput({ cameraId: siteId, password: z.string().min(1).max(200) }))
    .output(z.object({ reason: z.string().nullable(), params: jsonObject, cameraIds: z.array(siteId) })),
  /** From now on this certificate is the trusted one of that address. */
  trust: command('site.edit', '/cameras/trust')
    .input(commandInput({ host, port, sha256: z.string().regex(/^[0-9a-f]{64}$/) }))
    .output(ok),
  clocks: live('session', '/cameras/clocks', cameraClock),
  events: live('site.edit', '/cameras/events', cameraEvents),
};
