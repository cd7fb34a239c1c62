import { computed, shallowRef } from 'vue';
import { api } from '#api/client.ts';
import { toApiError } from '#api/errors.ts';
import type { ApiError } from '#api/errors.ts';
import { useText } from '#ui/text.ts';

export type AudioMessage = Awaited<ReturnType<typeof api.broadcast.messages>>[number];

/** The library of recorded messages. Those that come with the program are named by the locale. */
export function useMessages() {
  const { worded } = useText();
  const messages = shallowRef<AudioMessage[] | null>(null);
  const error = shallowRef<ApiError | null>(null);
  async function load(): Promise<void> {
    try {
      messages.value = await api.broadcast.messages();
      error.value = null;
    } catch (reason) {
      error.value = toApiError(reason);
    }
  }
  void load();
  const titleOf = (id: string, title: string) => worded('broadcast.builtIn', id) ?? title;
  return {
    list: computed(() => messages.value ?? []),
    loaded: computed(() => messages.value !== null),
    error,
    load,
    titleOf,
  };
}
