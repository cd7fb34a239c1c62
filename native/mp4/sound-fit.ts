import type { Sample } from './fragments.ts';

/** A sample to be written, its times with the shift. */
export interface PlacedSample {
  sample: Sample;
  data: Buffer;
  /** Seconds on the file's timeline. */
  fromS: number;
  toS: number;
  isPicture: boolean;
}

/**
 * Lets through the sound that belongs to pictures which are in the file. Sound comes in a part a little before or after the
 * pictures that it belongs to: what lies before the first one, or where parts were left out, is left out as well.
 */
export function soundFit(): (samples: readonly PlacedSample[]) => PlacedSample[] {
  /** Pictures are in the file up to here. */
  let coveredS = -Infinity;
  /** Heard after the last picture so far: the next one decides. */
  let held: PlacedSample[] = [];

  return (samples) => {
    const pictures = samples.filter(({ isPicture }) => isPicture);
    const [first, last] = [pictures[0], pictures.at(-1)];
    if (!first || !last) return [];
    const sounds = [...held, ...samples.filter(({ isPicture }) => !isPicture)];
    const isIn = ({ fromS }: PlacedSample) => fromS < last.toS && (fromS < coveredS || fromS >= first.fromS);
    // Copied: what they lie in is the caller's.
    held = sounds
      .filter(({ fromS }) => fromS >= last.toS)
      .map((one) => ({ ...one, data: Buffer.from(one.data) }));
    const isAfterGap = coveredS === -Infinity;
    const out = [
      ...pictures,
      ...sounds.filter((one) => isIn(one) && !(isAfterGap && one.fromS < first.fromS)),
    ];
    coveredS = last.toS;
    return out;
  };
}
