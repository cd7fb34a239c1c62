import { useIntervalFn } from '@vueuse/core';
import { watch, type Ref } from 'vue';
import { api } from '#api/client.ts';
import { WHEREABOUTS_MOST, WHEREABOUTS_MS } from '#contract/ptz.contract.ts';

/**
 * Has the station ask where cameras look for as long as the calling scope lives and its page is seen: another system or
 * the camera's own tour turns them too, and only a camera that we steer is watched without being asked.
 */
export function useWhereabouts(cameraIds: Readonly<Ref<readonly string[]>>): void {
  function ask(): void {
    if (document.visibilityState === 'hidden') return;
    const ids = cameraIds.value;
    for (let at = 0; at < ids.length; at += WHEREABOUTS_MOST)
      // what does not answer says so in its state
      void api.ptz.whereabouts({ cameraIds: ids.slice(at, at + WHEREABOUTS_MOST) }).catch(() => undefined);
  }
  useIntervalFn(ask, WHEREABOUTS_MS);
  watch(() => cameraIds.value.join(' '), ask, { immediate: true });
}
