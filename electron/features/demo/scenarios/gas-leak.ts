import { ramp, type Scenario } from '../scenario.ts';

const NEAR = 'gd-01';
const FAR = 'gd-02';
const LOW_LEL = 10;
const HIGH_LEL = 25;

/** A flange leaks in the tank area: one detector rises through low and high, its neighbour follows. */
export const gasLeak: Scenario = {
  id: 'gas-leak',
  durationSeconds: 270,
  beats: [
    ...ramp(NEAR, 'concentration', { fromSeconds: 0, toSeconds: 80, from: 2, to: 38 }),
    ...ramp(FAR, 'concentration', { fromSeconds: 35, toSeconds: 100, from: 1, to: 17 }),
    { atSeconds: 8, run: (stage) => stage.scene('h-01', 'h-01-gas') },
    {
      atSeconds: 20,
      run(stage) {
        stage.show(NEAR, { alarm: true });
        stage.raise(NEAR, 'gas.low', { value: 11, limit: LOW_LEL, unit: '%LEL' });
      },
    },
    {
      atSeconds: 52,
      run: (stage) => stage.raise(NEAR, 'gas.high', { value: 25.4, limit: HIGH_LEL, unit: '%LEL' }),
    },
    {
      atSeconds: 72,
      run(stage) {
        stage.show(FAR, { alarm: true });
        stage.raise(FAR, 'gas.low', { value: 10.2, limit: LOW_LEL, unit: '%LEL' });
      },
    },
    {
      atSeconds: 85,
      run: (stage) => stage.note('lt-08', 'fire.feedback', { what: 'power_cut', area: 'tank-area' }),
    },
    { atSeconds: 90, run: (stage) => stage.show('ev-03', { wind: 2.4, windDirection: 95 }) },
    ...ramp(NEAR, 'concentration', { fromSeconds: 140, toSeconds: 225, from: 38, to: 1 }),
    ...ramp(FAR, 'concentration', { fromSeconds: 140, toSeconds: 205, from: 17, to: 1 }),
    { atSeconds: 175, run: (stage) => stage.clear(NEAR, 'gas.high') },
    { atSeconds: 190, run: (stage) => stage.clear(FAR, 'gas.low') },
    {
      atSeconds: 215,
      run(stage) {
        stage.clear(NEAR, 'gas.low');
        stage.show(NEAR, { alarm: false });
        stage.show(FAR, { alarm: false });
      },
    },
    { atSeconds: 250, run: (stage) => stage.scene('h-01', 'h-01') },
  ],
};
