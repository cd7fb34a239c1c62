/** What is recorded, where, for how long, and how a console finds it again. Pictures travel over the media socket (`media-wire.ts`). */
import { z } from 'zod';
import {
  GAP_REASONS_OF_RECORDING,
  RECORDING_CAUSES,
  RECORDING_MODES,
  VOLUME_STATES,
} from '#domain/recording-types.ts';
import {
  command,
  commandInput,
  epochMs,
  live,
  ok,
  page,
  pageInput,
  query,
  recordId,
  siteId,
} from './base.ts';
import { CAMERA_REASONS } from './video.contract.ts';

/** Why a camera is not recorded, worded as `recording.reason.<code>`; those of the camera itself as `video.reason.<code>`. */
export const GAP_REASONS = [...GAP_REASONS_OF_RECORDING, ...CAMERA_REASONS] as const;

export const RECORDING_STATES = ['off', 'armed', 'recording', 'waiting', 'stopped'] as const;
const recordingDone = {
  mode: z.enum(RECORDING_MODES),
  /**
   * off: not wanted now (see `reason`); armed: pulled for its pre-roll and waiting for an alarm; recording;
   * waiting: wanted, but the camera sends nothing; stopped: wanted, but it cannot be written.
   */
  state: z.enum(RECORDING_STATES),
  /** Null while it records. */
  reason: z.enum(GAP_REASONS).nullable(),
  cause: z.enum(RECORDING_CAUSES).nullable(),
  kilobitsPerSecond: z.number().nullable(),
};
export const recordingState = z.object({
  /** The camera's. */
  id: siteId,
  /** Of the camera as a whole: it records if any of its streams does. */
  ...recordingDone,
  /** Of each stream that has a rule. */
  streams: z.array(z.object({ stream: z.enum(['main', 'sub']), ...recordingDone })),
  /** Wall time of the oldest and of the newest picture that is kept. */
  oldestMs: epochMs.nullable(),
  newestMs: epochMs.nullable(),
});
export type RecordingState = z.infer<typeof recordingState>;

export const recordingVolume = z.object({
  id: recordId,
  path: z.string(),
  state: z.enum(VOLUME_STATES),
  /** What the file system has left; null if it does not say. */
  freeBytes: z.number().nullable(),
  /** Recordings on it. */
  usedBytes: z.number(),
  /** Null: as much as the disk holds. */
  quotaBytes: z.number().nullable(),
  /** An hour of what is written to it now: kept free before anything has to stop. */
  headRoomBytes: z.number(),
  bytesPerHour: z.number(),
  files: z.int(),
  oldestMs: epochMs.nullable(),
  /** Set while a deletion of more than half of the recordings waits for a person's word. */
  heldDeletion: z.object({ files: z.int(), of: z.int() }).nullable(),
});
export type RecordingVolume = z.infer<typeof recordingVolume>;

const fromTo = { fromMs: epochMs, toMs: epochMs };
const cameraIds = z.array(siteId).min(1).max(64);
const forward = <T extends { fromMs: number; toMs: number }>(value: T) => value.fromMs < value.toMs;
const forwardMessage = { message: 'fromMs must be before toMs', path: ['toMs'] };

export const recordingLock = z.object({
  id: recordId,
  cameraIds: z.array(siteId),
  ...fromTo,
  reason: z.string(),
  /** When the hold ends by itself; null: when somebody releases it. */
  untilMs: epochMs.nullable(),
  by: z.string(),
  createdAtMs: epochMs,
  releasedAtMs: epochMs.nullable(),
  releasedBy: z.string().nullable(),
});
export type RecordingLock = z.infer<typeof recordingLock>;

export const privacyBlock = z.object({
  id: recordId,
  cameraIds: z.array(siteId),
  ...fromTo,
  reason: z.string(),
  by: z.string(),
  createdAtMs: epochMs,
});
export type PrivacyBlock = z.infer<typeof privacyBlock>;

export const bookmark = z.object({
  id: recordId,
  cameraIds: z.array(siteId),
  atMs: epochMs,
  /** End of what is marked; null for a moment. */
  toMs: epochMs.nullable(),
  text: z.string(),
  tags: z.array(z.string()),
  by: z.string(),
  createdAtMs: epochMs,
});
export type Bookmark = z.infer<typeof bookmark>;

export const cameraTimeline = z.object({
  cameraId: siteId,
  /**
   * What is there of each stream, by wall time. `epoch` rises when the clock was set back: the same wall time may then be
   * recorded twice, and ranges of two epochs overlap. Epochs of two streams have nothing to do with each other.
   */
  ranges: z.array(
    z.object({
      ...fromTo,
      epoch: z.int(),
      cause: z.enum(RECORDING_CAUSES),
      stream: z.enum(['main', 'sub']),
    }),
  ),
  /** What is not there up to now, and why. */
  gaps: z.array(z.object({ ...fromTo, reason: z.enum(GAP_REASONS) })),
  locks: z.array(z.object({ id: recordId, ...fromTo })),
  /** Not shown to those without `video.evidence`. */
  blocked: z.array(z.object({ id: recordId, ...fromTo })),
});
export type CameraTimeline = z.infer<typeof cameraTimeline>;

