import path from 'node:path';
import type { Priority } from '#contract/base.ts';
import type { LocalOut } from '#native/audio/local-out.ts';
import { createSiren, SIREN_PAUSE_MS, type SirenState } from '#native/audio/siren.ts';
import type { Actor, StationPorts } from '#station/ports.ts';

export interface SirenDeps {
  local: LocalOut;
  /** Told when the speaker stops or starts working, with the code of the failure. */
  onChange?: (working: boolean, code: string | null) => void;
}

/** The test at the start waits until the station has settled. */
const TEST_AFTER_START_MS = 3_000;

/**
 * The station's own alarm sound. It needs no console: the alarms say which level should sound (`set`), the sound comes
 * from the workstation's speaker, and a speaker that does not work shows in the foot bar as `sound`, so that a console
 * can play it instead.
 */
export function createSirenService(ports: StationPorts, deps: SirenDeps) {
  const { clock, health, settings, paths, log } = ports;
  const pause = (key: string, level: Priority) =>
    ({
      key,
      kind: 'number',
      defaultValue: SIREN_PAUSE_MS[level] / 1000,
      min: 0.5,
      max: 600,
      restart: true,
    }) as const;
  settings.define(
    pause('sound.pause1Seconds', 1),
    pause('sound.pause2Seconds', 2),
    pause('sound.pause3Seconds', 3),
    pause('sound.pause4Seconds', 4),
    { key: 'sound.testAtStart', kind: 'boolean', defaultValue: true },
  );
  const sound = (name: string) => path.join(paths.resources, 'sounds', `${name}.wav`);
  const pauseMs = (level: Priority) => settings.number(`sound.pause${level}Seconds`) * 1000;

  function show({ working, code }: SirenState): void {
    const players = deps.local.players();
    if (working) health.set('sound', 'ok', 'passed', { atMs: clock.nowMs(), players });
    else health.set('sound', 'bad', 'failed', { reason: code, players });
  }
  function changed(state: SirenState): void {
    show(state);
    if (!state.working) log.warn('the workstation plays no sound', { code: state.code });
    deps.onChange?.(state.working === true, state.code);
  }
  const siren = createSiren({
    out: deps.local,
    clock,
    sounds: { 1: sound('alarm-1'), 2: sound('alarm-2'), 3: sound('alarm-3'), 4: sound('alarm-4') },
    testSound: sound('test-tone'),
    pauseMs: { 1: pauseMs(1), 2: pauseMs(2), 3: pauseMs(3), 4: pauseMs(4) },
    onChange: changed,
  });

  const players = deps.local.players();
  if (players.length === 0) health.set('sound', 'bad', 'failed', { reason: 'audio.no_player', players });
  else health.set('sound', 'warn', 'untested', { players });
  // The worst failure is an alarm that is shown and silent overnight: the sound proves itself before it is needed.
  const cancelTest = settings.boolean('sound.testAtStart')
    ? clock.after(TEST_AFTER_START_MS, () => void siren.test())
    : () => {};

  return {
    /** The level that should sound now; null is silence. Repeating is done here. */
    set: (level: Priority | null): void => siren.set(level),
    state: () => siren.state(),
    /** Plays the test tone on the workstation; the result goes on record and to the foot bar. */
    async test(actor: Actor): Promise<{ ok: boolean; reason: string | null; atMs: number }> {
      const reason = await siren.test();
      show(siren.state());
      ports.write((tx) => ports.audit.append(tx, actor, 'sound.test', null, { ok: reason === null, reason }));
      return { ok: reason === null, reason, atMs: clock.nowMs() };
    },
    async close(): Promise<void> {
      cancelTest();
      await siren.close();
    },
  };
}
export type SirenService = ReturnType<typeof createSirenService>;
