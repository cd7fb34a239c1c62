/** Saved views of the video wall: own ones, and shared ones that everybody sees. */
import { z } from 'zod';
import { layoutOf, MAX_PLACES } from '#domain/wall-layout.ts';
import { command, commandInput, epochMs, live, ok, recordId, siteId } from './base.ts';

const dwellSeconds = z.int().min(3).max(3_600);
/** One place of a wall. A camera that the site no longer has stays named: the console says that it is gone. */
export const viewPlace = z.object({
  cameraId: siteId.nullable(),
  /** `auto`: the smallest stream that is as large as the tile. */
  stream: z.enum(['auto', 'main', 'sub']).default('auto'),
  /** Kept against carousel, hot tile, page turning and alarms. */
  held: z.boolean().default(false),
  /** Cameras that take turns in this place. */
  list: z
    .object({ cameraIds: z.array(siteId).min(2).max(100), dwellSeconds })
    .nullable()
    .default(null),
});
export const viewBody = z
  .object({
    name: z.string().trim().min(1).max(40),
    /** As `electron/domain/wall-layout.ts` names it: `4x3`, `1+5`. */
    layout: z
      .string()
      .max(8)
      .refine((id) => layoutOf(id) !== undefined, 'no such layout'),
    /** As many as the layout has. */
    places: z.array(viewPlace).min(1).max(MAX_PLACES),
    /** The place that follows what the guard picks. */
    hot: z
      .int()
      .min(0)
      .max(MAX_PLACES - 1)
      .nullable()
      .default(null),
    /** Pages that the wall turns by itself, through these cameras; none: through all. */
    carousel: z
      .object({ cameraIds: z.array(siteId).max(1_000).default([]), dwellSeconds })
      .nullable()
      .default(null),
  })
  .refine(({ layout, places }) => layoutOf(layout)?.cells.length === places.length, {
    path: ['places'],
    message: 'as many as the layout has',
  })
  .refine(({ hot, places }) => hot === null || hot < places.length, {
    path: ['hot'],
    message: 'a place of the layout',
  });
export type ViewBody = z.infer<typeof viewBody>;
/** A view as one account sees it. */
export const savedView = z.object({
  id: recordId,
  view: viewBody,
  /** Everybody who may watch video sees it. */
  shared: z.boolean(),
  /** Who saved it last, and when. */
  by: z.string(),
  changedAtMs: epochMs,
  /** Place in this account's list, from 0. */
  rank: z.int(),
  /** Opened when this account first opens the wall after signing in. */
  isDefault: z.boolean(),
});
export type SavedView = z.infer<typeof savedView>;

const one = { id: recordId };
const saved = z.object({ id: recordId });
const body = { id: recordId.optional(), view: viewBody };
export const viewsContract = {
  /** Own views and shared ones, in this account's order. */
  live: live('video.view', '/views/live', savedView),
  /** Saves an own view; with `id` over that one. */
  save: command('video.view', '/views').input(commandInput(body)).output(saved),
  /** Saves a shared view; with `id` over that one, or shares the own view of that id. */
  share: command('video.share', '/views/share').input(commandInput(body)).output(saved),
  remove: command('video.view', '/views/{id}/remove').input(commandInput(one)).output(ok),
  removeShared: command('video.share', '/views/{id}/remove-shared').input(commandInput(one)).output(ok),
  /** This account's order; views that are not named follow as they were. */
  arrange: command('video.view', '/views/order')
    .input(commandInput({ ids: z.array(recordId).max(500) }))
    .output(ok),
  setDefault: command('video.view', '/views/default')
    .input(commandInput({ id: recordId.nullable() }))
    .output(ok),
};
