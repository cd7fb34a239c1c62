/** Recordings that leave the station as proof: bundles of original MP4 files with a signed list of all of them. */
import { z } from 'zod';
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

/**
 * awaiting_approval: a second person has to agree; queued, running: made one after another; done: the bundle is there;
 * failed, cancelled, rejected: there is none; deleted: it was there.
 */
export const EVIDENCE_STATES = [
  'awaiting_approval',
  'queued',
  'running',
  'done',
  'failed',
  'cancelled',
  'rejected',
  'deleted',
] as const;
export type EvidenceState = (typeof EVIDENCE_STATES)[number];

/** Why there is no bundle, worded as `evidence.failure.<code>`. */
export const EVIDENCE_FAILURES = ['nothing_recorded', 'disk_low', 'disk_error', 'internal'] as const;
/** What the bundle lacks although it is whole otherwise, worded as `evidence.warning.<code>`. */
export const EVIDENCE_WARNINGS = ['unreadable_part', 'no_ffmpeg', 'burn_failed', 'blocked_left_out'] as const;

/** Where both streams of a camera are recorded: `all`, each of them; `main`, the main one, and the sub one where only that is. */
export const EVIDENCE_STREAMS = ['all', 'main'] as const;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** One file of a bundle. */
export const evidenceFile = z.object({ name: z.string(), bytes: z.int(), sha256 });

export const evidenceExport = z.object({
  id: recordId,
  state: z.enum(EVIDENCE_STATES),
  cameraIds: z.array(siteId),
  fromMs: epochMs,
  toMs: epochMs,
  reason: z.string(),
  burnTime: z.boolean(),
  withBlocked: z.boolean(),
  withSound: z.boolean(),
  streams: z.enum(EVIDENCE_STREAMS),
  secondPerson: z.boolean(),
  by: z.string(),
  /** Account that asked: another person has to agree, and two may have one name. Null: the station itself. */
  byId: z.string().nullable(),
  createdAtMs: epochMs,
  /** Who agreed or refused, if a second person was asked. */
  decidedBy: z.string().nullable(),
  decidedAtMs: epochMs.nullable(),
  /** Why it was refused. */
  decidedReason: z.string().nullable(),
  finishedAtMs: epochMs.nullable(),
  /** Share of the work that is done, 0 to 1. */
  progress: z.number().min(0).max(1),
  /** Written so far. */
  bytes: z.int(),
  failure: z.enum(EVIDENCE_FAILURES).nullable(),
  warnings: z.array(z.enum(EVIDENCE_WARNINGS)),
  /** SHA-256 of the public key (SubjectPublicKeyInfo, DER) that signed; what a receiver compares. */
  keyFingerprint: sha256.nullable(),
  /** Empty until it is done. */
  files: z.array(evidenceFile),
});
export type EvidenceExport = z.infer<typeof evidenceExport>;

/** Most that one answer carries: bytes travel as base64 on the console's line. */
export const EVIDENCE_READ_BYTES = 1024 * 1024;

export const evidenceContract = {
  /** Exports that are under way or were made in the last 30 days. */
  live: live('video.evidence', '/evidence/live', evidenceExport),
  list: query('video.evidence', '/evidence').input(z.object(pageInput)).output(page(evidenceExport)),
  /** The key with which bundles are signed: what a receiver compares is told by this, not by the bundle. */
  key: query('video.evidence', '/evidence/key').output(
    z.object({ publicKeyPem: z.string(), fingerprint: sha256 }),
  ),
  /** Answers at once; follow `live`. It waits for a second person where the setting or the request asks for one. */
  start: command('video.evidence', '/evidence')
    .input(
      commandInput({
        cameraIds: z.array(siteId).min(1).max(64),
        fromMs: epochMs,
        toMs: epochMs,
        reason: z.string().trim().min(1).max(500),
        /** Besides the originals a re-encoded copy of each with the time in the picture. */
        burnTime: z.boolean().default(false),
        /** Intervals that are blocked for privacy too; always needs a second person. */
        withBlocked: z.boolean().default(false),
        /** Sound too, where it was recorded. */
        withSound: z.boolean().default(true),
        streams: z.enum(EVIDENCE_STREAMS).default('all'),
        secondPerson: z.boolean().default(false),
      })
        .refine(({ fromMs, toMs }) => fromMs < toMs, {
          message: 'fromMs must be before toMs',
          path: ['toMs'],
        })
        .refine(({ fromMs, toMs }) => toMs - fromMs <= 31 * 86_400_000, {
          message: 'at most 31 days',
          path: ['toMs'],
        }),
    )
    .output(evidenceExport),
  /** By another person than the one who asked. */
  approve: command('video.approve', '/evidence/{id}/approve')
    .input(commandInput({ id: recordId }))
    .output(ok),
  reject: command('video.approve', '/evidence/{id}/reject')
    .input(commandInput({ id: recordId, reason: z.string().trim().min(1).max(500) }))
    .output(ok),
  cancel: command('video.evidence', '/evidence/{id}/cancel')
    .input(commandInput({ id: recordId }))
    .output(ok),
  /** Removes the bundle's files; the record that there was one, and its hashes, stays. */
  remove: command('video.evidence', '/evidence/{id}/remove')
    .input(commandInput({ id: recordId, reason: z.string().trim().min(1).max(500) }))
    .output(ok),
  /** Opens the bundle for `read`, as one ZIP file. The grant ends after 12 hours, and with the station. */
  download: command('video.evidence', '/evidence/{id}/download')
    .input(commandInput({ id: recordId }))
    .output(z.object({ grant: z.string(), fileName: z.string(), bytes: z.int() })),
  /** Bytes of the ZIP from `offset`: as many as asked for, fewer only at its end. Any range, any number of times. */
  read: query('video.evidence', '/evidence/read')
    .input(
      z.object({
        grant: z.string().max(100),
        offset: z.int().min(0),
        length: z.int().min(1).max(EVIDENCE_READ_BYTES).default(EVIDENCE_READ_BYTES),
      }),
    )
    .output(z.object({ base64: z.string() })),
};
