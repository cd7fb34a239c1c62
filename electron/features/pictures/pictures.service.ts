import { join } from 'node:path';
import type { JsonObject } from '#contract/base.ts';
import { MAX_PICTURE_BYTES, type KeptPicture, type ShownPicture } from '#contract/pictures.contract.ts';
import { ALARM_TYPES } from '#domain/alarm-types.ts';
import { may } from '#domain/permissions.ts';
import { fail } from '#station/errors.ts';
import { createPictureFiles, mimeOf, type PictureFact, type PictureMime } from '#station/picture-files.ts';
import {
  STATION_ACTOR,
  type Actor,
  type EventsPort,
  type ReportsPort,
  type StationPorts,
  type Tx,
} from '#station/ports.ts';
import * as store from './pictures.store.ts';

const DAY_MS = 24 * 3_600_000;
const RETENTION_MS = 3_600_000;
/** Clocks of a console and its station differ by a moment, never by this. */
const AHEAD_MS = 60_000;
/** Files taken away in one go. */
const BATCH = 200;
/** Setting of each class, and its days at first: snapshots as recordings, reports as the alarms that they belong to. */
const KEEP = {
  kept: { key: 'picture.snapshotDays', days: 90 },
  reported: { key: 'picture.reportDays', days: 365 },
};

export type PicturesService = ReturnType<typeof createPictures>;
type Ports = Pick<
  StationPorts,
  'clock' | 'db' | 'write' | 'audit' | 'site' | 'settings' | 'log' | 'paths' | 'newId'
>;

