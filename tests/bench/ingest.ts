import { once } from 'node:events';
import { mkdtempSync, openSync, closeSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from '#native/mqtt/broker.ts';
import { openSubscriber } from '#native/mqtt/subscriber.ts';
import { ingestRig, SITE, topicOf } from '#tests/fixtures/ingest.ts';
import { startMosquitto } from '#tests/peers/mosquitto.ts';
import { waitFor } from '#tests/peers/wait-for.ts';
import type { BenchRow } from './report.ts';

const MESSAGES = 20_000;
const ROUNDS = 3;
const topic = topicOf('dev-1', 'event');
const filter = `guardroom/v1/${SITE}/#`;

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const perSecond = (startMs: number) => MESSAGES / ((performance.now() - startMs) / 1000);

/** Lines for `mosquitto_pub -l`: valid events of about 270 bytes, no two alike. */
function writeEvents(file: string): void {
  const event = (n: number) => ({
    eventId: `bench-${process.pid}-${n}`, deviceId: 'dev-1', type: 'intrusion.fence', state: n % 2 === 0 ? 'raise' : 'clear',
    severity: 2, occurredAt: Date.now(), seq: n, bootId: 'bench-boot', drill: false,
    data: { zone: 'N-07', amplitude: n % 100, sensor: 'vibration cable, north fence, segment 7' },
  }); // prettier-ignore
  writeFileSync(
    file,
    Array.from({ length: MESSAGES }, (_, n) => `${JSON.stringify(event(n + 1))}\n`).join(''),
  );
}

/** The same publisher for both: mosquitto_pub reading lines, QoS 1. Resolves when it has every PUBACK. */
async function publish(port: number, file: string): Promise<void> {
  const input = openSync(file, 'r');
  const child = spawn(
    'mosquitto_pub',
    ['-h', '127.0.0.1', '-p', String(port), '-q', '1', '-t', topic, '-l'],
    {
      stdio: [input, 'ignore', 'inherit'],
    },
  );
  const [code] = (await once(child, 'exit')) as [number];
  closeSync(input);
  if (code !== 0) throw new Error(`mosquitto_pub ended with ${code}`);
}

/** The floor: the simplest subscriber there is; it stores nothing. */
async function floor(port: number, file: string): Promise<number> {
  const args = ['-h', '127.0.0.1', '-p', String(port), '-q', '1', '-t', filter, '-c', '-i', 'floor'];
  await once(spawn('mosquitto_sub', [...args, '-E'], { stdio: 'ignore' }), 'exit');
  const subscriber = spawn('mosquitto_sub', [...args, '-C', String(MESSAGES)], { stdio: 'ignore' });
  const startMs = performance.now();
  const ended = once(subscriber, 'exit');
  await publish(port, file);
  await ended;
  return perSecond(startMs);
}

/** The station's way: parsed, checked, recorded with rules in a transaction (synchronous=FULL), then acknowledged. */
async function persisted(
  url: string,
  port: number,
  file: string,
  protocolVersion: 4 | 5,
): Promise<[number, number]> {
  const rig = ingestRig();
  const subscriber = openSubscriber({
    address: { url, protocolVersion },
    clientId: `bench-${protocolVersion}`,
    topics: [{ filter, qos: 1 }],
    sessionExpirySeconds: 60,
    onBatch: (messages) => rig.ingest.commitBatch(messages),
  });
  try {
    await waitFor('the subscriber', () => subscriber.state().kind === 'online');
    const startMs = performance.now();
    await publish(port, file);
    await waitFor('all acknowledged', () => subscriber.stats().acknowledged >= MESSAGES, 120_000);
    const rate = perSecond(startMs);
    if (rig.count('event') !== MESSAGES) throw new Error(`${rig.count('event')} of ${MESSAGES} are recorded`);
    return [rate, subscriber.stats().committed / subscriber.stats().batches];
  } finally {
    await subscriber.stop();
    rig.close();
  }
}

/** Through the embedded broker: the publisher's own PUBACK waits for the transaction. */
async function embedded(file: string, record: boolean): Promise<number> {
  const rig = ingestRig();
  let taken = 0;
  const broker = await startBroker({
    port: 0,
    topics: [filter],
    onBatch(messages) {
      if (record) rig.ingest.commitBatch(messages);
      taken += messages.length;
    },
  });
  try {
    const startMs = performance.now();
    await publish(broker.port, file);
    const rate = perSecond(startMs);
    if (taken < MESSAGES) throw new Error(`${taken} of ${MESSAGES} came in`);
    return rate;
  } finally {
    await broker.stop();
    rig.close();
  }
}

export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'guardroom-bench-'));
  const file = join(folder, 'events');
  writeEvents(file);
  const rows: BenchRow[] = [];
  const variants = [
    { name: 'QoS 1 persisted before PUBACK, mosquitto as installed (20 in flight)', config: [] },
    { name: 'the same, 1000 in flight', config: ['max_inflight_messages 1000'] },
  ];
  try {
    for (const { name, config } of variants) {
      const mosquitto = await startMosquitto({ config });
      try {
        const floors: number[] = [];
        const rates: number[] = [];
        let batch = 0;
        for (let round = 0; round < ROUNDS; round += 1) {
          floors.push(await floor(mosquitto.port, file));
          const [rate, mean] = await persisted(mosquitto.url, mosquitto.port, file, 5);
          rates.push(rate);
          batch = mean;
        }
        rows.push({
          name: `${name}, batches of ${batch.toFixed(0)}`,
          value: median(rates),
          unit: 'msg/s',
          floorName: 'mosquitto_sub -q 1',
          floor: median(floors),
          target: { min: 0.5, of: 'ratio' },
        });
      } finally {
        await mosquitto.stop();
      }
    }
    const bare: number[] = [];
    const recorded: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      bare.push(await embedded(file, false));
      recorded.push(await embedded(file, true));
    }
    rows.push({
      name: 'QoS 1 persisted before PUBACK, embedded broker',
      value: median(recorded),
      unit: 'msg/s',
      floorName: 'the same broker storing nothing',
      floor: median(bare),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}
