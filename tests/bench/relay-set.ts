import { startDirectPull } from '#features/video/direct-pull.ts';
import type { FfmpegBinary } from '#native/ffmpeg/binary.ts';
import { createHandover } from '#native/ffmpeg/handover.ts';
import type { PullKind } from '#native/ffmpeg/pull-switch.ts';
import { createRelay, type Relay } from '#native/ffmpeg/relay.ts';
import type { RtspServer } from '#tests/peers/rtsp-server.ts';

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

/** The value below which this part (0 to 1) of the values lies; NaN of none. */
export function percentile(values: number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}