/** Pictures that people keep, and reports of what they see: file and hash, a chained record, an end after a time. */
export function createPictures(
  { clock, db, write, audit, site, settings, log, paths, newId }: Ports,
  deps: {
    events: EventsPort;
    /** Evidence that is locked covers the pictures of its cameras and times too. */
    isHeld(cameraId: string, atMs: number): boolean;
    /** For privacy: only for those who may use evidence. */
    isBlocked(cameraId: string, atMs: number): boolean;
  },
) {
  for (const { key, days } of Object.values(KEEP))
    settings.define({ key, kind: 'number', defaultValue: days, min: 1, max: 3_650 });
  const files = createPictureFiles(join(paths.data, 'pictures'));
  let stop = () => {};
  let isTidying = false;

  const viewOf = ({
    pictureId,
    cameraId,
    takenAtMs,
    atMs,
    by,
    params,
  }: store.PictureRecord): KeptPicture => ({
    ...{ id: pictureId, cameraId, takenAtMs, keptAtMs: atMs, by: by ?? '' },
    sha256: String(params['sha256']),
    sizeBytes: Number(params['sizeBytes']),
    mime: params['mime'] as PictureMime,
  });
  const checkCamera = (actor: Actor, cameraId: string, atMs: number) => {
    if (!site.camera(cameraId)) fail('NOT_FOUND', 'camera.unknown', { id: cameraId });
    const sees = actor.role !== null && may(actor.role, 'video.evidence');
    if (!sees && deps.isBlocked(cameraId, atMs)) fail('FORBIDDEN', 'picture.blocked', { id: cameraId });
  };
  /** A group per month: no folder grows without end. */
  const groupOf = (atMs: number) => new Date(atMs).toISOString().slice(0, 7);
  async function fileOf(data: Buffer, takenAtMs: number): Promise<PictureFact> {
    const mime = mimeOf(data) ?? fail('INVALID', 'picture.not_a_picture');
    return { ...(await files.keep(groupOf(takenAtMs), { data, takenAtMs, mime })), mime };
  }
  async function arrived(actor: Actor, shown: ShownPicture): Promise<PictureFact> {
    checkCamera(actor, shown.cameraId, shown.takenAtMs);
    if (shown.takenAtMs > clock.nowMs() + AHEAD_MS)
      fail('INVALID', 'picture.from_future', { takenAtMs: shown.takenAtMs });
    const data = Buffer.from(shown.base64, 'base64');
    if (data.length > MAX_PICTURE_BYTES) fail('INVALID', 'picture.too_large', { sizeBytes: data.length });
    return await fileOf(data, shown.takenAtMs);
  }
  const append = (tx: Tx, actor: Actor, kind: 'kept' | 'reported', cameraId: string, params: PictureFact) =>
    store.insertRecord(tx.db, {
      ...{ pictureId: newId(), kind, cameraId, takenAtMs: params.takenAtMs, atMs: tx.nowMs, by: actor },
      params,
    });
  /** Records; a file that got no record is taken away again. */
  async function recorded<T>(fact: PictureFact, record: (tx: Tx) => T): Promise<T> {
    try {
      return write(record);
    } catch (error) {
      await files.drop(fact);
      throw error;
    }
  }

  function present(id: string): store.PictureRecord {
    const record = store.pictureById(db, id) ?? fail('NOT_FOUND', 'picture.unknown', { id });
    return record.isRemoved ? fail('NOT_FOUND', 'picture.removed', { id }) : record;
  }

  const reports: ReportsPort = {
    check(type) {
      const known = Object.hasOwn(ALARM_TYPES, type) ? ALARM_TYPES[type] : undefined;
      if (!known || known.info) fail('INVALID', 'picture.unknown_type', { type });
    },
    keep: ({ jpeg, takenAtMs }) => fileOf(jpeg, takenAtMs),
    drop: files.drop,
    async read(id) {
      const { takenAtMs, params } = present(id);
      return { data: await files.read(params as PictureFact), takenAtMs };
    },
    record(tx, actor, { cameraId, type, note, picture, data }) {
      const record = append(tx, actor, 'reported', cameraId, { ...picture, type, note, ...data });
      const about: JsonObject = {
        note,
        by: actor.name,
        pictureId: record.pictureId,
        takenAtMs: picture.takenAtMs,
        ...data,
      };
      // Seen once, by a person: nothing will ever report its end, so it is at rest until it is handled.
      for (const state of ['raise', 'clear'] as const)
        deps.events.record(tx, { deviceId: cameraId, type, state, data: about });
      return record.pictureId;
    },
  };

  async function remove(record: store.PictureRecord): Promise<void> {
    await files.drop({ file: String(record.params['file']) });
    write((tx) => {
      const { pictureId, cameraId, takenAtMs, kind } = record;
      const params = { reason: 'retention', was: kind, sha256: record.params['sha256'] ?? null };
      store.insertRecord(tx.db, { pictureId, kind: 'removed', cameraId, takenAtMs, atMs: tx.nowMs, by: STATION_ACTOR, params }); // prettier-ignore
    });
  }
  /** Takes away what is older than its class is kept and not held. */
  async function tidy(): Promise<void> {
    if (isTidying) return;
    isTidying = true;
    try {
      for (const kind of ['kept', 'reported'] as const) {
        const beforeMs = clock.nowMs() - settings.number(KEEP[kind].key) * DAY_MS;
        for (let after = 0; ;) {
          const old = store.olderThan(db, kind, beforeMs, after, BATCH);
          for (const record of old) if (!deps.isHeld(record.cameraId, record.takenAtMs)) await remove(record);
          if (old.length < BATCH) break;
          after = old.at(-1)!.seq;
        }
      }
    } catch (error) {
      log.error('old pictures could not be removed', { error: (error as Error).message });
    } finally {
      isTidying = false;
    }
  }

  return {
    reports,
    tidy,
    start(): void {
      void tidy();
      stop = clock.every(RETENTION_MS, () => void tidy());
    },
    stop: () => stop(),
    async keep(actor: Actor, shown: ShownPicture): Promise<KeptPicture> {
      const fact = await arrived(actor, shown);
      return await recorded(fact, (tx) => {
        const record = append(tx, actor, 'kept', shown.cameraId, {
          ...fact,
          shown: shown.shown,
          area: shown.area,
        });
        audit.append(tx, actor, 'picture.keep', record.pictureId, {
          camera: shown.cameraId,
          sha256: fact.sha256,
        });
        return viewOf(record);
      });
    },
    async report(
      actor: Actor,
      of: { type: string; note: string; picture: ShownPicture },
    ): Promise<KeptPicture> {
      reports.check(of.type);
      const { cameraId, shown, area } = of.picture;
      const fact = await arrived(actor, of.picture);
      return await recorded(fact, (tx) => {
        const picture = { ...fact, shown, area };
        const id = reports.record(tx, actor, { cameraId, type: of.type, note: of.note, picture });
        audit.append(tx, actor, 'picture.report', id, { camera: cameraId, type: of.type });
        return viewOf(store.pictureById(tx.db, id)!);
      });
    },
    /** Checked against its record. */
    async get(actor: Actor, id: string): Promise<KeptPicture & { base64: string }> {
      const record = present(id);
      const sees = actor.role !== null && may(actor.role, 'video.evidence');
      if (!sees && deps.isBlocked(record.cameraId, record.takenAtMs))
        fail('FORBIDDEN', 'picture.blocked', { id });
      return {
        ...viewOf(record),
        base64: (await files.read(record.params as PictureFact)).toString('base64'),
      };
    },
    verify: () => store.verifyPictures(db),
  };
}
