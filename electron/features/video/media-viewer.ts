import {
  MEDIA_HEADER_BYTES,
  writeMediaHeader,
  type MediaHeader,
  type MediaSound,
  type MediaState,
} from '#contract/media-wire.ts';
import type { MediaTrack } from '#native/ffmpeg/media.ts';
import type { JoinOptions, Relay, StreamState, Viewer } from '#native/ffmpeg/relay.ts';
import type { MediaOutlet } from '#station/ports.ts';
import { createFrameGate, type Congestion } from './congestion.ts';

/** The contract's words for a relay's state. */
export function mediaStateOf(state: StreamState): MediaState {
  const calm = { reason: null, attempt: 0, retryAtMs: null, transcoded: null };
  switch (state.kind) {
    case 'idle':
      return { ...calm, state: 'idle' };
    case 'connecting':
      return { ...calm, state: 'connecting', attempt: state.attempt };
    case 'live':
      return { ...calm, state: 'live', transcoded: state.transcoded };
    case 'waiting':
      return {
        ...calm,
        state: 'backing_off',
        reason: state.reason,
        attempt: state.attempt,
        retryAtMs: state.retryAtMs,
      };
  }
}

export interface AttachedViewer {
  /** Whether its sound is sent too. */
  listen(isOn: boolean): void;
  leave(): void;
}

/** Sends one stream to one tile over a shared connection. */
export function attachViewer(
  relay: Relay,
  sub: number,
  outlet: MediaOutlet,
  congestion: Congestion,
  how: JoinOptions = {},
): AttachedViewer {
  const gate = createFrameGate();
  let sequence = 0;
  let isAfterGap = false;
  let isHeard = false;

  function send(data: Uint8Array, about: Omit<MediaHeader, 'sub' | 'discontinuity' | 'sequence'>): void {
    const message = new Uint8Array(MEDIA_HEADER_BYTES + data.length);
    writeMediaHeader(new DataView(message.buffer), { ...about, sub, discontinuity: isAfterGap, sequence });
    message.set(data, MEDIA_HEADER_BYTES);
    outlet.sendBytes(message);
    isAfterGap = false;
  }

  const viewer: Viewer = {
    state: (state) => outlet.sendNotice({ type: 'state', sub, state: mediaStateOf(state) }),
    track(track) {
      const { codec, width, height } = track;
      outlet.sendNotice({ type: 'track', sub, codec, width, height, sound: soundOf(track) });
      // Small, rare and needed: never dropped.
      send(track.init, { key: false, init: true, cached: false, receivedAtMs: 0, ticks: 0 });
    },
    frame(frame, isCached) {
      sequence += 1;
      const choice = gate.choose(frame.key, congestion.isCongested(outlet.unsentBytes, performance.now()));
      if (choice === 'drop') return;
      isAfterGap = choice === 'send-after-gap';
      const { key, receivedAtMs, ticks } = frame;
      send(frame.data, { key, init: false, cached: isCached, receivedAtMs, ticks });
    },
    audio({ data, receivedAtMs, ticks }) {
      // A connection that cannot follow drops pictures; a word more would make it worse.
      if (!isHeard || congestion.isCongested(outlet.unsentBytes, performance.now())) return;
      const header = { sub, key: false, init: false, cached: false, discontinuity: false, sequence: 0 };
      const message = new Uint8Array(MEDIA_HEADER_BYTES + data.length);
      writeMediaHeader(new DataView(message.buffer), { ...header, receivedAtMs, ticks, sound: true });
      message.set(data, MEDIA_HEADER_BYTES);
      outlet.sendBytes(message);
    },
  };
  const leave = relay.join(viewer, how);
  let mute: (() => void) | undefined;
  function listen(isOn: boolean): void {
    isHeard = isOn;
    if (isOn) {
      mute ??= relay.listen();
      return;
    }
    mute?.();
    mute = undefined;
  }
  return {
    listen,
    leave() {
      listen(false);
      leave();
    },
  };
}

function soundOf({ audio }: MediaTrack): MediaSound | null {
  if (!audio) return null;
  const { name, sampleRate, channels, config } = audio;
  return { codec: name, sampleRate, channels, config: config.toString('base64') };
}
