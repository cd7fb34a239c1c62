import { computed, onBeforeUnmount, onMounted, ref, shallowRef, watch, type Ref } from 'vue';
import { mediaClient } from '#api/media.ts';
import type { ReplayNotice, ReplaySubscription } from '#api/media-socket.ts';
import type { MediaState, StreamKind } from '#contract/media-wire.ts';
import { createPlaybackPlayer, type PlaybackPlayer } from './playback-player.ts';
import { playbackWord } from './playback-word.ts';
import type { Playback, PlaybackTile } from './playback.ts';
import { askedInH264, trackGate } from './track-gate.ts';
import type { TileTrouble } from './use-camera-player.ts';
import { useFittingStream } from './use-fitting-stream.ts';
import type { PlaybackSound } from './use-playback-sound.ts';

/** A decoder that fails is asked again, and not for ever. */
const AGAIN_MS = [100, 500, 2_000, 5_000];

/**
 * Connects a tile's canvas to what is recorded of its camera, and the tile to the clock of its replay, for as long as the
 * tile lives.
 */
export function usePlaybackStream(input: {
  cameraId: Ref<string>;
  playback: Playback;
  canvas: Ref<HTMLCanvasElement | null>;
  sound: PlaybackSound;
  /** How large it is shown: the stream is chosen by that. */
  tile: Ref<HTMLElement | null>;
  scale: Ref<number>;
  /** A picture is on screen; `wallMs` is when the station received it. */
  onPicture(wallMs: number): void;
}) {
  const { cameraId, playback, sound } = input;
  const { fitting, choose, noteSize } = useFittingStream(input);
  /** What the station was asked for, and what it shows: the other one where only that is recorded. */
  let asked: StreamKind | undefined;
  const shown = ref<StreamKind>();
  const notice = shallowRef<ReplayNotice | null>(null);
  const trouble = ref<TileTrouble>(null);
  const shownAtMs = ref<number | null>(null);
  const hasShown = ref(false);
  /** Of a recording that the station makes H.264 of, because this browser cannot decode it. */
  const made = shallowRef<MediaState | null>(null);
  /** Why there is no picture at the clock's time; null: one is to come. */
  const word = computed(() => playbackWord(notice.value, playback.atMs.value));
  /** The picture is that of the time, not a key frame on the way to it. */
  let isExact = false;
  let player: PlaybackPlayer | undefined;
  let subscription: ReplaySubscription | undefined;
  let leave: (() => void) | undefined;
  let failures = 0;
  let againTimer: ReturnType<typeof setTimeout> | undefined;
  let jump = 0;
  let hasJumped = false;

  function isNothing(): boolean {
    if (trouble.value !== null) return true;
    const isTold = Boolean(made.value?.reason) || word.value !== null;
    return hasJumped && shownAtMs.value === null && isTold;
  }
  const tile: PlaybackTile = {
    get cameraId() {
      return cameraId.value;
    },
    get sub() {
      return subscription?.sub ?? 0;
    },
    get player() {
      return player as PlaybackPlayer;
    },
    expect(next, keepsPicture = false) {
      jump = next;
      hasJumped = false;
      if (keepsPicture) return;
      shownAtMs.value = null;
      isExact = false;
      notice.value = null;
    },
    isReady: () => isExact || isNothing(),
    hasPicture: () => shownAtMs.value !== null || isNothing(),
  };

  function onNotice(next: ReplayNotice): void {
    if (next.jump !== jump) return;
    if (next.state === 'jumped') {
      hasJumped = true;
      sound.jumped();
      player?.reset(playback.isBack() ? playback.tileCount() : 0);
      playback.jumped(tile, next.atMs);
    }
    notice.value = next;
  }
  const gate = trackGate(
    'webcodecs',
    {
      track(track) {
        player?.track(track);
        sound.track(track.sound);
      },
      media: (header, data) => player?.media(header, data),
    },
    () => {
      if (askedInH264.has(cameraId.value, 'replay')) return void (trouble.value = 'unsupported');
      askedInH264.note(cameraId.value, 'replay');
      open();
    },
  );

  function open(): void {
    subscription?.close();
    subscription = mediaClient().replay(
      () => {
        const start = playback.start();
        tile.expect(start.jump);
        const transcode = askedInH264.has(cameraId.value, 'replay');
        asked = choose();
        return { ...start, cameraId: cameraId.value, transcode, stream: asked };
      },
      {
        state: (next) => (made.value = next),
        track(track) {
          if (!hasJumped) return;
          shown.value = track.stream;
          noteSize(cameraId.value, track.stream, track);
          gate.track(track);
        },
        media: (header, data) => hasJumped && gate.media(header, data),
        sound: (header, data) => hasJumped && sound.packet(header, data),
        link: (isUp) => (trouble.value = isUp ? null : 'offline'),
        refused: () => (trouble.value = 'refused'),
        replay: onNotice,
      },
    );
    sound.attach(subscription.listen);
  }

  watch(fitting, (stream) => {
    if (!asked || asked === stream) return;
    asked = stream;
    playback.prefer(tile, stream);
  });

  onMounted(() => {
    if (!input.canvas.value) return;
    player = createPlaybackPlayer(input.canvas.value, {
      picture(wallMs, isOnTheWay) {
        shownAtMs.value = wallMs;
        hasShown.value = true;
        isExact = !isOnTheWay;
        trouble.value = null;
        failures = 0;
        input.onPicture(wallMs);
      },
      failure(what) {
        trouble.value = what;
        if (what === 'decoder' && failures < AGAIN_MS.length)
          againTimer = setTimeout(() => playback.again(tile), AGAIN_MS[failures]);
        failures += 1;
      },
    });
    open();
    leave = playback.add(tile);
  });
  onBeforeUnmount(() => {
    clearTimeout(againTimer);
    leave?.();
    gate.close();
    subscription?.close();
    player?.close();
  });

  return { notice, word, trouble, shownAtMs, hasShown, made, shown };
}
