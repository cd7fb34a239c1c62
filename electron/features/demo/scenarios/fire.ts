import { ramp, type Scenario } from '../scenario.ts';

const FIRST = 'sd-b3-f2-1';
const SECOND = 'sd-b3-f2-2';
const BUTTON = 'mcp-b3-f2';
const PANEL = 'fc-01';

/** Fire on the second floor of building 3: detectors one after the other, a call point, the controller's linkage. */
export const fire: Scenario = {
  id: 'fire',
  durationSeconds: 300,
  beats: [
    ...ramp(FIRST, 'obscuration', { fromSeconds: 0, toSeconds: 30, from: 0.6, to: 6.8 }),
    ...ramp(SECOND, 'obscuration', { fromSeconds: 15, toSeconds: 55, from: 0.4, to: 7.9 }),
    {
      atSeconds: 12,
      run(stage) {
        stage.scene('b3-01', 'b3-01-fire');
        stage.show(FIRST, { alarm: true });
        stage.raise(FIRST, 'fire.smoke', { loop: 3, address: 41, obscuration: 3.1 });
        stage.show(PANEL, { fires: 1 });
      },
    },
    {
      atSeconds: 34,
      run(stage) {
        stage.show(SECOND, { alarm: true });
        stage.raise(SECOND, 'fire.smoke', { loop: 3, address: 42, obscuration: 4.4 });
        stage.show(PANEL, { fires: 2 });
      },
    },
    {
      atSeconds: 52,
      run(stage) {
        stage.show(BUTTON, { alarm: true });
        stage.raise(BUTTON, 'fire.manual', { loop: 3, address: 60 });
        stage.show(PANEL, { fires: 3 });
      },
    },
    {
      atSeconds: 75,
      run(stage) {
        // two detectors and a call point: the controller confirms, and drives the building's linkage by itself
        stage.raise(BUTTON, 'fire.confirmed', { by: 'controller' });
        stage.note(PANEL, 'fire.feedback', { what: 'emergency_broadcast', building: 'b3' });
      },
    },
    {
      atSeconds: 80,
      run(stage) {
        stage.show('el-b3-1', { floor: 1, direction: 'recalled' });
        stage.note('el-b3-1', 'fire.feedback', { what: 'lift_recalled' });
        stage.show('dr-b3-main', { open: true, locked: false });
        stage.note('dr-b3-main', 'fire.feedback', { what: 'door_released' });
      },
    },
    {
      atSeconds: 95,
      run(stage) {
        stage.show('pm-01', { running: true, pressure: 0.86, current: 41.5 });
        stage.note('pm-01', 'fire.feedback', { what: 'fire_pump_running' });
        stage.show('ac-04', { running: false });
      },
    },
    {
      atSeconds: 120,
      run(stage) {
        stage.show('sp-b3', { flow: true, pressure: 0.32 });
        stage.raise('sp-b3', 'fire.sprinkler', { zone: 'b3-f2' });
      },
    },
    ...ramp(FIRST, 'obscuration', { fromSeconds: 200, toSeconds: 240, from: 6.8, to: 0.8 }),
    ...ramp(SECOND, 'obscuration', { fromSeconds: 200, toSeconds: 245, from: 7.9, to: 0.9 }),
    { atSeconds: 260, run: (stage) => stage.clear('sp-b3', 'fire.sprinkler') },
    { atSeconds: 270, run: (stage) => stage.scene('b3-01', 'b3-01') },
    {
      atSeconds: 285,
      run(stage) {
        // reset at the panel
        for (const type of ['fire.manual', 'fire.confirmed']) stage.clear(BUTTON, type);
        stage.clear(SECOND, 'fire.smoke');
        stage.clear(FIRST, 'fire.smoke');
        stage.show(PANEL, { fires: 0 });
      },
    },
  ],
};
