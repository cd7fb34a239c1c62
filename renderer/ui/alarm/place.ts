import type { Alarm } from '#contract/alarms.contract.ts';
import { useSite } from '#api/site.ts';
import { useText } from '../text.ts';

/** Where an alarm is, in words; empty when that is only the park as a whole, which says nothing. */
export function usePlaceText() {
  const site = useSite();
  const { lt } = useText();
  return (alarm: Pick<Alarm, 'placeId' | 'placeName'>): string => {
    const place = alarm.placeId === null ? undefined : site.places.get(alarm.placeId);
    return place?.kind === 'park' ? '' : lt(alarm.placeName);
  };
}
