import { may } from '#domain/permissions.ts';
import { rpc } from '#station/rpc.ts';
import type { RecordingService } from './recording.service.ts';

/** The contract's `recording`. */
export function recordingApi(recording: RecordingService, nowMs: () => number) {
  const { recording: on } = rpc;
  const { holds, volumes, timeline, thumbnails } = recording;
  const ok = { ok: true } as const;
  const mayEvidence = (context: { actor: { role: Parameters<typeof may>[0] | null } }) =>
    context.actor.role !== null && may(context.actor.role, 'video.evidence');
  return {
    live: on.live.handler(({ input, signal }) => recording.live.follow(input.resume, signal)),
    timeline: on.timeline.handler(async ({ input: { cameraIds, fromMs, toMs } }) => ({
      nowMs: nowMs(),
      cameras: await timeline.read(cameraIds, { fromMs, toMs }),
    })),
    days: on.days.handler(async ({ input }) => ({
      recorded: await timeline.days(input.cameraIds, input.dayStartsMs),
    })),
    thumbnail: on.thumbnail.handler(async ({ input: { cameraId, atMs, width }, context }) => {
      const found = await thumbnails.at(cameraId, atMs, width, mayEvidence(context));
      return found && { atMs: found.atMs, jpegBase64: found.jpeg.toString('base64') };
    }),
    locks: on.locks.handler(({ input }) => holds.locks(input)),
    addLock: on.addLock.handler(({ input, context }) => holds.addLock(context.actor, input)),
    setLockTerm: on.setLockTerm.handler(({ input, context }) =>
      holds.setLockTerm(context.actor, input.id, input.untilMs, input.reason),
    ),
    releaseLock: on.releaseLock.handler(({ input, context }) => {
      holds.releaseLock(context.actor, input.id, input.reason);
      return ok;
    }),
    blocks: on.blocks.handler(() => holds.blocks()),
    addBlock: on.addBlock.handler(({ input, context }) => holds.addBlock(context.actor, input)),
    removeBlock: on.removeBlock.handler(({ input, context }) => {
      holds.removeBlock(context.actor, input.id, input.reason);
      return ok;
    }),
    findBookmarks: on.findBookmarks.handler(({ input }) => holds.findBookmarks(input)),
    addBookmark: on.addBookmark.handler(({ input, context }) => holds.addBookmark(context.actor, input)),
    editBookmark: on.editBookmark.handler(({ input, context }) => holds.editBookmark(context.actor, input)),
    removeBookmark: on.removeBookmark.handler(({ input, context }) => {
      holds.removeBookmark(context.actor, input.id);
      return ok;
    }),
    volumes: on.volumes.handler(() => volumes.all().map(volumes.describe)),
    putVolume: on.putVolume.handler(async ({ input, context }) =>
      volumes.describe(await volumes.put(context.actor, input)),
    ),
    removeVolume: on.removeVolume.handler(({ input, context }) => {
      volumes.remove(context.actor, input.id);
      return ok;
    }),
    adoptVolume: on.adoptVolume.handler(async ({ input, context }) =>
      volumes.describe(await volumes.adopt(context.actor, input.id)),
    ),
    allowDeletion: on.allowDeletion.handler(({ input, context }) => {
      volumes.allowDeletion(context.actor, input.id);
      return ok;
    }),
  };
}
