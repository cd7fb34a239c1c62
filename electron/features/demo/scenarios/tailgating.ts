import type { Beat, Scenario } from '../scenario.ts';

/** One card, two people. */
const pair = (atSeconds: number, lane: string, card: string): Beat[] => [
  {
    atSeconds,
    run: (stage) => stage.note(lane, 'access.pass', { direction: 'in', card, unit: '数据中心' }),
  },
  {
    atSeconds: atSeconds + 2,
    run: (stage) => stage.raise(lane, 'access.tailgating', { card, gapMs: 620, sensor: 'infrared' }),
  },
  { atSeconds: atSeconds + 45, run: (stage) => stage.clear(lane, 'access.tailgating') },
];

/** Two people slip through the east gate's turnstiles behind card holders; E-02 shows it. */
export const tailgating: Scenario = {
  id: 'tailgating',
  durationSeconds: 120,
  beats: [
    { atSeconds: 0, run: (stage) => stage.scene('e-02', 'e-02-tailgating') },
    ...pair(4, 'ts-e-3', 'C00482'),
    ...pair(28, 'ts-e-2', 'C01290'),
    {
      atSeconds: 34,
      run: (stage) => stage.raise('ts-e-4', 'access.denied', { card: 'C02011', why: 'passback' }),
    },
    { atSeconds: 60, run: (stage) => stage.clear('ts-e-4', 'access.denied') },
    { atSeconds: 100, run: (stage) => stage.scene('e-02', 'e-02') },
  ],
};