const tag = z.string().trim().min(1).max(40);
const text = (max: number) => z.string().trim().min(1).max(max);

export const recordingContract = {
  /** One line per camera. */
  live: live('video.view', '/recording/live', recordingState),
  timeline: query('video.replay', '/recording/timeline')
    .input(z.object({ cameraIds, ...fromTo }).refine(forward, forwardMessage))
    .output(z.object({ nowMs: epochMs, cameras: z.array(cameraTimeline) })),
  /** Days (local midnight to midnight, given by their starts) on which anything is recorded, for a calendar. */
  days: query('video.replay', '/recording/days')
    .input(z.object({ cameraIds, dayStartsMs: z.array(epochMs).min(2).max(62) }))
    .output(z.object({ recorded: z.array(z.boolean()) })),
  /** The key frame at or before the time, null where nothing is recorded or it is blocked. */
  thumbnail: query('video.replay', '/recording/thumbnail')
    .input(z.object({ cameraId: siteId, atMs: epochMs, width: z.int().min(80).max(1920).default(320) }))
    .output(z.object({ atMs: epochMs, jpegBase64: z.string() }).nullable()),

  locks: query('video.replay', '/recording/locks')
    .input(
      z
        .object({
          /** Those too that are released or past their term. */
          ended: z.boolean().default(false),
          /** Words of the reason, or who locked it. */
          text: z.string().trim().max(100).default(''),
        })
        .default({ ended: false, text: '' }),
    )
    /** Newest first, at most 500. */
    .output(z.array(recordingLock)),
  /** What it covers is never deleted by the program until it ends or is released. */
  addLock: command('video.evidence', '/recording/locks')
    .input(
      commandInput({ cameraIds, ...fromTo, reason: text(500), untilMs: epochMs.nullable() }).refine(
        forward,
        forwardMessage,
      ),
    )
    .output(recordingLock),
  /** Another end, earlier or later, of a lock that holds. */
  setLockTerm: command('video.evidence', '/recording/locks/{id}/term')
    .input(commandInput({ id: recordId, untilMs: epochMs.nullable(), reason: text(500) }))
    .output(recordingLock),
  releaseLock: command('video.evidence', '/recording/locks/{id}/release')
    .input(commandInput({ id: recordId, reason: text(500) }))
    .output(ok),

  blocks: query('video.evidence', '/recording/blocks').output(z.array(privacyBlock)),
  addBlock: command('video.evidence', '/recording/blocks')
    .input(commandInput({ cameraIds, ...fromTo, reason: text(500) }).refine(forward, forwardMessage))
    .output(privacyBlock),
  removeBlock: command('video.evidence', '/recording/blocks/{id}/remove')
    .input(commandInput({ id: recordId, reason: text(500) }))
    .output(ok),

  findBookmarks: query('video.replay', '/recording/bookmarks')
    .input(
      z.object({
        ...pageInput,
        /** Words of the text or the tags. */
        text: z.string().trim().max(100).default(''),
        tag: tag.optional(),
        cameraIds: z.array(siteId).max(64).optional(),
        fromMs: epochMs.optional(),
        toMs: epochMs.optional(),
      }),
    )
    .output(page(bookmark)),
  addBookmark: command('video.replay', '/recording/bookmarks')
    .input(
      commandInput({
        cameraIds,
        atMs: epochMs,
        toMs: epochMs.nullable().default(null),
        text: text(500),
        tags: z.array(tag).max(20).default([]),
      }),
    )
    .output(bookmark),
  editBookmark: command('video.replay', '/recording/bookmarks/{id}')
    .input(commandInput({ id: recordId, text: text(500), tags: z.array(tag).max(20).default([]) }))
    .output(bookmark),
  removeBookmark: command('video.replay', '/recording/bookmarks/{id}/remove')
    .input(commandInput({ id: recordId }))
    .output(ok),

  /** For those who watch recordings and those who look after the station. */
  volumes: query('disks.view', '/recording/volumes').output(z.array(recordingVolume)),
  /** Adds a folder of a disk, or changes the quota of one that is known by its path. */
  putVolume: command('settings.edit', '/recording/volumes')
    .input(commandInput({ path: text(500), quotaBytes: z.int().min(1_000_000_000).nullable().default(null) }))
    .output(recordingVolume),
  /** Its recordings stay where they are and are no longer listed. */
  removeVolume: command('settings.edit', '/recording/volumes/{id}/remove')
    .input(commandInput({ id: recordId }))
    .output(ok),
  /** Takes the disk that is now at the path of a missing or swapped one as a new volume. */
  adoptVolume: command('settings.edit', '/recording/volumes/{id}/adopt')
    .input(commandInput({ id: recordId }))
    .output(recordingVolume),
  /** A person's word that a held deletion (see `heldDeletion`) is meant. */
  allowDeletion: command('settings.edit', '/recording/volumes/{id}/allow-deletion')
    .input(commandInput({ id: recordId }))
    .output(ok),
};
