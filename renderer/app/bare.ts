import { readonly, ref } from 'vue';
import type { Router } from 'vue-router';

const isBare = ref(false);
/**
 * A window that was opened for one screen (`?bare=1`, a second monitor): it has neither rail nor foot bar, and stays so
 * wherever it goes.
 */
export const bareWindow = readonly(isBare);

/** Keeps `bare` in the address, so that a reload and the desktop's memory of windows know of it. */
export function keepBare(router: Router): void {
  router.beforeEach((to) => {
    if (to.query['bare'] === '1') isBare.value = true;
    else if (isBare.value) return { ...to, query: { ...to.query, bare: '1' } };
    return true;
  });
}
