/** The head of the demo's camera that turns: a dome without an end stop, in the numbers of ONVIF's generic spaces. */
export interface HeadPosition {
  pan: number;
  tilt: number;
  zoom: number;
}
type Axis = keyof HeadPosition;
const AXES: readonly Axis[] = ['pan', 'tilt', 'zoom'];
const RANGE: Readonly<Record<Axis, readonly [number, number]>> = {
  pan: [-1, 1],
  tilt: [-1, 1],
  zoom: [0, 1],
};
/** Units a second at full speed: 72 degrees of pan, 16 of tilt, all of the zoom in two seconds. */
const RATES: Readonly<HeadPosition> = { pan: 0.4, tilt: 0.8, zoom: 0.5 };
const HOME: HeadPosition = { pan: 0, tilt: 0, zoom: 0 };

export interface HeadPreset {
  token: string;
  name: string;
  position: HeadPosition;
}
export type DemoHead = ReturnType<typeof createHead>;

const clamp = (axis: Axis, value: number) => Math.min(RANGE[axis][1], Math.max(RANGE[axis][0], value));
/** A dome goes round: 1.2 is -0.8. */
const wrap = (pan: number) => ((((pan + 1) % 2) + 2) % 2) - 1;

/** @param nowMs milliseconds of a clock that never jumps */
export function createHead(nowMs: () => number, start: readonly HeadPreset[]) {
  const at: HeadPosition = { ...HOME };
  /** Per axis: units a second, and how far still; Infinity goes on. */
  const drive: Record<Axis, { speed: number; left: number } | null> = { pan: null, tilt: null, zoom: null };
  const presets = new Map(start.map((preset) => [preset.token, preset]));
  let seenMs = nowMs();
  let endsAtMs = Infinity;

  function advance(): void {
    const untilMs = Math.min(nowMs(), endsAtMs);
    const seconds = Math.max(0, untilMs - seenMs) / 1000;
    seenMs = nowMs();
    for (const axis of AXES) {
      const go = drive[axis];
      if (!go) continue;
      const way = Math.min(go.left, Math.abs(go.speed) * seconds);
      const next = at[axis] + Math.sign(go.speed) * way;
      at[axis] = axis === 'pan' ? wrap(next) : clamp(axis, next);
      go.left -= way;
      if (go.left <= 1e-9 || (axis !== 'pan' && next !== at[axis])) drive[axis] = null;
    }
    if (nowMs() >= endsAtMs) for (const axis of AXES) drive[axis] = null;
  }
  function travel(target: Partial<HeadPosition>, speed: Partial<HeadPosition> = {}): void {
    advance();
    endsAtMs = Infinity;
    for (const axis of AXES) {
      const to = target[axis];
      if (to === undefined) continue;
      const distance = axis === 'pan' ? wrap(to - at.pan) : clamp(axis, to) - at[axis];
      const rate = Math.max(0.02, Math.abs(speed[axis] ?? 1)) * RATES[axis];
      drive[axis] = distance === 0 ? null : { speed: Math.sign(distance) * rate, left: Math.abs(distance) };
    }
  }
  return {
    position(): HeadPosition {
      advance();
      return { ...at };
    },
    isMoving(): boolean {
      advance();
      return AXES.some((axis) => drive[axis] !== null);
    },
    continuous(velocity: Partial<HeadPosition>, timeoutMs: number): void {
      advance();
      endsAtMs = nowMs() + timeoutMs;
      for (const axis of AXES) {
        const value = velocity[axis];
        if (value === undefined) continue;
        drive[axis] = value === 0 ? null : { speed: value * RATES[axis], left: Infinity };
      }
    },
    stop(axes: { panTilt: boolean; zoom: boolean }): void {
      advance();
      if (axes.panTilt) drive.pan = drive.tilt = null;
      if (axes.zoom) drive.zoom = null;
    },
    absolute: travel,
    relative(by: Partial<HeadPosition>, speed?: Partial<HeadPosition>): void {
      advance();
      const to = AXES.flatMap((axis) =>
        by[axis] === undefined ? [] : [[axis, at[axis] + by[axis]] as const],
      );
      travel(Object.fromEntries(to), speed);
    },
    home: (speed?: Partial<HeadPosition>) => travel(HOME, speed),
    presets: (): HeadPreset[] => [...presets.values()],
    setPreset(name: string, token?: string): string {
      advance();
      let free = presets.size + 1;
      while (presets.has(String(free))) free += 1;
      const id = token ?? String(free);
      presets.set(id, { token: id, name, position: { ...at } });
      return id;
    },
    /** False: there is no such preset. */
    gotoPreset(token: string, speed?: Partial<HeadPosition>): boolean {
      const preset = presets.get(token);
      if (preset) travel(preset.position, speed);
      return preset !== undefined;
    },
    removePreset: (token: string): boolean => presets.delete(token),
  };
}
