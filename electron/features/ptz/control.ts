import { askControl, holdAt, keepControl, releaseAtMs, type PtzPerson } from '#domain/ptz.ts';
import { fail } from '#station/errors.ts';
import type { Actor, StationPorts } from '#station/ports.ts';
import type { PtzDesk } from './desk.ts';

/** Somebody who may ask for control. @throws FORBIDDEN for the station itself and those without a role */
export const personOf = (actor: Actor): PtzPerson =>
  actor.id === null || actor.role === null
    ? fail('FORBIDDEN', 'permission')
    : { id: actor.id, name: actor.name, role: actor.role };

/**
 * Who steers a camera: taken by role, kept, given back, and over by itself when its time has come. What is taken over or
 * kept is on the record.
 */
export function createPtzControl(
  { clock, write, audit }: Pick<StationPorts, 'clock' | 'write' | 'audit'>,
  publish: (desk: PtzDesk) => void,
) {
  /** Ends the wait for the end of a camera's control. */
  const releases = new Map<string, () => void>();

  /** Ends control when its time has come; a renewal moves that time. */
  function watchRelease(desk: PtzDesk): void {
    releases.get(desk.id)?.();
    if (!desk.hold) return;
    const leftMs = releaseAtMs(desk.hold) - clock.monotonicMs();
    releases.set(
      desk.id,
      clock.after(leftMs, () => {
        if (holdAt(desk.hold, clock.monotonicMs())) watchRelease(desk);
        else letGo(desk);
      }),
    );
  }
  function forget(cameraId: string): void {
    releases.get(cameraId)?.();
    releases.delete(cameraId);
  }
  function letGo(desk: PtzDesk): void {
    forget(desk.id);
    desk.hold = null;
    desk.startRest();
    publish(desk);
  }

  return {
    /** Takes or renews control for `actor`. @throws CONFLICT when somebody else has it and keeps it */
    claim(actor: Actor, desk: PtzDesk): void {
      const answer = askControl(desk.hold, personOf(actor), clock.monotonicMs());
      if (!answer.granted) {
        const seconds = Math.ceil((answer.freeAtMs - clock.monotonicMs()) / 1_000);
        return fail('CONFLICT', 'ptz.held', { name: answer.hold.name, seconds });
      }
      const from = answer.takenFrom;
      if (from)
        write((tx) =>
          audit.append(tx, actor, 'ptz.take_over', desk.id, { from: from.name, fromRole: from.role }),
        );
      if (desk.hold === null) desk.endRest();
      desk.hold = answer.hold;
      watchRelease(desk);
      publish(desk);
    },
    /** Keeps control beyond the idle time, or no longer. @throws CONFLICT for anybody but the holder */
    keep(actor: Actor, desk: PtzDesk, keep: boolean): void {
      const hold = keepControl(desk.hold, personOf(actor), keep, clock.monotonicMs());
      if (!hold) return fail('CONFLICT', 'ptz.not_yours', { id: desk.id });
      write((tx) => audit.append(tx, actor, 'ptz.keep', desk.id, { keep }));
      desk.hold = hold;
      watchRelease(desk);
      publish(desk);
    },
    /** @throws CONFLICT for anybody but the holder */
    release(actor: Actor, desk: PtzDesk): void {
      if (desk.hold?.id !== actor.id) return fail('CONFLICT', 'ptz.not_yours', { id: desk.id });
      letGo(desk);
    },
    /** Nobody is waited for any more: the camera is gone. */
    forget,
    close: (): void => [...releases.keys()].forEach(forget),
  };
}
