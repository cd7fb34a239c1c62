import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import { useDocumentVisibility } from '@vueuse/core';
import { mediaClient } from '#api/media.ts';
import type { MediaSubscription } from '#api/media-socket.ts';
import type { MediaState, StreamKind } from '#contract/media-wire.ts';
import { noteUndecodable } from './can-decode.ts';
import { onFigures } from './figures-tick.ts';
import type { PlayerFigures } from './frame-meter.ts';
import { createMsePlayer } from './mse-player.ts';
import type { Player, PlayerOptions } from './player.ts';
import { tapRing, type RingTap } from './rings.ts';
import { useStreamSound } from './use-stream-sound.ts';
import { askedInH264, trackGate, type TrackGate } from './track-gate.ts';
import { createWebCodecsPlayer } from './webcodecs-player.ts';

/** A decoder that fails is made anew; one that keeps failing is not made more often than this. */
const REBUILD_MS = [100, 1_000, 5_000, 15_000];
/** A decoder that says that it can and fails so often without a picture cannot. */
const MAX_FALSE_PROMISES = 2;

export interface CameraPlayerInput {
  cameraId: Ref<string>;
  stream: Ref<StreamKind>;
  /** 'mse' for a wall, 'webcodecs' for the tile that a guard works with. */
  decoder: Ref<'mse' | 'webcodecs'>;
  video: Ref<HTMLVideoElement | null>;
  canvas: Ref<HTMLCanvasElement | null>;
  /** Its sound is the one that is heard. */
  heard: Ref<boolean>;
  nowMs(): number;
}

/** What keeps a tile from a picture although the camera is there. */
export type TileTrouble = 'offline' | 'unsupported' | 'decoder' | 'refused' | null;

/**
 * Connects a tile's element to its stream for as long as the tile lives: opens when it is seen, closes when the
 * window is hidden (and comes back at the live edge), makes a new player when the old one fails.
 */
export function useCameraPlayer(input: CameraPlayerInput) {
  const state = shallowRef<MediaState | null>(null);
  const trouble = ref<TileTrouble>(null);
  const hasPicture = ref(false);
  const figures = shallowRef<PlayerFigures | null>(null);
  const size = shallowRef<{ width: number; height: number } | null>(null);
  const visibility = useDocumentVisibility();
  let player: Player | undefined;
  let subscription: MediaSubscription | undefined;
  let tap: RingTap | undefined;
  let rebuildTimer: ReturnType<typeof setTimeout> | undefined;
  let gate: TrackGate | undefined;
  let failures = 0;

  const sound = useStreamSound({
    heard: input.heard,
    nowMs: input.nowMs,
    delayMs: () => player?.figures().delayMs,
  });

  const playerOptions: PlayerOptions = {
    nowMs: input.nowMs,
    onFailure(reason) {
      trouble.value = reason;
      closeAll();
      if (reason === 'unsupported') return;
      rebuildTimer = setTimeout(open, REBUILD_MS[Math.min(failures, REBUILD_MS.length - 1)]);
      failures += 1;
      const question = gate?.question();
      if (failures < MAX_FALSE_PROMISES || !question || question.codec.startsWith('avc1')) return;
      noteUndecodable(question);
      askedInH264.note(...streamKey());
    },
    onPicture() {
      hasPicture.value = true;
      trouble.value = null;
      failures = 0;
    },
  };

  function makePlayer(): Player | undefined {
    if (input.decoder.value === 'webcodecs')
      return input.canvas.value ? createWebCodecsPlayer(input.canvas.value, playerOptions) : undefined;
    return input.video.value ? createMsePlayer(input.video.value, playerOptions) : undefined;
  }

  const streamKey = () => [input.cameraId.value, input.stream.value, input.decoder.value];

  /** This machine does not decode what the camera sends: the station makes H.264 of it, for this tile and the next ones. */
  function askForH264(): void {
    if (askedInH264.has(...streamKey())) return playerOptions.onFailure('unsupported');
    askedInH264.note(...streamKey());
    open();
  }

  function open(): void {
    closeAll();
    if (visibility.value === 'hidden') return;
    const made = makePlayer();
    if (!made) return;
    player = made;
    const ring = tapRing(input.cameraId.value, input.stream.value);
    tap = ring;
    const opened = trackGate(
      input.decoder.value,
      {
        track(track) {
          size.value = { width: track.width, height: track.height };
          made.track(track);
          ring.track(track.codec);
          sound.track(track.sound);
        },
        media(header, data) {
          made.media(header, data);
          ring.media(header, data);
          sound.picture(header);
        },
      },
      askForH264,
    );
    gate = opened;
    subscription = mediaClient().open(
      {
        cameraId: input.cameraId.value,
        stream: input.stream.value,
        working: input.decoder.value === 'webcodecs',
        transcode: askedInH264.has(...streamKey()),
      },
      {
        state(next) {
          state.value = next;
          // The last picture stays, but a stream that is not live must not look as if it were.
          if (next.state !== 'live') hasPicture.value = false;
        },
        track: opened.track,
        media: opened.media,
        sound: sound.packet,
        link(isUp) {
          if (isUp) {
            if (trouble.value === 'offline') trouble.value = null;
          } else {
            trouble.value = 'offline';
            hasPicture.value = false;
          }
        },
        refused() {
          trouble.value = 'refused';
        },
      },
    );
    sound.attach(subscription.listen);
  }

  function closeAll(): void {
    clearTimeout(rebuildTimer);
    subscription?.close();
    player?.close();
    tap?.leave();
    gate?.close();
    subscription = undefined;
    player = undefined;
    tap = undefined;
    hasPicture.value = false;
    figures.value = null;
  }

  watch([input.cameraId, input.stream, input.decoder, input.video, input.canvas, visibility], open, {
    immediate: true,
    flush: 'post',
  });
  onFigures(() => {
    figures.value = player && hasPicture.value ? player.figures() : null;
  });
  onScopeDispose(closeAll);

  return {
    ...{ state, trouble, hasPicture, figures, size, sound },
    /** When the station received the frame that is on screen. */
    frameAtMs: () => player?.frameAtMs(),
    retry: () => subscription?.retry(),
  };
}
