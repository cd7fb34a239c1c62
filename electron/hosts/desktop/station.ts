import type { MessageEvent, ParentPort } from 'electron';
import { letHeapGrow } from '#native/process/heap.ts';
import { startStation, type Station } from '#station/boot.ts';
import { refusalCode } from '#station/refusal.ts';
import { serveMedia, type MediaServer } from './media-server.ts';
import type { StationArguments } from './options.ts';
import { consolePorts } from './rpc-port.ts';
import type { FromStation, ToStation } from './station-process.ts';

/** The station in a process of its own (Electron's utilityProcess): its main thread carries nothing else. */
const parent: ParentPort = process.parentPort;
const say = (message: FromStation): void => parent.postMessage(message);
const ALIVE_MS = 2_000;

async function start(): Promise<{ station: Station; media: MediaServer }> {
  const options = JSON.parse(process.argv.at(-1) ?? '{}') as StationArguments;
  const running: { station?: Station } = {};
  const media = await serveMedia((request, socket, head) => {
    if (running.station) running.station.mediaUpgrade(request, socket, head);
    else socket.destroy();
  });
  const station = await startStation({
    ...options,
    hostName: 'desktop',
    capabilities: ['windows', 'kiosk'],
    mediaUrl: () => media.url,
  });
  running.station = station;
  return { station, media };
}

async function main(): Promise<void> {
  letHeapGrow();
  const started = start();
  const stop = async (): Promise<void> => {
    const running = await started.catch(() => null);
    await running?.station.stop();
    await running?.media.close();
    process.exit(0);
  };
  const takePort = started.then(({ station }) => consolePorts(station));
  takePort.catch(() => undefined); // said below
  let stopping: Promise<void> | undefined;
  parent.on('message', ({ data, ports: [port] }: MessageEvent) => {
    const { type } = data as ToStation;
    if (type === 'stop') stopping ??= stop();
    if (type === 'connect' && port) void takePort.then((take) => take(port)).then(() => port.start());
  });
  await started;
  say({ type: 'ready' });
  setInterval(() => say({ type: 'alive' }), ALIVE_MS);
}

try {
  await main();
} catch (error) {
  process.stderr.write(
    `guardroom: the station did not start: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  say({ type: 'refused', reason: refusalCode(error) });
}
