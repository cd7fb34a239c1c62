/** What every contract file builds on: common schemas, method kinds, live collections, errors. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import type { Permission } from '#domain/permissions.ts';

/** A name in both languages. Chinese is never empty; an empty English one falls back to Chinese. */
export const localText = z.object({ zh: z.string().min(1).max(300), en: z.string().max(300).default('') });
export type LocalText = z.infer<typeof localText>;

/** Id of a thing in the site file: short, stable, safe in topics and paths. */
export const siteId = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'letters, digits, dot, dash, underscore');
/** Id of a record: UUIDv7. */
export const recordId = z.uuid();
/** UTC milliseconds since 1970. */
export const epochMs = z.int().min(0).max(8_640_000_000_000_000);
/** [longitude, latitude] in degrees, WGS 84 order as in GeoJSON. */
export const lngLat = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);
export type LngLat = z.infer<typeof lngLat>;
/** 1 critical, 2 high, 3 medium, 4 low. */
export const priority = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);
export type Priority = z.infer<typeof priority>;
export const jsonObject = z.record(z.string().max(128), z.json());
export type JsonObject = z.infer<typeof jsonObject>;

/** `public` needs no session (sign-in), `session` any signed-in account, else one permission. */
export interface MethodMeta {
  permission: Permission | 'public' | 'session';
  /** Changes something: carries an idempotency key, is refused while the screen is locked, is audited. */
  mutates: boolean;
  /** Allowed on a locked screen (unlock, sign out, sound test). */
  whileLocked: boolean;
}

const errorData = z.object({ reason: z.string(), params: jsonObject.default({}) });
/** `reason` is a dotted code the console words as `error.<reason>`; `params` fill the sentence. */
export const commonErrors = {
  UNAUTHENTICATED: { status: 401, data: errorData },
  FORBIDDEN: { status: 403, data: errorData },
  NOT_FOUND: { status: 404, data: errorData },
  CONFLICT: { status: 409, data: errorData },
  INVALID: { status: 422, data: errorData },
  TOO_MANY: { status: 429, data: errorData },
  FAILED: { status: 500, data: errorData },
  UNAVAILABLE: { status: 503, data: errorData },
} as const;
export type ErrorCode = keyof typeof commonErrors;

const meta = (permission: MethodMeta['permission'], mutates: boolean): MethodMeta => ({
  permission,
  mutates,
  whileLocked: !mutates,
});
const base = oc.$meta<MethodMeta>(meta('session', true)).errors(commonErrors);

/** Where a method is on REST; the OpenAPI document says what it needs as `x-permission`. */
const route = (method: 'GET' | 'POST', path: `/${string}`, permission: MethodMeta['permission']) => ({
  method,
  path,
  spec: <T extends object>(operation: T) => ({ ...operation, 'x-permission': permission }),
});
/** A method that only reads: GET on REST. */
export const query = (permission: MethodMeta['permission'], path: `/${string}`) =>
  base.meta(meta(permission, false)).route(route('GET', path, permission));
/** A method that changes something: POST on REST; its input may carry `idempotencyKey`. */
export const command = (permission: MethodMeta['permission'], path: `/${string}`) =>
  base.meta(meta(permission, true)).route(route('POST', path, permission));
/** Lets a command through on a locked screen. */
export const lockedToo = (permission: MethodMeta['permission']): MethodMeta => ({
  permission,
  mutates: true,
  whileLocked: true,
});

/** Input of a command: its own fields and the key under which a repeat is answered with the first result. */
export const commandInput = <T extends z.ZodRawShape>(shape: T) =>
  z.object({ ...shape, idempotencyKey: z.string().min(8).max(64).optional() });
export const ok = z.object({ ok: z.literal(true) });

/** Where a reader of a live collection stopped: send it back to get only what came since. */
export const resumePoint = z.object({ epoch: z.string(), seq: z.int().min(0) });
export type ResumePoint = z.infer<typeof resumePoint>;
/**
 * One message of a live collection. `snapshot` replaces all, `delta` upserts and removes by id,
 * `alive` only proves the link (sent every second, so a console notices a dead station within two).
 * `seq` rises by one with each delta of an `epoch` (a run of the station).
 */
export const liveMessage = <T extends z.ZodType>(item: T) =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('snapshot'), epoch: z.string(), seq: z.int(), items: z.array(item) }),
    z.object({
      kind: z.literal('delta'),
      epoch: z.string(),
      seq: z.int(),
      upsert: z.array(item),
      remove: z.array(z.string()),
    }),
    z.object({ kind: z.literal('alive'), epoch: z.string(), seq: z.int(), stationTimeMs: epochMs }),
  ]);
export type LiveMessage<T> =
  | { kind: 'snapshot'; epoch: string; seq: number; items: T[] }
  | { kind: 'delta'; epoch: string; seq: number; upsert: T[]; remove: string[] }
  | { kind: 'alive'; epoch: string; seq: number; stationTimeMs: number };
/** A live collection: every item has an `id`. */
export const live = <T extends z.ZodType>(
  permission: MethodMeta['permission'],
  path: `/${string}`,
  item: T,
) =>
  query(permission, path)
    .input(z.object({ resume: resumePoint.optional() }).default({}))
    .output(eventIterator(liveMessage(item)));

/** Newest first; `cursor` of the last page continues it. */
export const pageInput = {
  cursor: z.string().max(200).optional(),
  limit: z.int().min(1).max(500).default(100),
};
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });
