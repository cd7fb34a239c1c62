import { useLive } from '#api/live.ts';
import { useSession } from '#api/session.ts';

/** Whether this person steers a camera now, by whatever hand: screens leave such a camera where it is. */
export function useSteering(): (cameraId: string | null) => boolean {
  const states = useLive('ptz.live');
  const session = useSession();
  return (cameraId) => {
    const holder = cameraId === null ? null : states.items.value.get(cameraId)?.holderId;
    return holder != null && holder === session.account?.id;
  };
}
