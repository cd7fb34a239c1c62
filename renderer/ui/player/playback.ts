import { onScopeDispose, ref, shallowRef, type Ref } from 'vue';
import type { StreamKind } from '#contract/media-wire.ts';
import { mediaClient } from '#api/media.ts';
import { stationNowMs } from '#api/station-time.ts';
import type { PlaybackPlayer } from './playback-player.ts';
import { BACK_SPEEDS, otherSpeed, playbackClock } from './playback-clock.ts';

/** What is recorded is readable about this long after it was seen. */
const NEWEST_MS = 2_500;
/** The station is told where the clock is at least this often. */
const PACE_MS = 1_000;
/** After a jump the clock waits for the pictures of all tiles, and no longer than this. */
const WAIT_MS = 1_500;
/** Clock and cursor on the screen move this often; pictures with each frame of the screen. */
const SHOW_MS = 100;

/** After a jump all tiles get their nearest key frame first; a camera that shows none by then is waited for no longer. */
const KEYS_FIRST_MS = 150;
/** A tile that does not get on at all holds the others up no longer than this. */
const STALL_MS = 1_000;
/** Less than half a frame is no lag. */
const SLACK_MS = 15;

export interface PlaybackTile {
  cameraId: string;
  sub: number;
  player: PlaybackPlayer;
  /** A jump was asked for: nothing of before is shown any more. @param keepsPicture but for the picture on screen */
  expect(jump: number, keepsPicture?: boolean): void;
  /** It has the picture of the time, or knows that there is none. */
  isReady(): boolean;
  /** It has any picture since the jump, or knows that there is none. */
  hasPicture(): boolean;
}
export type Playback = ReturnType<typeof usePlayback>;

