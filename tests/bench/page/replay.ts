/**
 * The console's own replay tiles without the console: how long a jump takes, how far the tiles are apart while they play.
 * /tests/bench/page/replay.html?cameras=cam1,cam2&at=1700000000000
 */
import { createApp, defineComponent, h, ref } from 'vue';
import { createI18n } from 'vue-i18n';
import recording from '../../../resources/locales/en/recording.json';
import replay from '../../../resources/locales/en/replay.json';
import video from '../../../resources/locales/en/video.json';
import { createMediaClient } from '#api/media-socket.ts';
import { useMediaClient } from '#api/media.ts';
import PlaybackTile from '#ui/player/PlaybackTile.vue';
import { usePlayback, type Playback } from '#ui/player/playback.ts';

interface SeekTimes {
  /** Milliseconds until the selected tile, and until every tile, shows a picture of the new place. */
  selectedMs: number;
  firstMs: number;
  /** Until every tile shows the very picture of the time. */
  exactMs: number;
}
declare global {
  interface Window {
    replayBench: {
      seek(atMs: number): Promise<SeekTimes>;
      /** Plays; at each picture of the screen the milliseconds between the tile furthest ahead and the one furthest behind. */
      spread(forMs: number, speed: number): Promise<number[]>;
    };
  }
}

const query = new URLSearchParams(location.search);
const cameras = (query.get('cameras') ?? '').split(',').filter((name) => name !== '');
/** A frame of 15 a second, and a little for rounding. */
const FRAME_MS = 1_000 / 15 + 5;
const GIVE_UP_MS = 10_000;

useMediaClient(
  createMediaClient({
    ticket: async () => ({ url: '/media', token: await (await fetch('/token')).text() }),
  }),
);

let playback: Playback | undefined;
const Tiles = defineComponent(() => {
  const selected = ref<string | null>(cameras[0] ?? null);
  const made = (playback = usePlayback(Number(query.get('at')), selected));
  return () =>
    cameras.map((cameraId, index) =>
      h(PlaybackTile, { plain: true, cameraId, label: cameraId, playback: made, selected: index === 0 }),
    );
});
const root = document.querySelector<HTMLElement>('#app') as HTMLElement;
const columns = Math.max(1, Math.ceil(Math.sqrt(cameras.length)));
root.style.gridTemplateColumns = `repeat(${columns}, 1fr)`;
root.style.gridTemplateRows = `repeat(${columns}, 1fr)`;
const app = createApp(Tiles);
app.use(createI18n({ legacy: false, locale: 'en', messages: { en: { video, replay, recording } } }));
app.mount(root);

const tiles = [...document.querySelectorAll<HTMLElement>('.tile')];
const shownOf = (tile: HTMLElement) => Number(tile.dataset.shownMs ?? Number.NaN);
const nextPicture = () => new Promise((resolve) => requestAnimationFrame(resolve));

window.replayBench = {
  async seek(atMs) {
    playback?.play(false);
    for (const tile of tiles) delete tile.dataset.shownMs;
    const startMs = performance.now();
    const times: SeekTimes = { selectedMs: 0, firstMs: 0, exactMs: 0 };
    playback?.seek(atMs);
    while (times.exactMs === 0) {
      await nextPicture();
      const tookMs = performance.now() - startMs;
      const shown = tiles.map(shownOf);
      if (!times.selectedMs && !Number.isNaN(shown[0])) times.selectedMs = tookMs;
      if (!times.firstMs && shown.every((one) => !Number.isNaN(one))) times.firstMs = tookMs;
      if (shown.every((one) => one <= atMs + 1 && one > atMs - FRAME_MS)) times.exactMs = tookMs;
      if (tookMs > GIVE_UP_MS)
        throw new Error(`no picture of ${atMs}: ${shown.join(' ')} ${document.body.innerText}`);
    }
    return times;
  },
  async spread(forMs, speed) {
    playback?.setSpeed(speed);
    playback?.play(true);
    const untilMs = performance.now() + forMs;
    const spreads: number[] = [];
    while (performance.now() < untilMs) {
      await nextPicture();
      const shown = tiles.map(shownOf);
      if (shown.every((one) => !Number.isNaN(one))) spreads.push(Math.max(...shown) - Math.min(...shown));
    }
    playback?.play(false);
    return spreads;
  },
};
