import { connectAsync } from 'mqtt';
import type { CommandMessage } from '#contract/park-messages.ts';
import type { Park } from './park.ts';

export interface Controller {
  /** The commands that have come, oldest first, as `arm {"zoneId":"zone-north"}`. */
  commands: string[];
}

/**
 * The fence controller of the park: takes commands over MQTT, confirms them, and reports whether the zone is armed.
 * Ends with the park.
 */
export async function startController(park: Park): Promise<Controller> {
  const link = await connectAsync(`mqtt://127.0.0.1:${park.brokerPort}`, { protocolVersion: 4 });
  park.onStop(() => link.endAsync(true));
  const topic = (leaf: string) => `guardroom/v1/e2e/fence-controller/${leaf}`;
  const say = (leaf: string, message: object) =>
    link.publishAsync(topic(leaf), JSON.stringify(message), { qos: 1 });
  const report = (armed: boolean) => say('state', { occurredAt: Date.now(), values: { armed } });
  const commands: string[] = [];
  link.on('message', (_topic, payload) => {
    const { commandId, name, params } = JSON.parse(payload.toString()) as CommandMessage;
    commands.push(`${name} ${JSON.stringify(params)}`);
    void say('reply', { commandId, result: 'confirmed' }).then(() => report(name === 'arm'));
  });
  await link.subscribeAsync(topic('command'), { qos: 1 });
  await say('availability', { state: 'online' });
  await report(false);
  return { commands };
}
