import { computed, shallowRef, watch } from 'vue';
import type { ComputedRef } from 'vue';
import { useLive } from '#api/live.ts';
import { useSession } from '#api/session.ts';
import { useSite } from '#api/site.ts';
import { eyeOf, type Heading } from '#domain/field-of-view.ts';
import { prepareScene } from '#domain/sight-scene.ts';
import { useWhereabouts } from '../ptz/use-whereabouts.ts';
import { headingOf, type Sights } from './views.ts';

/** The eyes of a park's cameras and the walls between them. */
export function useSights(): ComputedRef<Sights | null> {
  const site = useSite();
  return computed(() => {
    const park = site.site;
    if (!park) return null;
    const scene = prepareScene(park.places, park.site.center);
    const eyes = park.cameras.flatMap((camera) => eyeOf(camera, scene) ?? []);
    return { scene, eyes, byCamera: new Map(eyes.map((eye) => [eye.cameraId, eye])) };
  });
}

/** Where the PTZ cameras look now, as they tell it while they turn. */
export function useHeadings(): Readonly<{ value: ReadonlyMap<string, Heading> }> {
  const site = useSite();
  const headings = shallowRef<ReadonlyMap<string, Heading>>(new Map());
  const session = useSession();
  if (!session.may('video.view')) return headings;
  const states = useLive('ptz.live');
  let before = '';
  watch(
    [() => site.cameras, states.items],
    ([cameras, items]) => {
      const now: [string, Heading][] = [];
      for (const [id, state] of items) {
        const camera = cameras.get(id);
        const heading = camera && headingOf(camera, state);
        if (heading) now.push([id, heading]);
      }
      // who holds a camera changes often, where it looks seldom: the map is drawn for the latter alone
      const text = JSON.stringify(now);
      if (text === before) return;
      before = text;
      headings.value = new Map(now);
    },
    { immediate: true },
  );
  useWhereabouts(computed(() => [...states.items.value.keys()]));
  return headings;
}
