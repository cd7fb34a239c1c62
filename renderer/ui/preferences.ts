/** What this workstation remembers of its people's habits; nothing here is a record. */
import { useLocalStorage } from '@vueuse/core';

export type Language = 'zh' | 'en';
export const language = useLocalStorage<Language>('guardroom.language', 'zh');
/** 0.1 to 1: an alarm's sound can be made quiet here, never silent. */
export const volume = useLocalStorage('guardroom.volume', 0.7);
export const MIN_VOLUME = 0.1;
/** Of cameras' sound, 0 to 1; that it is heard at all is asked for anew each time. */
export const cameraVolume = useLocalStorage('guardroom.camera-volume', 0.7);
