import { computed, ref, shallowRef } from 'vue';
import { toApiError } from '#api/errors.ts';
import type { ApiError } from '#api/errors.ts';

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/**
 * A list of the station that comes in pages, newest first. `reload` starts over and keeps what is
 * shown until the first page is there; of two answers only the one asked for last counts.
 */
export function usePaged<T>(fetch: (cursor: string | undefined) => Promise<Page<T>>) {
  const rows = shallowRef<T[]>([]);
  const cursor = ref<string | null>(null);
  const error = shallowRef<ApiError | null>(null);
  const busy = ref(false);
  const loaded = ref(false);
  let asked = 0;

  async function take(from: string | undefined): Promise<void> {
    const mine = (asked += 1);
    busy.value = true;
    try {
      const page = await fetch(from);
      if (mine !== asked) return;
      rows.value = from === undefined ? page.items : [...rows.value, ...page.items];
      cursor.value = page.nextCursor;
      error.value = null;
      loaded.value = true;
    } catch (reason) {
      if (mine === asked) error.value = toApiError(reason);
    } finally {
      if (mine === asked) busy.value = false;
    }
  }
  const reload = () => take(undefined);
  const more = async () => {
    if (cursor.value !== null && !busy.value) await take(cursor.value);
  };
  return { rows, error, busy, loaded, hasMore: computed(() => cursor.value !== null), reload, more };
}
