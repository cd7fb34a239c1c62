import type { PtzLook, PtzRestInput, PtzState } from '#contract/ptz.contract.ts';
import { localTimes } from '#domain/local-time.ts';
import type { LngLatPair } from '#domain/plane.ts';
import { aimAt, frameZoom } from '#domain/ptz-aim.ts';
import { mountOf, type PtzMount } from '#domain/ptz-mount.ts';
import { STAY } from '#domain/ptz-rest.ts';
import { OnvifError } from '#native/onvif/errors.ts';
import type { PtzVector } from '#native/onvif/ptz.ts';
import type { CertificateCheck } from '#native/tls/pinned.ts';
import { fail } from '#station/errors.ts';
import type { Actor, StationPorts } from '#station/ports.ts';
import { createPtzControl, personOf } from './control.ts';
import { PtzDesk } from './desk.ts';
import type { PtzDrive } from './drive.ts';
import { endpointOf, type PtzHead } from './head.ts';
import { createSights, learnMount, lookFrom, refusedLook, turnable } from './look.ts';
import { loadRests, saveRest } from './ptz.store.ts';

export type PtzService = ReturnType<typeof createPtzService>;
export type PtzPorts = Pick<
  StationPorts,
  'bus' | 'clock' | 'db' | 'site' | 'write' | 'audit' | 'log' | 'liveCollection'
>;

export interface PtzDeps {
  /** Keeps how a camera hangs in the site, on the record. */
  putMount: (actor: Actor, cameraId: string, mount: PtzMount) => void;
}

