/**
 * From a device's event to the guard's screen, while the park says 500 QoS 1 messages a second: the built console in a
 * real Chromium at the built web host, a real mosquitto between. One clock: the kernel's, which the publisher, the page
 * and mosquitto_sub all read.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import { chromium, type Page } from 'playwright';
import { openApi, useExternalBroker } from '#tests/peers/console-api.ts';
import { startMosquitto } from '#tests/peers/mosquitto.ts';
import { waitFor } from '#tests/peers/wait-for.ts';
import { startWebHost } from '#tests/peers/web-host.ts';
import { findBrowser } from '../../electron/hosts/launch/browser.mjs';
import type { BenchRow } from './report.ts';

/** Messages a second altogether: telemetry, events that are only recorded, and the alarms. */
const PER_SECOND = 500;
const ALARMS_PER_SECOND = 4;
const WARM_UP_S = 5;
const MEASURED_S = 30;
const TICK_MS = 20;
const METERS = 100;
const DOORS = 50;
/** Each alarm is a device's first: nothing is merged into one that is already on the screen. */
const BUTTONS = (WARM_UP_S + MEASURED_S + 2) * ALARMS_PER_SECOND;
/** Share of the messages that are telemetry; the rest are events, which cost a row, a hash and an index entry. */
const TELEMETRY_SHARE = 0.7;
const SITE = 'bench';
/** The guard's usual screen with the park's map, which is drawn without graphics hardware here, and one without a map. */
const SCREENS = ['overview', 'records'] as const;

const named = (prefix: string, count: number, kind: string) =>
  Array.from({ length: count }, (_, n) => ({
    id: `${prefix}-${n}`,
    kind,
    name: { zh: `${prefix}-${n}`, en: `${prefix}-${n}` },
    placeId: 'park',
    position: [108.36 + (n % 20) * 0.001, 22.81 + Math.floor(n / 20) * 0.001],
  }));
const site = {
  site: { id: SITE, name: { zh: '园区' }, guardRoom: { zh: '值班室' }, kind: 'demo', center: [108.37, 22.82] },
  places: [
    { id: 'park', kind: 'park', name: { zh: '园区' }, outline: [[108.36, 22.81], [108.38, 22.81], [108.38, 22.83]] },
  ],
  devices: [
    ...named('button', BUTTONS * SCREENS.length, 'panic_button'),
    ...named('meter', METERS, 'energy_meter'),
    ...named('door', DOORS, 'door'),
  ],
  demoAccounts: [
    { username: 'guard', name: { zh: '值班员' }, role: 'guard', password: 'demo-guard' },
    { username: 'admin', name: { zh: '管理员' }, role: 'system_admin', password: 'demo-admin' },
  ],
}; // prettier-ignore

/** Times by device, in ms since 1970. */
type Times = Map<string, number>;

/** The park's devices as one client: even load, and the alarms among it. Resolves when all is said and acknowledged. */
async function talk(link: MqttClient, published: Times, round: number): Promise<void> {
  const seconds = WARM_UP_S + MEASURED_S;
  const said: Promise<unknown>[] = [];
  const say = (device: string, leaf: string, message: object) =>
    said.push(
      link.publishAsync(`guardroom/v1/${SITE}/${device}/${leaf}`, JSON.stringify(message), { qos: 1 }),
    );
  const startMs = performance.now();
  let sent = 0;
  let alarms = 0;
  for (let elapsedMs = 0; elapsedMs < seconds * 1000; elapsedMs = performance.now() - startMs) {
    for (; sent < (elapsedMs / 1000) * PER_SECOND; sent += 1) {
      const occurredAt = Date.now();
      if (alarms < (elapsedMs / 1000) * ALARMS_PER_SECOND) {
        const deviceId = `button-${alarms + round * BUTTONS}`;
        alarms += 1;
        say(deviceId, 'event', {
          eventId: `a-${round}-${alarms}`,
          deviceId,
          type: 'duress.button',
          state: 'raise',
          occurredAt,
        });
        if (elapsedMs > WARM_UP_S * 1000) published.set(deviceId, occurredAt);
      } else if (sent % 10 < TELEMETRY_SHARE * 10) {
        const values = { power: sent % 300, current: (sent % 97) / 10 };
        say(`meter-${sent % METERS}`, 'telemetry', { occurredAt, seq: sent, values });
      } else {
        const deviceId = `door-${sent % DOORS}`;
        say(deviceId, 'event', {
          eventId: `e-${round}-${sent}`,
          deviceId,
          type: 'access.pass',
          state: 'info',
          occurredAt,
        });
      }
    }
    await delay(TICK_MS);
  }
  await Promise.all(said);
}

