import type { Beat, Scenario } from '../scenario.ts';

const FENCE = 'fv-n1';
const BEAM = 'fb-n1';
/** Where along the zone the fibre feels it. */
const METRE = 118;

const shake = (atSeconds: number, amplitude: number): Beat => ({
  atSeconds,
  run: (stage) => stage.show(FENCE, { amplitude }),
});
const feel = (atSeconds: number, amplitude: number): Beat => ({
  atSeconds,
  run(stage) {
    stage.show(FENCE, { amplitude, alarm: true });
    stage.raise(FENCE, 'intrusion.fence', { zoneId: 'pz-n1', metre: METRE, amplitude });
  },
});

/** Somebody climbs over the north fence; N-07 shows it. */
export const intrusion: Scenario = {
  id: 'intrusion',
  durationSeconds: 180,
  beats: [
    {
      atSeconds: 0,
      run(stage) {
        // a disarmed zone would keep silent
        stage.show(FENCE, { armed: true });
        stage.show(BEAM, { armed: true });
        stage.scene('n-07', 'n-07-intrusion');
      },
    },
    shake(1, 96),
    feel(3, 243),
    feel(12, 310),
    {
      atSeconds: 18,
      run(stage) {
        stage.show(BEAM, { signal: 6, alarm: true });
        stage.raise(BEAM, 'intrusion.beam', { zoneId: 'pz-n1', signal: 6 });
      },
    },
    { atSeconds: 24, run: (stage) => stage.show(BEAM, { signal: 89, alarm: false }) },
    feel(40, 188),
    { atSeconds: 75, run: (stage) => stage.raise('dr-b1-main', 'door.forced', { by: 'contact' }) },
    { atSeconds: 80, run: (stage) => stage.show('dr-b1-main', { open: true, locked: false }) },
    {
      atSeconds: 110,
      run: (stage) =>
        stage.note('pt-01', 'patrol.scan', { checkpointId: 'c-05', guard: '王', routeId: 'night-1' }),
    },
    { atSeconds: 130, run: (stage) => stage.clear('dr-b1-main', 'door.forced') },
    { atSeconds: 140, run: (stage) => stage.show(FENCE, { amplitude: 17, alarm: false }) },
    { atSeconds: 150, run: (stage) => stage.clear(BEAM, 'intrusion.beam') },
    { atSeconds: 160, run: (stage) => stage.clear(FENCE, 'intrusion.fence') },
  ],
};
