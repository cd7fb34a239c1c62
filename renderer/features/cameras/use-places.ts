import { computed } from 'vue';
import { useSite } from '#api/site.ts';
import { useText } from '#ui/text.ts';

/** The park's places, to choose one of. */
export function usePlaces() {
  const site = useSite();
  const { lt } = useText();
  return computed(() =>
    (site.site?.places ?? []).map((one) => ({ value: one.id, label: `${lt(one.name)} · ${one.id}` })),
  );
}
