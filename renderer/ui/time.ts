import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { hello } from '#api/client.ts';
import { formatsOf } from './time-format.ts';

/** Times as the park's clock shows them, in the console's language. Reactive when used in a template. */
export function useTime() {
  const { locale } = useI18n({ useScope: 'global' });
  const zone = computed(() => hello.value?.site.timezone ?? 'Asia/Shanghai');
  return computed(() => formatsOf(zone.value, locale.value));
}
