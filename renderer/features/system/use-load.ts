import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import { toApiError, type ApiError } from '#api/errors.ts';

/** Something loaded once and again on demand, with its failure. */
export function useLoad<T>(get: () => Promise<T>): {
  data: ShallowRef<T | null>;
  error: ShallowRef<ApiError | null>;
  busy: Ref<boolean>;
  load: () => Promise<void>;
} {
  const data = shallowRef<T | null>(null);
  const error = shallowRef<ApiError | null>(null);
  const busy = ref(false);
  async function load(): Promise<void> {
    busy.value = true;
    try {
      data.value = await get();
      error.value = null;
    } catch (reason) {
      error.value = toApiError(reason);
    } finally {
      busy.value = false;
    }
  }
  void load();
  return { data, error, busy, load };
}
