import { setTimeout as pause } from 'node:timers/promises';
import { startDirectPull } from '#features/video/direct-pull.ts';
import type { FfmpegBinary } from '#native/ffmpeg/binary.ts';
import { createHandover } from '#native/ffmpeg/handover.ts';
import type { PullKind } from '#native/ffmpeg/pull-switch.ts';
import { createRelay, type Relay } from '#native/ffmpeg/relay.ts';
import { startChild } from '#native/process/child.ts';
import { childrenOf, cpuSecondsOf } from '#tests/peers/cpu-time.ts';
import type { RtspServer } from '#tests/peers/rtsp-server.ts';

const CPU_WINDOW_MS = 15_000;
/** Streams and browser have settled. */
export const SETTLE_MS = 4_000;

/** A relay per camera of the test server, all pulled the same way, made when they are first asked for. */
export function relaysOf(cameras: RtspServer, ffmpeg: FfmpegBinary, kind: PullKind) {
  const handover = createHandover();
  const relays = new Map<string, Relay>();
  return {
    open(name: string): Relay {
      const known = relays.get(name);
      if (known) return known;
      const source = { url: cameras.url(`/${name}`), transport: 'tcp' as const };
      const serves = () => (kind === 'direct' ? ('everybody' as const) : ('nobody' as const));
      const direct = { start: startDirectPull, serves };
      const common = { label: name, source, handover, lingerMs: 0 };
      const relay = createRelay({ ...common, ffmpeg: async () => ffmpeg, direct });
      relays.set(name, relay);
      return relay;
    },
    async stop() {
      await Promise.all([...relays.values()].map((relay) => relay.stop()));
      await handover.close();
    },
  };
}

/** Percent of one core of all ffmpegs that this process has started, and of this process itself if asked for. */
export async function cpuPercent(isOursCounted: boolean): Promise<number> {
  const pids = [...childrenOf(process.pid, 'ffmpeg'), ...(isOursCounted ? [process.pid] : [])];
  const total = () => pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  const [before, startedMs] = [total(), performance.now()];
  await pause(CPU_WINDOW_MS);
  return ((total() - before) / (performance.now() - startedMs)) * 1e5;
}

/** The same of an ffmpeg for each camera that pulls it and throws everything away: the least that ffmpeg can do. */
export async function floorCpu(
  cameras: RtspServer,
  ffmpeg: FfmpegBinary,
  names: readonly string[],
): Promise<number> {
  const children = names.map((name) => {
    const input = ['-rtsp_transport', 'tcp', '-i', cameras.url(`/${name}`)];
    const args = ['-nostdin', '-nostats', '-loglevel', 'error', ...input, '-c', 'copy', '-f', 'null', '-'];
    return startChild({ label: name, command: ffmpeg.path, args });
  });
  try {
    await pause(SETTLE_MS);
    return await cpuPercent(false);
  } finally {
    await Promise.all(children.map((child) => child.stop(500)));
  }
}

/** The value below which this part (0 to 1) of the values lies; NaN of none. */
export function percentile(values: number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}
