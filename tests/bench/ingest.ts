import { once } from 'node:events';
import { mkdtempSync, openSync, closeSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from '#native/mqtt/broker.ts';
import { startIngestStation } from '#tests/fixtures/ingest-station.ts';
import { startMosquitto } from '#tests/peers/mosquitto.ts';
import { waitFor } from '#tests/peers/wait-for.ts';
import type { BenchRow } from './report.ts';

const MESSAGES = 50_000;
const ROUNDS = 3;
/** Of the small site. */
const DEVICE = 'fence-n07';
const topic = `guardroom/v1/test/${DEVICE}/event`;
const filter = 'guardroom/v1/test/#';

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const perSecond = (startMs: number) => MESSAGES / ((performance.now() - startMs) / 1000);

type Kind = 'info' | 'alarm';
/** Lines for `mosquitto_pub -l`: valid events of about 270 bytes, no two alike. Alarms come and go. */
function writeEvents(file: string, kind: Kind): void {
  const event = (n: number) => ({
    eventId: `bench-${process.pid}-${n}`, deviceId: DEVICE,
    type: kind === 'info' ? 'access.pass' : 'intrusion.fence',
    state: kind === 'info' ? 'info' : n % 2 === 1 ? 'raise' : 'clear',
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

/**
 * The station's way: parsed, checked, recorded in a chain, alarm rules and device state applied, all in a transaction
 * that is on disk (synchronous=FULL) before the acknowledgement.
 */
async function persisted(settings: Record<string, string | number>, file: string): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'guardroom-bench-'));
  const station = await startIngestStation(dataDir, { 'broker.clientId': `bench-${rounds++}`, ...settings });
  try {
    await waitFor('the link', () => station.link.state().kind === 'online');
    const startMs = performance.now();
    await publish(Number(new URL(station.link.info().address).port), file);
    await waitFor('all recorded', () => station.ingest.tally.messages >= MESSAGES, 120_000);
    const rate = perSecond(startMs);
    if (station.ingest.tally.events !== MESSAGES)
      throw new Error(`${station.ingest.tally.events} of ${MESSAGES} are recorded`);
    return rate;
  } finally {
    await station.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
let rounds = 0;

/** The embedded broker's floor: it gives the messages to nobody. */
async function bareBroker(file: string): Promise<number> {
  const broker = await startBroker({ port: 0, topics: [], onBatch() {} });
  try {
    const startMs = performance.now();
    await publish(broker.port, file);
    return perSecond(startMs);
  } finally {
    await broker.stop();
  }
}

export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'guardroom-bench-'));
  const files = { info: join(folder, 'info'), alarm: join(folder, 'alarm') };
  for (const kind of ['info', 'alarm'] as const) writeEvents(files[kind], kind);
  const mosquitto = await startMosquitto();
  const external = { 'broker.kind': 'external', 'broker.url': mosquitto.url };
  const own = { 'broker.kind': 'embedded', 'broker.embeddedPort': 0 };
  const rates = { floor: [], info: [], alarm: [], bare: [], own: [] } as Record<string, number[]>;
  try {
    // In turns, so that what else the machine does falls on all of them.
    for (let round = 0; round < ROUNDS; round += 1) {
      rates['floor']!.push(await floor(mosquitto.port, files.info));
      rates['info']!.push(await persisted(external, files.info));
      rates['alarm']!.push(await persisted(external, files.alarm));
      rates['bare']!.push(await bareBroker(files.info));
      rates['own']!.push(await persisted(own, files.info));
    }
  } finally {
    await mosquitto.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const of = (name: string) => median(rates[name]!);
  const sub = { unit: 'msg/s', floorName: 'mosquitto_sub -q 1', floor: of('floor') };
  return [
    {
      name: 'QoS 1 events persisted before PUBACK',
      value: of('info'),
      ...sub,
      target: { min: 0.5, of: 'ratio' },
    },
    { name: 'the same, each raising or clearing an alarm', value: of('alarm'), ...sub },
    {
      name: 'embedded broker: events persisted before PUBACK',
      value: of('own'),
      unit: 'msg/s',
      floorName: 'the same broker, nothing stored',
      floor: of('bare'),
    },
  ];
}
