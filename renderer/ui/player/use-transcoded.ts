import { computed } from 'vue';
import type { MediaState } from '#contract/media-wire.ts';
import { useText } from '../text.ts';
import { codecName } from './codec-name.ts';

/** Words for a picture that the station has made H.264 of; undefined where it is the camera's own. */
export function useTranscoded(of: () => MediaState['transcoded'] | undefined) {
  const { t } = useText();
  const named = computed(() => {
    const made = of();
    return made ? { ...made, codec: codecName(made.codec) } : undefined;
  });
  return {
    mark: computed(() => named.value && t('video.transcoded', { codec: named.value.codec })),
    /** Why the picture is not the camera's own, and who made it. */
    why: computed(() => {
      if (!named.value) return undefined;
      const where = t(`video.encodedBy.${named.value.encoder === 'libx264' ? 'software' : 'hardware'}`);
      return t('video.transcodedWhy', { ...named.value, where });
    }),
  };
}
