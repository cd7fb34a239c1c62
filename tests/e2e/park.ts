import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openApi, useExternalBroker, type Api } from '#tests/peers/console-api.ts';
import { freePort, startMosquitto, type Mosquitto } from '#tests/peers/mosquitto.ts';
import { startRtpReceiver, type RtpReceiver } from '#tests/peers/rtp-receiver.ts';
import { SMALL_CLIP, startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';
import { startNode, type HostProcess } from '#tests/peers/web-host.ts';
import { PLAN, siteOf } from './site.ts';

const LOGIN = { user: 'viewer', password: 'c4mera-Secret' };
/** The built web host; `npm test` builds it first. */
const HOST = 'out/main/web.js';

export interface ParkOptions {
  kind?: 'demo' | 'real';
  /** `external`: a mosquitto that the station is told about in its settings. */
  broker?: 'external' | 'embedded';
  /** Without, the park has none. */
  cameras?: boolean;
}

/** A park with real peers around the real web host on a folder and ports of its own. */
export class Park {
  readonly #closers: (() => unknown)[] = [];
  readonly #options: Required<ParkOptions>;
  readonly dataDir = mkdtempSync(join(tmpdir(), 'guardroom-e2e-'));
  #host: HostProcess | undefined;
  #port = 0;
  #eventNumber = 0;
  /** Loopback port of the broker that the station listens to. */
  brokerPort = 0;
  mosquitto: Mosquitto | undefined;
  receiver!: RtpReceiver;
  cameras: { open: RtspServer; locked: RtspServer } | undefined;

  constructor(options: ParkOptions) {
    this.#options = { kind: 'demo', broker: 'external', cameras: true, ...options };
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** Loops of the test cameras: one frame number in each picture, from 0 again after this many. */
  readonly loopFrames = SMALL_CLIP.fps * SMALL_CLIP.seconds;

  async start(): Promise<void> {
    const { kind, broker, cameras } = this.#options;
    this.#closers.push(() => rmSync(this.dataDir, { recursive: true, force: true }));
    [this.receiver, this.#port, this.brokerPort] = await Promise.all([
      startRtpReceiver(),
      freePort(),
      freePort(),
    ]);
    this.#closers.push(() => this.receiver.close());
    if (cameras) await this.#startCameras();
    const { open, locked } = this.cameras ?? {};
    const site = siteOf(
      {
        rtpPort: this.receiver.port,
        cameras: open &&
          locked && { openUrl: open.url('/cam-open'), lockedUrl: locked.url('/cam-locked'), login: LOGIN },
      },
      kind,
    );
    // JSON is YAML.
    writeFileSync(this.siteFile, JSON.stringify(site));
    mkdirSync(join(this.dataDir, 'data', 'plans'), { recursive: true });
    writeFileSync(join(this.dataDir, 'data', 'plans', 'proof.yaml'), JSON.stringify(PLAN));
    await this.startHost();
    if (broker === 'external') await this.#useMosquitto();
  }

  get siteFile(): string {
    return join(this.dataDir, 'site.yaml');
  }

  async #startCameras(): Promise<void> {
    const [open, locked] = await Promise.all([
      startRtspServer([{ path: '/cam-open' }, { path: '/cam-open-sub', width: 320, height: 180 }]),
      startRtspServer([{ path: '/cam-locked' }], LOGIN),
    ]);
    this.cameras = { open, locked };
    this.#closers.push(
      () => open.stop(),
      () => locked.stop(),
    );
  }

  /** Tells the station in its settings, as an administrator would, to use an external broker. */
  async #useMosquitto(): Promise<void> {
    const mosquitto = await startMosquitto();
    this.mosquitto = mosquitto;
    this.brokerPort = mosquitto.port;
    this.#closers.push(() => mosquitto.stop());
    await useExternalBroker(await this.api('admin'), mosquitto);
  }

  /** Starts the host, for the first time or again after it was killed; resolves when it serves. */
  async startHost(): Promise<void> {
    const args = ['--data', join(this.dataDir, 'data'), '--site', this.siteFile, '--no-browser'];
    const ports = ['--port', String(this.#port), '--rtsp-port', '0'];
    const embedded =
      this.#options.broker === 'embedded'
        ? ['--broker-port', String(this.brokerPort)]
        : ['--broker-port', '0'];
    const host = startNode(HOST, [...args, ...ports, ...embedded]);
    this.#host = host;
    await new Promise<void>((resolve, reject) => {
      host.child.on('message', (message: { type?: string }) => message.type === 'ready' && resolve());
      void host.ended.then((code) => reject(new Error(`the web host ended with ${code}:\n${host.output()}`)));
    });
  }

  /** Ends the host as a power cut would: no handler of it runs. */
  async killHost(): Promise<void> {
    const host = this.#host;
    if (!host) return;
    const ended = once(host.child, 'exit');
    host.child.kill('SIGKILL');
    await ended;
    this.#host = undefined;
  }

  /** Sends a signal to the host's process: SIGSTOP hangs it, SIGCONT lets it go on. */
  signalHost(signal: NodeJS.Signals): void {
    this.#host?.child.kill(signal);
  }

  /** A client of the contract on a connection of its own, signed in when a demo account is named. */
  async api(username?: string, password = `demo-${username}`): Promise<Api> {
    const { api, close } = await openApi(
      this.url,
      username === undefined ? undefined : { username, password },
    );
    this.#closers.push(close);
    return api;
  }

  /** Publishes with mosquitto's own client, QoS 1: resolves when the broker has taken it. */
  async publish(device: string, leaf: string, message: unknown): Promise<void> {
    const payload = typeof message === 'string' ? message : JSON.stringify(message);
    const topic = `guardroom/v1/e2e/${device}/${leaf}`;
    // The embedded broker speaks MQTT 3.1.1 only.
    const version = this.mosquitto ? 'mqttv5' : 'mqttv311';
    await promisify(execFile)('mosquitto_pub', [
      ...['-h', '127.0.0.1', '-p', String(this.brokerPort), '-V', version, '-q', '1'],
      ...['-t', topic, '-m', payload],
    ]);
  }

  /** An event of a device; returns its id. */
  async event(device: string, type: string, more: Record<string, unknown> = {}): Promise<string> {
    const eventId = `e2e-${(this.#eventNumber += 1)}`;
    const event = { eventId, deviceId: device, type, state: 'raise', occurredAt: Date.now(), ...more };
    await this.publish(device, 'event', event);
    return eventId;
  }

  /** Runs before everything else of the park is stopped. */
  onStop(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** Everything that the host has printed, for a failed test. */
  output(): string {
    return this.#host?.output() ?? '';
  }

  async stop(): Promise<void> {
    for (const close of this.#closers.splice(1).reverse()) await close();
    if (this.#host) {
      this.#host.child.kill('SIGTERM');
      await this.#host.ended;
    }
    for (const close of this.#closers) await close();
  }
}
