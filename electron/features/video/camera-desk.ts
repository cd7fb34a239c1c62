import type { CameraState } from '#contract/video.contract.ts';
import type { StreamKind } from '#contract/media-wire.ts';
import type { Relay, StreamState } from '#native/ffmpeg/relay.ts';
import { cameraHealth, type CameraHealth } from './camera-health.ts';
import { streamMeter, type StreamMeter } from './stream-meter.ts';

/** What the station has of one camera while it runs. */
export interface CameraDesk {
  id: string;
  relays: Map<StreamKind, { relay: Relay; meter: StreamMeter; figures: ReturnType<StreamMeter['read']> }>;
  health: CameraHealth;
  /** A refused login is not asked about before; wall clock, 0: no such wait. */
  checkAtMs: number;
}

export function cameraDesk(id: string): CameraDesk {
  return { id, relays: new Map(), health: cameraHealth(), checkAtMs: 0 };
}

export function addRelay(desk: CameraDesk, stream: StreamKind, make: (meter: StreamMeter) => Relay): Relay {
  const meter = streamMeter();
  const relay = make(meter);
  desk.relays.set(stream, { relay, meter, figures: null });
  return relay;
}

/** The one that tells most about the camera: live before connecting before waiting before idle. */
const RANK: Record<StreamState['kind'], number> = { live: 3, connecting: 2, waiting: 1, idle: 0 };

/** The camera's line in the live collection. `nextCheckMs` is when an unwatched lost camera is asked again. */
export function cameraState(desk: CameraDesk, nextCheckMs: number | null): CameraState {
  const streams = [...desk.relays.values()].toSorted(
    (a, b) => RANK[b.relay.state.kind] - RANK[a.relay.state.kind],
  );
  const state: StreamState = streams[0]?.relay.state ?? { kind: 'idle' };
  const viewers = streams.reduce((sum, { relay }) => sum + relay.viewers, 0);
  const calm = { codec: null, width: null, height: null, framesPerSecond: null, kilobitsPerSecond: null };
  const line = { id: desk.id, viewers, attempt: 0, retryAtMs: null, reason: null, ...calm };
  switch (state.kind) {
    case 'live': {
      const { codec, width, height } = state;
      return { ...line, ...streams[0]?.figures, state: 'live', codec, width, height };
    }
    case 'connecting':
      return { ...line, state: 'connecting', attempt: state.attempt };
    case 'waiting':
      return {
        ...line,
        state: 'backing_off',
        reason: state.reason,
        attempt: state.attempt,
        retryAtMs: state.retryAtMs,
      };
    case 'idle': {
      const reason = desk.health.lostReason as CameraState['reason'];
      return reason === null
        ? { ...line, state: 'idle' }
        : {
            ...line,
            state: 'backing_off',
            reason,
            retryAtMs: nextCheckMs && Math.max(nextCheckMs, desk.checkAtMs),
          };
    }
  }
}
