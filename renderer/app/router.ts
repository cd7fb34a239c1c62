import { createRouter, createWebHashHistory } from 'vue-router';
import type { Router } from 'vue-router';
import { keepBare } from './bare.ts';
import type { Screen } from './screen.ts';

/** Routes of the screens; hash history works over HTTP and over a custom protocol alike. */
export function createScreenRouter(screens: readonly Screen[]): Router {
  const router = createRouter({
    history: createWebHashHistory(),
    routes: [
      ...screens.map((screen) => ({ name: screen.id, path: screen.path, component: screen.component })),
      { path: '/:rest(.*)*', redirect: '/' },
    ],
  });
  keepBare(router);
  return router;
}
