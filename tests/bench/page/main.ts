/**
 * The console's own tiles without the console, and what is on the screen read back from the picture.
 * /tests/bench/page/?cameras=cam1,cam2&decoder=mse&stream=sub&watched=6
 */
import { createApp, h, ref } from 'vue';
import { createI18n } from 'vue-i18n';
import words from '../../../resources/locales/en/video.json';
import { createMediaClient } from '#api/media-socket.ts';
import { useMediaClient } from '#api/media.ts';
import { BARCODE, readBarcode } from '#tests/peers/rtsp-barcode.ts';
import CameraTile from '#ui/player/CameraTile.vue';

interface Sighting {
  camera: string;
  frame: number;
  /** Wall clock when the browser presented it. */
  atMs: number;
}

declare global {
  interface Window {
    sightings: Sighting[];
    /** Adds a tile, waits for its first picture, takes it away again; milliseconds that it took. */
    openTile(cameraId: string): Promise<number>;
    /** Milliseconds from each press of the pointer to the end of the picture that could show it. */
    inputDelays: number[];
    /** Pictures that all MSE tiles got and that they had to leave out, since they were opened. */
    pictures(): { total: number; dropped: number };
    /** Changes the decoder of all tiles. */
    setDecoder(decoder: 'mse' | 'webcodecs'): void;
  }
}

const query = new URLSearchParams(location.search);
const cameras = (query.get('cameras') ?? '').split(',').filter((name) => name !== '');
const decoder = ref<'mse' | 'webcodecs'>(query.get('decoder') === 'webcodecs' ? 'webcodecs' : 'mse');
const stream = query.get('stream') === 'auto' ? 'auto' : 'sub';
window.setDecoder = (next) => (decoder.value = next);
window.sightings = [];
window.inputDelays = [];
window.pictures = () => {
  const all = [...document.querySelectorAll('video')].map((video) => video.getVideoPlaybackQuality());
  const sum = (of: 'totalVideoFrames' | 'droppedVideoFrames') => all.reduce((to, one) => to + one[of], 0);
  return { total: sum('totalVideoFrames'), dropped: sum('droppedVideoFrames') };
};
document.addEventListener('pointerdown', ({ timeStamp }) => {
  requestAnimationFrame(() => {
    // a task after the picture's own work: the picture is on its way to the screen
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => window.inputDelays.push(performance.now() - timeStamp);
    port2.postMessage(null);
  });
});

useMediaClient(
  createMediaClient({
    ticket: async () => ({ url: '/media', token: await (await fetch('/token')).text() }),
  }),
);

/** A grid of tiles in an element of its own; what it returns takes it away. */
function mountTiles(names: string[], into: HTMLElement): () => void {
  const app = createApp({
    render: () =>
      names.map((cameraId) =>
        h(CameraTile, { plain: true, cameraId, label: cameraId, stream, decoder: decoder.value }),
      ),
  });
  app.use(createI18n({ legacy: false, locale: 'en', messages: { en: { video: words } } }));
  app.mount(into);
  return () => app.unmount();
}

const strip = new OffscreenCanvas((BARCODE.bits + 4) * BARCODE.cell, 1);
const pen = strip.getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;

/** The number of the frame that is in the picture, or undefined. */
function frameIn(picture: HTMLVideoElement | HTMLCanvasElement): number | undefined {
  // One row of pixels through the middle of the barcode; the brightness at the middle of each cell.
  pen.drawImage(picture, 0, BARCODE.cell / 2, strip.width, 1, 0, 0, strip.width, 1);
  const row = pen.getImageData(0, 0, strip.width, 1).data;
  return readBarcode(
    Array.from({ length: BARCODE.bits + 4 }, (_, index) => row[(index + 0.5) * BARCODE.cell * 4] ?? 0),
  );
}

/** Calls `onFrame` for every new frame number in a tile until it says stop. */
function watchTile(tile: HTMLElement, onFrame: (frame: number) => boolean): void {
  const video = tile.querySelector('video');
  const canvas = tile.querySelector('canvas');
  let last: number | undefined;
  function look(picture: HTMLVideoElement | HTMLCanvasElement): boolean {
    const frame = frameIn(picture);
    if (frame === undefined || frame === last) return true;
    last = frame;
    return onFrame(frame);
  }
  if (video) {
    const next = () => {
      if (look(video)) video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
  } else if (canvas) {
    const next = () => {
      if (canvas.width === 0 || look(canvas)) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  }
}

const root = document.querySelector<HTMLElement>('#app') as HTMLElement;
const columns = Math.max(1, Math.ceil(Math.sqrt(cameras.length)));
root.style.gridTemplateColumns = `repeat(${columns}, 1fr)`;
root.style.gridTemplateRows = `repeat(${columns}, 1fr)`;
mountTiles(cameras, root);
/** Reading pixels back costs more than showing them: with many tiles only the first ones are read. */
const watched = Number(query.get('watched') ?? cameras.length);
for (const tile of [...document.querySelectorAll<HTMLElement>('.tile')].slice(0, watched)) {
  const camera = tile.dataset.camera ?? '';
  watchTile(tile, (frame) => window.sightings.push({ camera, frame, atMs: Date.now() }) > 0);
}

window.openTile = (cameraId) =>
  new Promise((resolve) => {
    const place = document.createElement('div');
    place.style.cssText = 'position: fixed; inset: 0 auto auto 0; width: 640px; height: 360px; display: grid';
    document.body.append(place);
    const startedMs = performance.now();
    const remove = mountTiles([cameraId], place);
    watchTile(place.querySelector('.tile') as HTMLElement, () => {
      const elapsedMs = performance.now() - startedMs;
      remove();
      place.remove();
      resolve(elapsedMs);
      return false;
    });
  });
