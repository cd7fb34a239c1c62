import { useSite } from '#api/site.ts';
import { useText } from '../text.ts';

/** What a camera is called in the console's language: its id where the site does not know it or has no name for it. */
export function useCameraName(): (cameraId: string) => string {
  const { lt } = useText();
  const site = useSite();
  return (cameraId) => lt(site.cameras.get(cameraId)?.name) || cameraId;
}
