import type { LocalText } from '#contract/base.ts';
import type { CameraFacts } from './camera-export.ts';
import type { StoredExport } from './evidence.store.ts';
import type { BundleFile } from './hashed-file.ts';
import { isoLocal } from '#station/paper/local-time.ts';

export const MANIFEST = 'manifest.json';
export const SIGNATURE = 'manifest.sig';
export const SUMS = 'SHA256SUMS';
export const SUMS_SIGNATURE = 'SHA256SUMS.sig';
export const PUBLIC_KEY = 'station-public-key.pem';

export interface ManifestInput {
  export: StoredExport;
  site: { id: string; name: LocalText; timezone: string };
  version: string;
  hostName: string;
  keyFingerprint: string;
  nowMs: number;
  cameras: readonly { facts: CameraFacts; name: LocalText; place: LocalText | null }[];
  files: readonly BundleFile[];
}

/** Everything that the bundle claims, as one JSON text: it is what is signed. */
export function manifestText(input: ManifestInput): string {
  const { export: one, site } = input;
  const at = (ms: number) => isoLocal(ms, site.timezone);
  const span = ({ fromMs, toMs }: { fromMs: number; toMs: number }) => ({
    ...{ from: at(fromMs), to: at(toMs), fromMs, toMs },
  });
  const manifest = {
    format: 'guardroom-evidence/1',
    id: one.id,
    createdAt: at(input.nowMs),
    createdAtMs: input.nowMs,
    site,
    software: { name: 'Guardroom', version: input.version },
    station: { host: input.hostName, publicKeyFingerprint: input.keyFingerprint },
    operator: one.by,
    approvedBy: one.decidedBy,
    reason: one.reason,
    requested: {
      ...span(one),
      cameraIds: one.cameraIds,
      withBlocked: one.withBlocked,
      withSound: one.withSound,
      streams: one.streams,
    },
    warnings: one.warnings,
    cameras: input.cameras.map(({ facts, name, place }) => ({
      id: facts.id,
      name,
      place,
      videos: facts.videos.map(({ startMs, endMs, clock, burnt, ...video }) => ({
        /** Which of the camera's streams it is. */
        stream: video.stream ?? null,
        ...{ name: video.name, ...span({ fromMs: startMs, toMs: endMs }), durationMs: video.durationMs },
        ...{ frames: video.frames, codec: video.codec, width: video.width, height: video.height },
        /** Codec of its sound; null: there is none in it. */
        sound: video.sound ?? null,
        clockEpoch: video.epoch,
        /** Milliseconds of the video and the wall time that belongs to them; linear in between. */
        clock,
        copyWithTime: burnt,
      })),
      gaps: facts.gaps.map(({ reason, ...gap }) => ({ ...span(gap), reason })),
      blocked: facts.blocked.map(span),
      unreadable: facts.unreadable.map(({ atMs, error }) => ({ at: at(atMs), atMs, error })),
    })),
    files: input.files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** As `sha256sum` writes and checks it, in binary mode. */
export const sumsText = (files: readonly BundleFile[]): string =>
  files.map(({ name, sha256 }) => `${sha256} *${name}\n`).join('');
