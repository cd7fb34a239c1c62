import type { Scenario } from '../scenario.ts';

/** The west fence's camera goes dark: its RTSP address really stops answering, and the station has to notice. */
export const cameraLoss: Scenario = {
  id: 'camera-loss',
  durationSeconds: 180,
  beats: [
    { atSeconds: 0, run: (stage) => stage.unplug('w-05') },
    { atSeconds: 25, run: (stage) => stage.raise('fv-w2', 'tamper.enclosure', { box: 'JX-W2' }) },
    { atSeconds: 26, run: (stage) => stage.show('fv-w2', { tamper: true }) },
    { atSeconds: 140, run: (stage) => stage.show('fv-w2', { tamper: false }) },
    { atSeconds: 141, run: (stage) => stage.clear('fv-w2', 'tamper.enclosure') },
  ],
};
