import type { JsonObject, Priority } from '#contract/base.ts';
import type { Scalar } from '#contract/park-messages.ts';
import type { Clock } from '#station/clock.ts';
import type { DemoCameras } from './cameras.ts';
import type { Park } from './park.ts';

/** What a scenario may do. Everything is remembered, and undone at its end. */
export interface Stage {
  /** An alarm condition begins, or happens again. */
  raise(deviceId: string, type: string, data?: JsonObject, severity?: Priority): void;
  clear(deviceId: string, type: string): void;
  /** Recorded only. */
  note(deviceId: string, type: string, data?: JsonObject): void;
  /** A point shows this until the end, whatever its curve says; told at once. */
  show(deviceId: string, values: Readonly<Record<string, Scalar>>): void;
  /** The camera shows another clip. */
  scene(cameraId: string, clipName: string): void;
  unplug(cameraId: string): void;
}

export interface Beat {
  atSeconds: number;
  run(stage: Stage): void;
}
export interface Scenario {
  id: string;
  /** It ends by itself after this long. */
  durationSeconds: number;
  beats: readonly Beat[];
}

/** Beats that move a number from one value to another in even steps. */
export function ramp(
  deviceId: string,
  key: string,
  way: { fromSeconds: number; toSeconds: number; from: number; to: number; everySeconds?: number },
): Beat[] {
  const every = way.everySeconds ?? 5;
  const steps = Math.max(1, Math.round((way.toSeconds - way.fromSeconds) / every));
  return Array.from({ length: steps + 1 }, (_, i) => ({
    atSeconds: way.fromSeconds + i * every,
    run: (stage) =>
      stage.show(deviceId, { [key]: Number((way.from + ((way.to - way.from) * i) / steps).toFixed(1)) }),
  }));
}

/** Every condition that a scenario raises, found by reading its script without an audience. */
export function raisedBy(scenario: Scenario): { deviceId: string; type: string }[] {
  const found: { deviceId: string; type: string }[] = [];
  const nothing = () => undefined;
  const reader: Stage = {
    raise: (deviceId, type) => void found.push({ deviceId, type }),
    clear: nothing,
    note: nothing,
    show: nothing,
    scene: nothing,
    unplug: nothing,
  };
  for (const { run } of scenario.beats) run(reader);
  return found;
}

export interface Running {
  /** Ends it now and undoes what it did. */
  stop(): void;
}

/** Plays a scenario; `onEnd` is called once, whether it ended or was stopped. */
export function play(
  scenario: Scenario,
  tools: {
    park: Park;
    cameras(): DemoCameras | undefined;
    clock: Clock;
    onEnd(): void;
    onError(error: Error): void;
  },
): Running {
  const { park, clock } = tools;
  const raised = new Map<string, { deviceId: string; type: string }>();
  const shown = new Set<string>();
  const scenes = new Set<string>();
  const tell = (deviceId: string) => {
    park.sendNumbers(deviceId);
    park.sendStates(deviceId);
  };
  const show = (cameraId: string, clip: string) =>
    void tools.cameras()?.show(cameraId, clip).catch(tools.onError);
  const stage: Stage = {
    raise(deviceId, type, data, severity) {
      raised.set(`${deviceId} ${type}`, { deviceId, type });
      park.event({ deviceId, type, state: 'raise', data, severity });
    },
    clear(deviceId, type) {
      if (raised.delete(`${deviceId} ${type}`)) park.event({ deviceId, type, state: 'clear' });
    },
    note: (deviceId, type, data) => park.event({ deviceId, type, state: 'info', data }),
    show(deviceId, values) {
      shown.add(deviceId);
      for (const [key, value] of Object.entries(values)) park.world.force(deviceId, key, value);
      tell(deviceId);
    },
    scene(cameraId, clip) {
      scenes.add(cameraId);
      show(cameraId, clip);
    },
    unplug(cameraId) {
      scenes.add(cameraId);
      tools.cameras()?.turn(cameraId, 'off');
    },
  };
  const cancels = scenario.beats.map(({ atSeconds, run }) => clock.after(atSeconds * 1000, () => run(stage)));
  let isOver = false;
  const end = () => {
    if (isOver) return;
    isOver = true;
    cancels.forEach((cancel) => cancel());
    for (const { deviceId, type } of [...raised.values()]) stage.clear(deviceId, type);
    for (const deviceId of shown) {
      park.world.release(deviceId);
      tell(deviceId);
    }
    for (const cameraId of scenes) {
      tools.cameras()?.turn(cameraId, 'on');
      show(cameraId, cameraId);
    }
    tools.onEnd();
  };
  cancels.push(clock.after(scenario.durationSeconds * 1000, end));
  return { stop: end };
}
