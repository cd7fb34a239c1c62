import { computed, inject } from 'vue';
import type { InjectionKey } from 'vue';
import { useSession } from '#api/session.ts';
import type { Screen } from './screen.ts';

export const SCREENS: InjectionKey<readonly Screen[]> = Symbol('screens');

/** The screens that the signed-in person may open, in the rail's order. */
export function useScreens() {
  const all = inject(SCREENS, []);
  const session = useSession();
  return computed(() =>
    all.filter((screen) => session.may(screen.permission)).sort((a, b) => a.order - b.order),
  );
}
