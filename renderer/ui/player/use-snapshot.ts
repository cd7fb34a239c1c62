import { useLocalStorage } from '@vueuse/core';
import { useMessage } from 'naive-ui';
import { api } from '#api/client.ts';
import { useText } from '../text.ts';
import { useTime } from '../time.ts';
import { base64Of, downloadFile, drawShot, shotName, type Shot, type ShotArea } from './shot.ts';

/** How this workstation's people want their pictures. */
export const snapshotOptions = useLocalStorage(
  'guardroom.snapshot',
  { format: 'jpeg' as 'jpeg' | 'png', strip: true, area: 'both' as ShotArea | 'both' },
  { mergeDefaults: true },
);
interface Camera {
  cameraId: string;
  label: string;
}

/** Pictures as files: for the person's own folder and, the same bytes, for the station's records. */
export function useSnapshot() {
  const { t, errorText } = useText();
  const time = useTime();
  const message = useMessage();

  const stripOf = (shot: Shot, { label }: Camera) => {
    const at = `${time.value.dateTime(shot.atMs)}.${String(Math.floor(shot.atMs % 1000)).padStart(3, '0')}`;
    return [label, at, t(`tile.shown.${shot.shown}`)].join('   ');
  };
  /** What the station takes in. */
  async function toKeep(shot: Shot, area: ShotArea, camera: Camera, blob: Blob) {
    const about = { takenAtMs: Math.round(shot.atMs), shown: shot.shown, area };
    return { ...about, cameraId: camera.cameraId, base64: await base64Of(blob) };
  }
  return {
    stripOf,
    /** For a report: always whole, or what is seen of it, as a JPEG with its strip. */
    async forReport(shot: Shot, camera: Camera) {
      const area = shot.isZoomed ? 'crop' : 'whole';
      return await toKeep(shot, area, camera, await drawShot(shot, area, stripOf(shot, camera), 'jpeg'));
    },
    /** Saves with the person's options. A station that does not answer costs the record, not the picture. */
    async save(shot: Shot, camera: Camera): Promise<void> {
      const { format, strip, area } = snapshotOptions.value;
      const whole: ShotArea[] = ['whole'];
      const areas: ShotArea[] = !shot.isZoomed ? whole : area === 'both' ? ['whole', 'crop'] : [area];
      for (const one of areas) {
        const blob = await drawShot(shot, one, strip ? stripOf(shot, camera) : '', format);
        const name = shotName(
          camera.label,
          time.value.dateTime(shot.atMs),
          Math.floor(shot.atMs % 1000),
          one,
          format,
        );
        downloadFile(blob, name);
        try {
          await api.pictures.keep(await toKeep(shot, one, camera, blob));
          message.success(t('tile.saved', { name }));
        } catch (error) {
          message.warning(t('tile.savedHere', { name, reason: errorText(error) }), { duration: 8000 });
        }
      }
    },
  };
}
