/** Pictures that people keep of what they see, and what they report with one. */
import { z } from 'zod';
import { command, commandInput, epochMs, query, recordId, siteId } from './base.ts';

/** A picture of 4K without loss takes 16 MB; in text it fits into a message of the hosts (24 MB). */
export const MAX_PICTURE_BYTES = 16 * 1024 * 1024;
/** What a guard sees on a camera; the first is the one that a report begins with. */
export const SEEN_TYPES = [
  'intrusion.area',
  'fire.smoke',
  'vehicle.illegal_parking',
  'door.held',
  'environment.leak',
  'video.tamper',
  'intrusion.loitering',
] as const;

/** A picture as a console has it on screen. */
export const shownPicture = z.object({
  cameraId: siteId,
  /** When the station received the frame that it shows. */
  takenAtMs: epochMs,
  shown: z.enum(['live', 'instant', 'replay']),
  area: z.enum(['whole', 'crop']),
  /** The file, JPEG or PNG. */
  base64: z.base64().max(Math.ceil(MAX_PICTURE_BYTES / 3) * 4),
});
export type ShownPicture = z.infer<typeof shownPicture>;
export const keptPicture = z.object({
  id: recordId,
  cameraId: siteId,
  takenAtMs: epochMs,
  keptAtMs: epochMs,
  by: z.string(),
  sha256: z.string(),
  sizeBytes: z.int(),
  mime: z.enum(['image/jpeg', 'image/png']),
});
export type KeptPicture = z.infer<typeof keptPicture>;

export const picturesContract = {
  /** Keeps a picture as a record: who, when, camera, hash; the file until its class's time is over. */
  keep: command('video.replay', '/pictures').input(commandInput(shownPicture.shape)).output(keptPicture),
  /** What is seen on a picture is an event: recorded with it, and an alarm. */
  report: command('alarm.handle', '/pictures/report')
    .input(
      commandInput({
        type: z.string().min(1).max(64),
        note: z.string().trim().max(500).default(''),
        picture: shownPicture,
      }),
    )
    .output(keptPicture),
  /** A kept picture, checked against its record. */
  get: query('records.view', '/pictures/{id}')
    .input(z.object({ id: recordId }))
    .output(keptPicture.extend({ base64: z.string() })),
};
