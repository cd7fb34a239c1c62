import type { CommandMessage, Scalar } from '#contract/park-messages.ts';
import type { Clock } from '#station/clock.ts';
import type { Park } from './park.ts';

/** What a command does to a device's switches, and what falls back by itself after some seconds. */
interface Effect {
  set: Readonly<Record<string, Scalar>>;
  then?: { afterMs: number; set: Readonly<Record<string, Scalar>> };
}

const EFFECTS: Readonly<Record<string, Effect>> = {
  arm: { set: { armed: true, alarm: false } },
  disarm: { set: { armed: false, alarm: false } },
  test: { set: {} },
  open: { set: { open: true, locked: false }, then: { afterMs: 5000, set: { open: false, locked: true } } },
  close: { set: { open: false } },
  hold_open: { set: { open: true } },
  emergency_open: { set: { mode: 'emergency' } },
  lock: { set: { locked: true, open: false } },
  unlock: { set: { locked: false } },
  on: { set: { on: true } },
  off: { set: { on: false } },
  start: { set: { running: true } },
  stop: { set: { running: false } },
  recall: { set: { direction: 'recalled', floor: 1 } },
  answer: { set: { calling: false } },
  hang_up: { set: { calling: false } },
  set: { set: {} },
  set_volume: { set: {} },
};
/** A relay on the bus needs a moment. */
const WORK_MS = 400;

/** Values that a command's parameters carry, or what is wrong with them. */
function asked(command: CommandMessage): Record<string, Scalar> | { refuse: string } {
  if (command.name === 'set_volume') {
    const { volume } = command.params;
    return typeof volume === 'number' && volume >= 0 && volume <= 100 ? { volume } : { refuse: 'bad_volume' };
  }
  if (command.name === 'set') {
    const { supply } = command.params;
    return typeof supply === 'number' && supply >= 10 && supply <= 30 ? { supply } : { refuse: 'bad_supply' };
  }
  return {};
}

/** Answers commands as devices do: accepted at once, confirmed when done, refused with a reason. */
export function commandsOf(
  park: Park,
  clock: Clock,
): { take(deviceId: string, command: CommandMessage): void; stop(): void } {
  const timers = new Set<() => void>();
  const later = (ms: number, run: () => void) => {
    const cancel = clock.after(ms, () => {
      timers.delete(cancel);
      run();
    });
    timers.add(cancel);
  };
  const apply = (deviceId: string, values: Readonly<Record<string, Scalar>>) => {
    const points = new Set(park.device(deviceId)?.points.map(({ key }) => key));
    for (const [key, value] of Object.entries(values))
      if (points.has(key)) park.world.set(deviceId, key, value);
    park.sendStates(deviceId);
    if ('volume' in values || 'supply' in values || 'floor' in values) park.sendNumbers(deviceId);
  };
  return {
    take(deviceId, command) {
      const { commandId, name, expiresAt } = command;
      const device = park.device(deviceId);
      const effect = EFFECTS[name];
      if (!device || !effect || !device.commands.includes(name)) {
        park.reply(deviceId, commandId, 'failed', 'unknown_command');
        return;
      }
      if (expiresAt < clock.nowMs()) {
        park.reply(deviceId, commandId, 'failed', 'expired');
        return;
      }
      const values = asked(command);
      if ('refuse' in values) {
        park.reply(deviceId, commandId, 'failed', String(values.refuse));
        return;
      }
      park.reply(deviceId, commandId, 'accepted');
      later(WORK_MS, () => {
        apply(deviceId, { ...effect.set, ...values });
        park.reply(deviceId, commandId, 'confirmed');
        const { then } = effect;
        if (then) later(then.afterMs, () => apply(deviceId, then.set));
      });
    },
    stop() {
      for (const cancel of timers) cancel();
      timers.clear();
    },
  };
}
