import { describe, expect, it } from 'vitest';
import type { HealthItem } from '#contract/system.contract.ts';
import { createSirenService } from '#features/broadcast/siren.service.ts';
import { AudioError } from '#native/audio/errors.ts';
import type { LocalOut } from '#native/audio/local-out.ts';
import { createHealth } from '#station/health.ts';
import { LiveCollection } from '#station/live.ts';
import { silentLog } from '#station/log.ts';
import { STATION_ACTOR, type StationPorts } from '#station/ports.ts';
import type { SettingDefinition } from '#station/settings.ts';
import { TestClock } from '#tests/fixtures/clock.ts';

const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

function setUp(answers: (AudioError | null)[], players = ['test']) {
  const clock = new TestClock();
  const items = new LiveCollection<HealthItem>(clock, 'test');
  const defaults = new Map<string, unknown>();
  const played: string[] = [];
  const audited: unknown[] = [];
  const changes: (string | null)[] = [];
  const playFile: LocalOut['playFile'] = (file) => {
    played.push(file.replace(/^.*[\\/]/, ''));
    const answer = answers.shift() ?? null;
    return { stop: () => {}, finished: answer ? Promise.reject(answer) : Promise.resolve('ended') };
  };
  const ports = {
    clock,
    log: silentLog,
    health: createHealth(items, clock),
    paths: { data: '', backups: '', resources: 'resources' },
    settings: {
      define: (...list: SettingDefinition[]) =>
        list.forEach(({ key, defaultValue }) => defaults.set(key, defaultValue)),
      number: (key: string) => Number(defaults.get(key)),
      boolean: (key: string) => defaults.get(key) === true,
    },
    write: (run: (tx: unknown) => unknown) => run({}),
    audit: { append: (_tx: unknown, _actor: unknown, ...entry: unknown[]) => audited.push(entry) },
  } as unknown as StationPorts;
  const local = {
    players: () => players,
    playFile,
    play: () => playFile(''),
    close: async () => {},
  } as LocalOut;
  const siren = createSirenService(ports, { local, onChange: (_works, code) => changes.push(code) });
  return { siren, clock, played, audited, changes, sound: () => items.get('sound') };
}

describe('alarm sound of the station', () => {
  it('proves itself after the start and then plays what the alarms ask for, by level', async () => {
    const { siren, clock, played, sound } = setUp([]);
    expect(sound()).toMatchObject({ level: 'warn', code: 'untested' });
    clock.advance(3_000);
    await settle();
    expect(sound()).toMatchObject({ level: 'ok', code: 'passed' });
    siren.set(2);
    await settle();
    clock.advance(5_000);
    expect(played).toEqual(['test-tone.wav', 'alarm-2.wav', 'alarm-2.wav']);
    await siren.close();
  });

  it('shows that it cannot be heard, tells it once, and tells when it can again', async () => {
    const broken = () => new AudioError('audio.no_device');
    const { siren, clock, sound, changes } = setUp([broken(), broken(), null]);
    siren.set(1);
    await settle();
    expect(sound()).toMatchObject({ level: 'bad', code: 'failed', params: { reason: 'audio.no_device' } });
    clock.advance(5_000);
    await settle();
    clock.advance(5_000);
    await settle();
    expect(sound()).toMatchObject({ level: 'ok', code: 'passed' });
    expect(changes).toEqual(['audio.no_device', null]);
    await siren.close();
  });

  it('says at once that there is no player', async () => {
    const { siren, sound } = setUp([], []);
    expect(sound()).toMatchObject({ level: 'bad', code: 'failed', params: { reason: 'audio.no_player' } });
    await siren.close();
  });

  it('puts the result of a test on record', async () => {
    const { siren, audited } = setUp([null, new AudioError('audio.no_device')]);
    expect(await siren.test(STATION_ACTOR)).toMatchObject({ ok: true, reason: null });
    expect(await siren.test(STATION_ACTOR)).toMatchObject({ ok: false, reason: 'audio.no_device' });
    expect(audited).toEqual([
      ['sound.test', null, { ok: true, reason: null }],
      ['sound.test', null, { ok: false, reason: 'audio.no_device' }],
    ]);
    await siren.close();
  });
});