/** One clock for all tiles of a replay, for as long as the calling scope lives. */
export function usePlayback(startMs: number, selected: Ref<string | null>) {
  const newestMs = () => stationNowMs() - NEWEST_MS;
  const clock = playbackClock(startMs, () => performance.now(), newestMs);
  const tiles = new Set<PlaybackTile>();
  const atMs = ref(startMs);
  const speed = ref(1);
  const playing = ref(false);
  const jump = shallowRef(1);
  /** Set while the clock stands until pictures are there. */
  let waitingSince: number | undefined;
  /** A step of one tile, which the others follow when its time is known. */
  let stepping: { sub: number; jump: number } | undefined;
  /** What the station was asked for goes backwards. */
  let back = false;
  let pacedAt = 0;
  let shownAt = 0;
  let frame = 0;
  /** How far the slowest decoder is, and since when. */
  let slowest = { atMs: Infinity, since: 0 };

  const subs = () => [...tiles].map(({ sub }) => sub);
  const now = () => Math.max(0, Math.round(clock.atMs()));
  const steer = mediaClient().steer;

  function pace(): void {
    pacedAt = performance.now();
    if (tiles.size > 0)
      steer({ type: 'pace', subs: subs(), atMs: now(), speed: clock.playing ? clock.speed : 0 });
  }
  function show(): void {
    shownAt = performance.now();
    atMs.value = clock.atMs();
  }
  function wait(): void {
    waitingSince = performance.now();
    clock.play(false);
  }
  function goOn(): void {
    waitingSince = undefined;
    clock.play(playing.value);
    pace();
  }

  /** The tile that the guard looks at gets its pictures at once; the others first one each, so that none stays dark. */
  function isKeyFirst(tile: PlaybackTile, at: number): boolean {
    if (waitingSince === undefined || tile.cameraId === selected.value) return false;
    return at - waitingSince < KEYS_FIRST_MS && ![...tiles].every((one) => one.hasPicture());
  }
  /** A machine that cannot decode fast enough shows all tiles slower, and together, rather than each as far as it gets. */
  function inStep(at: number): void {
    if (!clock.playing) return;
    const sign = back ? -1 : 1;
    const ready = Math.min(Infinity, ...[...tiles].map(({ player }) => sign * player.readyUntilMs())) * sign;
    if (ready !== slowest.atMs) slowest = { atMs: ready, since: at };
    const aheadMs = sign * (clock.atMs() - ready);
    if (aheadMs > SLACK_MS && at - slowest.since < STALL_MS) clock.set(ready);
  }

  function loop(): void {
    frame = requestAnimationFrame(loop);
    const at = performance.now();
    if (
      waitingSince !== undefined &&
      ([...tiles].every((tile) => tile.isReady()) || at - waitingSince > WAIT_MS)
    )
      goOn();
    inStep(at);
    const clockMs = clock.atMs();
    for (const tile of tiles) tile.player.draw(clockMs, isKeyFirst(tile, at));
    if (at - shownAt >= SHOW_MS) show();
    if (clock.playing && at - pacedAt >= PACE_MS) pace();
  }
  loop();
  onScopeDispose(() => cancelAnimationFrame(frame));

  function seek(to: number): void {
    const target = Math.max(0, Math.round(Math.min(to, newestMs())));
    jump.value += 1;
    stepping = undefined;
    clock.set(target);
    back = isBack();
    for (const tile of tiles) tile.expect(jump.value);
    if (tiles.size > 0) steer({ type: 'seek', subs: subs(), jump: jump.value, atMs: target, back });
    wait();
    show();
  }
  const isBack = () => playing.value && clock.speed < 0;
  /** The station sends for one direction: the other one is a jump to where the clock is. */
  function turn(): void {
    if (!playing.value || isBack() === back) return;
    if (tiles.size > 0) steer({ type: 'pace', subs: subs(), atMs: now(), speed: clock.speed });
    seek(clock.atMs());
  }
  function play(isPlaying: boolean): void {
    playing.value = isPlaying;
    turn();
    if (waitingSince === undefined) {
      clock.play(isPlaying);
      pace();
    }
  }
  function step(direction: 1 | -1): void {
    play(false);
    const tile = [...tiles].find(({ cameraId }) => cameraId === selected.value) ?? [...tiles][0];
    if (!tile) return;
    const next = direction === 1 && !back ? tile.player.nextMs() : undefined;
    if (next !== undefined) {
      clock.set(next);
      show();
      return pace();
    }
    const shown = tile.player.shownMs() ?? clock.atMs();
    jump.value += 1;
    back = false;
    stepping = { sub: tile.sub, jump: jump.value };
    tile.expect(jump.value);
    const from = Math.max(0, direction === 1 ? Math.ceil(shown) : Math.floor(shown));
    steer({ type: 'step', subs: [tile.sub], jump: jump.value, atMs: from, direction });
  }

  return {
    atMs,
    speed,
    playing,
    jump,
    newestMs,
    seek,
    play,
    step,
    position: () => clock.atMs(),
    setSpeed(next: number): void {
      clock.setSpeed(next);
      speed.value = clock.speed;
      pace();
      turn();
    },
    /** Plays backwards; once more, forwards. */
    turnBack(): void {
      this.setSpeed(clock.speed < 0 ? 1 : BACK_SPEEDS[0]);
      play(true);
    },
    isBack: () => back,
    tileCount: () => tiles.size,
    faster: (by: 1 | -1) => otherSpeed(clock.speed, by),
    /** What a tile asks the station for. */
    start: () => ({ jump: jump.value, atMs: now(), speed: clock.playing ? clock.speed : 0, back }),
    add(tile: PlaybackTile): () => void {
      tiles.add(tile);
      wait();
      return () => tiles.delete(tile);
    },
    /** Asks once more for what a tile should show: its decoder has failed. */
    again(tile: PlaybackTile): void {
      if (!tiles.has(tile)) return;
      tile.expect(jump.value);
      steer({ type: 'seek', subs: [tile.sub], jump: jump.value, atMs: now(), back });
    },
    /** The same moment in another stream, for a tile that has become larger or smaller: what it shows stays until that is there. */
    prefer(tile: PlaybackTile, stream: StreamKind): void {
      // A step that is under way is answered first: the one that is asked then is of the other stream.
      if (!tiles.has(tile)) return;
      tile.expect(jump.value, true);
      steer({ type: 'seek', subs: [tile.sub], jump: jump.value, atMs: now(), back, stream });
    },
    /** The station has jumped for a tile: after a step all others go to the same moment. */
    jumped(tile: PlaybackTile, to: number | null): void {
      if (stepping?.sub !== tile.sub || stepping.jump !== jump.value || to === null) return;
      stepping = undefined;
      clock.set(to);
      const others = [...tiles].filter((one) => one !== tile);
      for (const one of others) one.expect(jump.value);
      if (others.length > 0)
        steer({ type: 'seek', subs: others.map(({ sub }) => sub), jump: jump.value, atMs: Math.round(to) });
      show();
    },
  };
}
