import { computed, reactive, ref, shallowRef, watch } from 'vue';
import { refDebounced } from '@vueuse/core';
import type { RECORD_KINDS } from '#contract/records.contract.ts';
import { type ParkRecord } from '#contract/records.contract.ts';
import type { Priority } from '#contract/base.ts';
import { api } from '#api/client.ts';
import { toApiError, type ApiError } from '#api/errors.ts';
import { language } from '#ui/preferences.ts';

export type RecordKind = (typeof RECORD_KINDS)[number];
export const PAGE_ROWS = 100;

/** What is asked for, as the form holds it. */
export interface RecordForm {
  text: string;
  kinds: RecordKind[];
  /** Start and end, UTC milliseconds; null: all time. */
  range: [number, number] | null;
  deviceId: string | null;
  priority: Priority | null;
}

/** A form as the contract's filter: empty parts left out. */
export function filterOf(form: RecordForm) {
  return {
    text: form.text.trim(),
    kinds: form.kinds,
    ...(form.range ? { fromMs: form.range[0], toMs: form.range[1] } : {}),
    ...(form.deviceId ? { deviceId: form.deviceId } : {}),
    ...(form.priority ? { priority: form.priority } : {}),
  };
}

/**
 * Searches as the form changes (typing waits 250 ms), page by page. An answer that comes after a newer
 * question is thrown away.
 */
export function useRecordSearch(start: Partial<RecordForm> = {}) {
  const form = reactive<RecordForm>({
    text: '',
    kinds: [],
    range: null,
    deviceId: null,
    priority: null,
    ...start,
  });
  const rows = shallowRef<ParkRecord[]>([]);
  const cursor = ref<string | null>(null);
  const tookMs = ref<number | null>(null);
  const busy = ref(false);
  const error = shallowRef<ApiError | null>(null);
  let asked = 0;

  async function ask(from: string | null): Promise<void> {
    const mine = (asked += 1);
    busy.value = true;
    try {
      const page = await api.records.search({
        ...filterOf(form),
        language: language.value,
        limit: PAGE_ROWS,
        ...(from ? { cursor: from } : {}),
      });
      if (mine !== asked) return;
      rows.value = from ? [...rows.value, ...page.items] : page.items;
      cursor.value = page.nextCursor;
      tookMs.value = page.tookMs;
      error.value = null;
    } catch (reason) {
      if (mine === asked) error.value = toApiError(reason);
    } finally {
      if (mine === asked) busy.value = false;
    }
  }
  const search = () => ask(null);
  const more = async () => {
    if (cursor.value && !busy.value) await ask(cursor.value);
  };
  const typed = refDebounced(
    computed(() => form.text),
    250,
  );
  watch([typed, language, () => [form.kinds, form.range, form.deviceId, form.priority]], search, {
    deep: true,
    immediate: true,
  });
  return { form, rows, more, search, busy, error, tookMs, hasMore: computed(() => cursor.value !== null) };
}
