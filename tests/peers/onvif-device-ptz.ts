/** The head of the test device: it really moves, in the time of the clock given. */
interface Position {
  pan: number;
  tilt: number;
  zoom: number;
}
type Axis = keyof Position;
const AXES: readonly Axis[] = ['pan', 'tilt', 'zoom'];
const RANGE: Readonly<Record<Axis, readonly [number, number]>> = {
  pan: [-1, 1],
  tilt: [-1, 1],
  zoom: [0, 1],
};
const clamp = (axis: Axis, value: number) => Math.min(RANGE[axis][1], Math.max(RANGE[axis][0], value));

/** @param unitsPerSecond how far an axis goes in a second at full speed */
export function createPtzHead(nowMs: () => number, unitsPerSecond = 1) {
  const at: Position = { pan: 0, tilt: 0, zoom: 0 };
  /** Per axis: units a second, and where it stops. */
  const drive: Record<Axis, { speed: number; target: number } | null> = { pan: null, tilt: null, zoom: null };
  const presets = new Map<string, { name: string; position: Position }>();
  let home: Position = { ...at };
  let movedAtMs = nowMs();
  let endsAtMs = Infinity;
  let made = 0;

  function advance(): void {
    const untilMs = Math.min(nowMs(), endsAtMs);
    const seconds = Math.max(0, untilMs - movedAtMs) / 1000;
    movedAtMs = nowMs();
    for (const axis of AXES) {
      const go = drive[axis];
      if (!go) continue;
      const next = at[axis] + go.speed * seconds;
      const passed = go.speed > 0 ? next >= go.target : next <= go.target;
      at[axis] = clamp(axis, passed ? go.target : next);
      if (passed) drive[axis] = null;
    }
    if (nowMs() >= endsAtMs) for (const axis of AXES) drive[axis] = null;
  }
  function travel(target: Partial<Position>, speed: Partial<Position> = {}): void {
    advance();
    endsAtMs = Infinity;
    for (const axis of AXES) {
      const to = target[axis];
      if (to === undefined) continue;
      const distance = clamp(axis, to) - at[axis];
      const rate = Math.abs(speed[axis] ?? 1) * unitsPerSecond;
      drive[axis] = distance === 0 ? null : { speed: Math.sign(distance) * rate, target: clamp(axis, to) };
    }
  }
  return {
    position(): Position {
      advance();
      return { ...at };
    },
    moving(): boolean {
      advance();
      return AXES.some((axis) => drive[axis] !== null);
    },
    continuous(velocity: Partial<Position>, timeoutMs: number): void {
      advance();
      endsAtMs = nowMs() + timeoutMs;
      for (const axis of AXES) {
        const value = velocity[axis];
        if (value === undefined) continue;
        const target = RANGE[axis][value > 0 ? 1 : 0];
        drive[axis] = value === 0 ? null : { speed: value * unitsPerSecond, target };
      }
    },
    stop(axes: { panTilt: boolean; zoom: boolean }): void {
      advance();
      if (axes.panTilt) drive.pan = drive.tilt = null;
      if (axes.zoom) drive.zoom = null;
    },
    absolute: travel,
    relative(by: Partial<Position>, speed?: Partial<Position>): void {
      advance();
      const target: Partial<Position> = {};
      for (const axis of AXES) if (by[axis] !== undefined) target[axis] = at[axis] + by[axis];
      travel(target, speed);
    },
    home: (speed?: Partial<Position>) => travel(home, speed),
    setHome(): void {
      advance();
      home = { ...at };
    },
    presets,
    setPreset(name: string, token?: string): string {
      advance();
      const id = token ?? `P${(made += 1)}`;
      presets.set(id, { name, position: { ...at } });
      return id;
    },
    gotoPreset(token: string, speed?: Partial<Position>): boolean {
      const preset = presets.get(token);
      if (preset) travel(preset.position, speed);
      return preset !== undefined;
    },
  };
}
export type PtzHead = ReturnType<typeof createPtzHead>;
