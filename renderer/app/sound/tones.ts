import type { AlarmSound } from '#domain/alarm-sound.ts';

/** One beep of a tone: hertz, when it begins and how long it lasts, from the tone's start. */
export interface Beep {
  hertz: number;
  atMs: number;
  lastsMs: number;
}
/** The console's tones: the alarms' (same names as the siren's), and the loss of the station. */
export type Tone = AlarmSound | 'station-lost';

const beeps = (...list: [hertz: number, atMs: number, lastsMs: number][]): Beep[] =>
  list.map(([hertz, atMs, lastsMs]) => ({ hertz, atMs, lastsMs }));

/**
 * A tone of its own for each priority, told apart by rhythm as well as pitch: faster and longer is
 * more urgent. Pitches stay between 400 and 1000 Hz, where older ears hear well and small speakers are loud.
 */
export const TONES: Record<Tone, Beep[]> = {
  'alarm-1': beeps([960, 0, 130], [770, 150, 130], [960, 300, 130], [770, 450, 130], [960, 600, 130], [770, 750, 200]), // prettier-ignore
  'alarm-2': beeps([840, 0, 160], [840, 240, 160], [630, 480, 240]),
  'alarm-3': beeps([660, 0, 180], [780, 220, 220]),
  'alarm-4': beeps([560, 0, 220]),
  'alarm-drill': beeps([500, 0, 300], [600, 340, 300]),
  'station-lost': beeps([440, 0, 350], [440, 500, 350]),
};
