import type { CameraClock } from '#contract/cameras.contract.ts';
import type { Camera } from '#contract/site.ts';
import { deviceUrl } from '#native/onvif/address.ts';
import { createOnvifClient } from '#native/onvif/client.ts';
import type { CertificateCheck } from '#native/tls/pinned.ts';
import type { SitePort, StationPorts } from '#station/ports.ts';
import { CLOCK_OFF_MS } from './channels.ts';

/** A camera's clock drifts by seconds a day; a time server that was lost shows within the hour all the same. */
const MEASURE_EVERY_MS = 10 * 60_000;
const AT_ONCE = 4;
const PATIENCE_MS = 3_000;

/**
 * The clocks of all cameras that speak ONVIF against the station's: asked without a login (GetSystemDateAndTime), once
 * per device however many channels it has. Published for the console; the foot bar counts those that are off.
 */
export function watchClocks(
  ports: Pick<StationPorts, 'bus' | 'clock' | 'health' | 'log' | 'site' | 'liveCollection'>,
  deps: { reachable: Pick<SitePort, 'camera'>; trusts: CertificateCheck },
) {
  const { bus, clock, health, site } = ports;
  const live = ports.liveCollection<CameraClock>();
  /** By device address: cameras that come later need not wait for the next round. */
  const known = new Map<string, { offsetMs: number; measuredAtMs: number } | null>();
  const stopping = new AbortController();
  let isShown = false;
  let running: Promise<void> = Promise.resolve();

  function devices(): Map<string, Camera[]> {
    const found = new Map<string, Camera[]>();
    for (const { id } of site.current().cameras) {
      const camera = deps.reachable.camera(id);
      if (!camera?.onvif) continue;
      const url = deviceUrl({ ...camera.onvif, host: camera.onvif.address });
      found.set(url, [...(found.get(url) ?? []), camera]);
    }
    return found;
  }

  async function measure(url: string): Promise<void> {
    const client = createOnvifClient({
      url,
      timeoutMs: PATIENCE_MS,
      nowMs: () => clock.nowMs(),
      trusts: deps.trusts,
    });
    try {
      const { offsetMs } = await client.time();
      known.set(url, offsetMs === null ? null : { offsetMs, measuredAtMs: clock.nowMs() });
    } catch {
      // away for a while: what it told last stays, with its time
      if (!known.has(url)) known.set(url, null);
    } finally {
      client.close();
    }
  }

  async function round(urls: string[]): Promise<void> {
    const waiting = urls.values();
    const worker = async () => {
      for (const url of waiting) {
        if (stopping.signal.aborted) return;
        await measure(url);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    if (!stopping.signal.aborted) publish();
  }

  function publish(): void {
    const lines = new Map<string, CameraClock>();
    for (const [url, cameras] of devices()) {
      const at = known.get(url);
      if (!at) continue;
      for (const { id } of cameras) lines.set(id, { id, ...at, isOff: Math.abs(at.offsetMs) > CLOCK_OFF_MS });
    }
    const gone = live.values().filter(({ id }) => !lines.has(id));
    const news = [...lines.values()].filter(
      (one) => JSON.stringify(one) !== JSON.stringify(live.get(one.id)),
    );
    if (news.length > 0 || gone.length > 0)
      live.change(
        news,
        gone.map(({ id }) => id),
      );
    const off = [...lines.values()].filter(({ isOff }) => isOff).length;
    const params = { count: off, total: lines.size };
    // a park without such cameras needs no line in the foot bar
    if (lines.size === 0) {
      if (isShown) health.set('cameras', 'off', 'none');
      return;
    }
    isShown = true;
    health.set('cameras', off > 0 ? 'warn' : 'ok', off > 0 ? 'clock_off' : 'ok', params);
  }

  const start = (which: (url: string) => boolean) => {
    running = running
      .then(() => round([...devices().keys()].filter(which)))
      .catch((error: Error) => ports.log.error('clocks of cameras', { error: error.message }));
  };
  const stopSite = bus.on('site.changed', () => {
    const urls = devices();
    for (const url of known.keys()) if (!urls.has(url)) known.delete(url);
    start((url) => !known.has(url));
  });
  const stopRound = clock.every(MEASURE_EVERY_MS, () => start(() => true));
  start(() => true);

  return {
    live,
    /** Asks every device again. */
    measureAll: () => start(() => true),
    async stop(): Promise<void> {
      stopping.abort();
      stopSite();
      stopRound();
      await running;
    },
  };
}
