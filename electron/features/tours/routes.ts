import type { Device } from '#contract/site.ts';
import type { TourRoute, TourRouteBody } from '#contract/tours.contract.ts';
import { fail } from '#station/errors.ts';
import type { Actor, SitePort, StationPorts } from '#station/ports.ts';
import { camerasOf } from './run-view.ts';
import { nextDueMs } from './schedule.ts';
import * as store from './tours.store.ts';
import type { Walks } from './walks.ts';

/** Runs opened at once after a long time off; what is older is logged only. */
const CATCH_UP = 100;

type Ports = Pick<
  StationPorts,
  'clock' | 'db' | 'write' | 'audit' | 'site' | 'log' | 'newId' | 'liveCollection'
>;

/** Routes as people set them up, and when each is due: the next time is kept, so that a restart misses none. */
export function createRoutes(ports: Ports, walks: Pick<Walks, 'open'>) {
  const { clock, db, write, audit, site, log } = ports;
  const live = ports.liveCollection<TourRoute>();
  const stored = new Map(store.loadRoutes(db).map((route) => [route.id, route]));
  const timezone = () => site.current().site.timezone;
  const view = ({ id, body, nextAtMs }: store.StoredRoute): TourRoute => ({ ...body, id, nextAtMs });
  const publish = (route: store.StoredRoute) => {
    stored.set(route.id, route);
    live.upsert(view(route));
  };
  for (const route of stored.values()) live.upsert(view(route));

  /** Opens the runs whose time (less the reminder) has come and works out the next time. */
  function openDue(route: store.StoredRoute): void {
    const aheadMs = route.body.remindMinutes * 60_000;
    let { nextAtMs } = route;
    if (nextAtMs === null || clock.nowMs() < nextAtMs - aheadMs) return;
    write((tx) => {
      for (let opened = 0; nextAtMs !== null && tx.nowMs >= nextAtMs - aheadMs; opened += 1) {
        if (opened < CATCH_UP)
          walks.open(tx, { id: ports.newId(), routeId: route.id, route: route.body, dueAtMs: nextAtMs });
        else log.warn('a video patrol of long ago is left out', { route: route.id, dueAtMs: nextAtMs });
        nextAtMs = nextDueMs(route.body, timezone(), nextAtMs);
      }
      store.setNext(tx.db, route.id, nextAtMs);
      tx.afterCommit(() => publish({ ...route, nextAtMs }));
    });
  }
  const of = (id: string) => stored.get(id) ?? fail('NOT_FOUND', 'tour.unknown_route', { id });
  function checkCameras(route: TourRouteBody): void {
    for (const id of camerasOf(route)) if (!site.camera(id)) fail('INVALID', 'camera.unknown', { id });
  }

  return {
    live,
    of,
    tick(): void {
      for (const route of [...stored.values()]) openDue(route);
    },
    /** An earlier time than the one kept: the clock was ahead when that was worked out. */
    replan(): void {
      for (const route of stored.values()) {
        const nextAtMs = nextDueMs(route.body, timezone(), clock.nowMs());
        if (nextAtMs === null || (route.nextAtMs !== null && nextAtMs >= route.nextAtMs)) continue;
        write((tx) => {
          store.setNext(tx.db, route.id, nextAtMs);
          tx.afterCommit(() => publish({ ...route, nextAtMs }));
        });
      }
    },
    save(actor: Actor, id: string | undefined, body: TourRouteBody): { id: string } {
      if (id !== undefined) of(id);
      checkCameras(body);
      // the end of the id is its random part
      const route = { id: id ?? `tour-${ports.newId().slice(-12)}`, body, nextAtMs: nextDueMs(body, timezone(), clock.nowMs()) }; // prettier-ignore
      write((tx) => {
        store.saveRoute(tx.db, route, actor.name, tx.nowMs);
        audit.append(tx, actor, 'tour.route_save', route.id, { name: body.name.zh, times: body.times, cameras: camerasOf(body) }); // prettier-ignore
        tx.afterCommit(() => publish(route));
      });
      return { id: route.id };
    },
    remove(actor: Actor, id: string): void {
      const { body } = of(id);
      write((tx) => {
        store.removeRoute(tx.db, id, tx.nowMs);
        audit.append(tx, actor, 'tour.route_remove', id, { name: body.name.zh });
        tx.afterCommit(() => {
          stored.delete(id);
          live.remove(id);
        });
      });
    },
    /** The site as the alarms see it: a route is a thing that has a name, a place and cameras. */
    namedIn(port: SitePort): SitePort {
      const device = (id: string): Device | undefined => {
        const route = port.device(id) ? undefined : stored.get(id)?.body;
        if (!route) return port.device(id);
        const cameraIds = camerasOf(route).slice(0, 15);
        const placeId = port.camera(cameraIds[0] ?? '')?.placeId ?? port.current().places[0]?.id ?? '';
        const none = { heartbeatSeconds: 0, points: [], commands: [] };
        return { id, kind: 'other', name: route.name, placeId, cameraIds, ...none };
      };
      return { ...port, device };
    },
  };
}
