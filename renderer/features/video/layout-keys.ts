/** Digits of the layouts that are used most. */
export const LAYOUT_KEYS: readonly { key: string; layout: string }[] = [
  { key: '1', layout: '1x1' },
  { key: '2', layout: '2x2' },
  { key: '3', layout: '3x3' },
  { key: '4', layout: '4x4' },
  { key: '5', layout: '5x5' },
  { key: '6', layout: '6x6' },
  { key: '7', layout: '1+5' },
  { key: '8', layout: '1+7' },
  { key: '9', layout: '1+12' },
];