/** Steering of cameras over ONVIF: moves that end, presets, and what cameras do while nobody steers them. */
export function createPtzService(ports: PtzPorts, trusts: CertificateCheck, deps: PtzDeps) {
  const { clock, site, write, audit, bus, log } = ports;
  const live = ports.liveCollection<PtzState>();
  const desks = new Map<string, PtzDesk>();
  const rests = loadRests(ports.db);
  const sights = createSights(() => site.current());
  const toLocal = localTimes();
  const localTime = () => toLocal(clock.nowMs(), site.current().site.timezone);

  const publish = (desk: PtzDesk): void => {
    if (desks.get(desk.id) !== desk) return;
    const next = desk.state();
    if (JSON.stringify(next) !== JSON.stringify(live.get(desk.id))) live.upsert(next);
  };
  const control = createPtzControl(ports, publish);
  const deskOf = (cameraId: string): PtzDesk => {
    const desk = desks.get(cameraId);
    if (desk) return desk;
    const camera = site.camera(cameraId);
    if (!camera) return fail('NOT_FOUND', 'camera.unknown', { id: cameraId });
    return fail('CONFLICT', camera.ptz ? 'ptz.no_address' : 'ptz.none', { id: cameraId });
  };

  /** Takes or renews control for `actor`. */
  const claim = (actor: Actor, cameraId: string): PtzDesk => {
    const desk = deskOf(cameraId);
    control.claim(actor, desk);
    return desk;
  };
  /** Does something with the camera as its holder. What the camera refuses is a refusal that is worded. */
  const act = async <T>(
    actor: Actor,
    cameraId: string,
    run: (of: { head: PtzHead; drive: PtzDrive; desk: PtzDesk }) => Promise<T>,
  ): Promise<T> => {
    const desk = claim(actor, cameraId);
    try {
      const opened = await desk.open();
      const result = await run({ ...opened, desk });
      desk.works();
      return result;
    } catch (error) {
      if (!(error instanceof OnvifError)) throw error;
      log.warn('ptz command failed', { camera: cameraId, error: error.message });
      if (error.code !== 'fault') desk.failed(error);
      return fail('UNAVAILABLE', `ptz.device.${error.code}`, { fault: String(error.params['fault'] ?? '') });
    }
  };
  /** A move to somewhere: a continuous one ends first, and it is watched until it stands still. */
  const travel = (actor: Actor, cameraId: string, run: (head: PtzHead, desk: PtzDesk) => Promise<void>) =>
    act(actor, cameraId, async ({ head, drive, desk }) => {
      if (drive.isMoving) await drive.stop();
      await run(head, desk);
      desk.look();
    });
  const centreOn = (
    { ptz, node }: PtzHead,
    desk: PtzDesk,
    point: { x: number; y: number },
    aspect: number,
  ) => {
    const camera = site.camera(desk.id);
    const can = { fov: node.relativeFov, relative: node.relative.panTilt };
    const view = { wideDegrees: camera?.viewAngleDegrees ?? null, zoom: desk.position?.zoom ?? null, aspect };
    const aim = aimAt(point, can, mountOf(camera ?? {}), view);
    if (!aim) return fail('CONFLICT', 'ptz.cannot_centre', { id: desk.id });
    return ptz.relative({ pan: aim.pan, tilt: aim.tilt }, { fov: aim.fov });
  };
  const both = (speed: number): PtzVector => ({ pan: speed, tilt: speed, zoom: speed });

  function followSite(): void {
    sights.forget();
    const seen = new Set<string>();
    for (const camera of site.current().cameras) {
      const endpoint = endpointOf(camera, camera.ptz ? site.cameraPassword(camera.id) : undefined, trusts);
      if (!endpoint) continue;
      seen.add(camera.id);
      const known = desks.get(camera.id);
      if (known) known.update(endpoint);
      else {
        const desk = new PtzDesk(camera.id, endpoint, rests.get(camera.id) ?? STAY, clock, publish, localTime); // prettier-ignore
        desks.set(camera.id, desk);
        publish(desk);
        if (desk.rest.mode === 'tour') desk.startRest();
      }
    }
    for (const [id, desk] of [...desks]) {
      if (seen.has(id)) continue;
      desks.delete(id);
      control.forget(id);
      live.remove(id);
      void desk.close();
    }
  }
  followSite();
  const stopSite = bus.on('site.changed', followSite);

  return {
    live,
    async open(cameraId: string): Promise<PtzState> {
      const desk = deskOf(cameraId);
      // what is wrong stands in the state
      await desk.open().catch(() => undefined);
      return desk.state();
    },
    whereabouts: (cameraIds: readonly string[]) => {
      for (const id of new Set(cameraIds)) void desks.get(id)?.glance();
    },
    take: (actor: Actor, cameraId: string) => void claim(actor, cameraId),
    keep: (actor: Actor, cameraId: string, keep: boolean) =>
      control.keep(actor, keep ? claim(actor, cameraId) : deskOf(cameraId), keep),
    release: (actor: Actor, cameraId: string) => control.release(actor, deskOf(cameraId)),
    move: (actor: Actor, cameraId: string, speed: Required<PtzVector>) =>
      act(actor, cameraId, async ({ drive, desk }) => {
        await drive.move(speed);
        if (drive.isMoving) desk.watch();
        else desk.look();
      }),
    stop: (actor: Actor, cameraId: string) =>
      act(actor, cameraId, async ({ head, drive, desk }) => {
        await (drive.isMoving ? drive.stop() : head.ptz.stop());
        desk.look();
      }),
    relative: (actor: Actor, cameraId: string, by: Required<PtzVector>, speed: number) =>
      travel(actor, cameraId, ({ ptz, node }) => {
        const { pan, tilt, zoom } = by;
        const move = {
          ...(node.relative.panTilt && (pan !== 0 || tilt !== 0) ? { pan, tilt } : {}),
          ...(node.relative.zoom && zoom !== 0 ? { zoom } : {}),
        };
        if (Object.keys(move).length === 0) return fail('CONFLICT', 'ptz.cannot', { id: cameraId });
        return ptz.relative(move, { speed: both(speed) });
      }),
    centre: (actor: Actor, cameraId: string, point: { x: number; y: number }, aspect: number) =>
      travel(actor, cameraId, (head, desk) => centreOn(head, desk, point, aspect)),
    /** Brings the middle of a box into the middle of the picture, then goes near until the box fills it. */
    frame: (actor: Actor, cameraId: string, box: { x: number; y: number; size: number }, aspect: number) =>
      travel(actor, cameraId, async (head, desk) => {
        const { ptz, node } = head;
        const mount = mountOf(site.camera(cameraId) ?? {});
        await centreOn(head, desk, box, aspect);
        const zoom = desk.position?.zoom ?? 0;
        const to = frameZoom(mount, zoom, box.size);
        if (node.absolute.zoom) await ptz.absolute({ zoom: to });
        else if (node.relative.zoom) await ptz.relative({ zoom: to - zoom });
        else fail('CONFLICT', 'ptz.cannot', { id: cameraId });
      }),
    absolute: (actor: Actor, cameraId: string, to: PtzVector, speed: number) =>
      travel(actor, cameraId, ({ ptz, node }) =>
        node.absolute.panTilt || node.absolute.zoom
          ? ptz.absolute(to, both(speed))
          : fail('CONFLICT', 'ptz.cannot', { id: cameraId }),
      ),
    home: (actor: Actor, cameraId: string, speed: number) =>
      travel(actor, cameraId, ({ ptz }) => ptz.home(both(speed))),
    gotoPreset: (actor: Actor, cameraId: string, token: string, speed: number) =>
      travel(actor, cameraId, ({ ptz }) => ptz.gotoPreset(token, both(speed))),
    setPreset: (actor: Actor, cameraId: string, name: string, token?: string) =>
      act(actor, cameraId, async ({ head, drive, desk }) => {
        if (drive.isMoving) await drive.stop();
        const made = await head.ptz.setPreset(name, token);
        write((tx) => audit.append(tx, actor, 'ptz.preset_set', cameraId, { token: made, name }));
        await desk.readPresets();
        return { token: made };
      }),
    removePreset: (actor: Actor, cameraId: string, token: string) =>
      act(actor, cameraId, async ({ head, desk }) => {
        await head.ptz.removePreset(token);
        write((tx) => audit.append(tx, actor, 'ptz.preset_remove', cameraId, { token }));
        await desk.readPresets();
      }),
    /** Turns every PTZ camera that sees a point to it, each answered for; one record for all of them. */
    async lookAt(actor: Actor, at: LngLatPair, level: number, alarmId?: string): Promise<PtzLook[]> {
      const who = personOf(actor);
      const ids = turnable(sights, at, level);
      const answers = await Promise.all(
        ids.map(async (cameraId): Promise<PtzLook> => {
          const desk = desks.get(cameraId);
          const camera = site.camera(cameraId);
          if (!desk || !camera)
            return { cameraId, outcome: 'unreachable', holder: null, seconds: null, reason: 'no_address' };
          try {
            return await lookFrom(desk, camera, at, who, clock.monotonicMs(), () => void claim(actor, cameraId)); // prettier-ignore
          } catch (error) {
            if (!(error instanceof OnvifError)) throw error;
            log.warn('ptz look failed', { camera: cameraId, error: error.message });
            if (error.code !== 'fault') desk.failed(error);
            return refusedLook(cameraId, error);
          }
        }),
      );
      const outcomes = Object.fromEntries(answers.map(({ cameraId, outcome }) => [cameraId, outcome]));
      write((tx) =>
        audit.append(tx, actor, 'ptz.look_at', alarmId ?? '', { at: [...at], level, cameras: outcomes }),
      );
      return answers;
    },
    /** Learns how a camera hangs and keeps it in the site. */
    calibrate(
      actor: Actor,
      cameraId: string,
      heightMetres: number,
      marks: readonly { at: LngLatPair; pan: number; tilt: number }[],
    ) {
      deskOf(cameraId);
      const camera = site.camera(cameraId)!;
      if (!camera.position) return fail('CONFLICT', 'ptz.no_position', { id: cameraId });
      const { mount, errorDegrees } = learnMount(camera, heightMetres, marks);
      deps.putMount(actor, cameraId, mount);
      return { mount, errorDegrees };
    },
    setRest(actor: Actor, cameraId: string, rest: PtzRestInput): void {
      const desk = deskOf(cameraId);
      write((tx) => {
        saveRest(tx.db, cameraId, rest, actor.name, tx.nowMs);
        audit.append(tx, actor, 'ptz.rest', cameraId, { ...rest });
        tx.afterCommit(() => {
          rests.set(cameraId, rest);
          desk.rest = rest;
          if (desk.hold) publish(desk);
          else desk.startRest();
        });
      });
    },
    async close(): Promise<void> {
      stopSite();
      control.close();
      await Promise.all([...desks.values()].map((desk) => desk.close()));
    },
  };
}