/** mosquitto_sub beside the station, printing when each alarm came. */
async function listen(port: number): Promise<{ heard: Times; stop(): void }> {
  const heard: Times = new Map();
  const args = ['-h', '127.0.0.1', '-p', String(port), '-q', '1', '-F', '%U %t'];
  const child = spawn('mosquitto_sub', [...args, '-t', `guardroom/v1/${SITE}/+/event`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [seconds, topic] = line.split(' ');
    const device = topic?.split('/')[3] ?? '';
    if (!heard.has(device)) heard.set(device, Number(seconds) * 1000);
  });
  return { heard, stop: () => void child.kill() };
}

/** Notes in the page when the name of an alarm's device was first drawn in the strip of the newest alarm. */
const WATCH = `
  window.seen = {};
  const strip = document.querySelector('header');
  const look = () => {
    const name = strip.querySelector('[role=status] b')?.textContent?.split(' ')[0];
    if (!name || name in window.seen) return;
    window.seen[name] = null;
    // After the next frame's callbacks comes its drawing; the message is handled once that is done.
    requestAnimationFrame(() => {
      const after = new MessageChannel();
      after.port1.onmessage = () => (window.seen[name] = Date.now());
      after.port2.postMessage(null);
    });
  };
  new MutationObserver(look).observe(strip, { subtree: true, childList: true, characterData: true });
`;

async function openConsole(page: Page, url: string, screen: string): Promise<void> {
  await page.goto(url);
  await page.locator('input').nth(0).fill('guard');
  await page.locator('input').nth(1).fill('demo-guard');
  await page.locator('button[type=submit]').click();
  await page.locator('nav').first().waitFor();
  if (screen !== 'overview') await page.goto(`${url}#/${screen}`);
}

const percentile = (values: number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;
const spans = (published: Times, arrived: Times): number[] =>
  [...published].flatMap(([device, atMs]) => {
    const then = arrived.get(device);
    return then === undefined ? [] : [then - atMs];
  });

function rowsOf(screen: string, published: Times, seen: Times, heard: Times): BenchRow[] {
  const shown = spans(published, seen);
  const line = spans(published, heard);
  const what = `alarm to screen (${screen}), ${PER_SECOND} msg/s`;
  const row = (share: number) => ({
    name: `${what}, p${share * 100}`,
    value: percentile(shown, share),
    unit: 'ms',
    floor: percentile(line, share),
    floorName: 'mosquitto_sub of the same messages',
  });
  return [
    row(0.5),
    { ...row(0.99), target: { max: 150 } },
    // One that the next alarm had replaced before it was drawn.
    {
      name: `${what}, replaced before drawn, of ${published.size}`,
      value: published.size - shown.length,
      unit: '',
    },
  ];
}

export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'guardroom-console-bench-'));
  const closers: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const siteFile = join(folder, 'site.yaml');
    writeFileSync(siteFile, JSON.stringify(site));
    const broker = await startMosquitto();
    closers.push(() => broker.stop());
    const host = await startWebHost(join(folder, 'data'), ['--site', siteFile, '--log-level', 'error'], {
      built: true,
    });
    closers.push(async () => {
      host.child.kill('SIGTERM');
      await host.ended;
    });
    const admin = await openApi(host.url, { username: 'admin', password: 'demo-admin' });
    await useExternalBroker(admin.api, broker);
    admin.close();

    const browser = await chromium.launch({
      executablePath: findBrowser() ?? undefined,
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
    closers.push(() => browser.close());
    const floor = await listen(broker.port);
    closers.push(() => floor.stop());
    const link = await connectAsync(broker.url, { protocolVersion: 4 });
    closers.push(() => link.endAsync(true));

    const rows: BenchRow[] = [];
    for (const [screen, name] of SCREENS.entries()) {
      const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
      await openConsole(page, host.url, name);
      await page.evaluate(WATCH);
      const published: Times = new Map();
      await talk(link, published, screen);
      const last = JSON.stringify([...published.keys()].at(-1));
      await waitFor('the last alarm on the screen', () => page.evaluate(`!!window.seen[${last}]`));
      const seen = await page.evaluate<Record<string, number>>('window.seen');
      rows.push(...rowsOf(name, published, new Map(Object.entries(seen)), floor.heard));
      await page.close();
    }
    return rows;
  } finally {
    for (const close of closers.reverse()) await close();
  }
}
