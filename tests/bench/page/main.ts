/**
 * The console's own tiles without the console, and what is on the screen read back from the picture.
 * /tests/bench/page/?cameras=cam1,cam2&decoder=mse
 */
import { createApp, h } from 'vue';
import { createI18n } from 'vue-i18n';
import words from '../../../resources/locales/en/video.json';
import { createMediaClient } from '#api/media-socket.ts';
import { useMediaClient } from '#api/media.ts';
import { BARCODE, readBarcode } from '#tests/peers/rtsp-barcode.ts';
import CameraTile from '#ui/player/CameraTile.vue';

interface Sighting {
  camera: string;
  frame: number;
  atMs: number;
}

declare global {
  interface Window {
    sightings: Sighting[];
    /** Milliseconds from opening until each camera's first picture was read. */
    firstPictureMs: Record<string, number>;
  }
}

const query = new URLSearchParams(location.search);
const cameras = (query.get('cameras') ?? 'cam1').split(',');
const decoder = query.get('decoder') === 'webcodecs' ? 'webcodecs' : 'mse';
window.sightings = [];
window.firstPictureMs = {};

useMediaClient(
  createMediaClient({
    ticket: async () => ({ url: '/media', token: await (await fetch('/token')).text() }),
  }),
);
const columns = Math.ceil(Math.sqrt(cameras.length));
const app = createApp({
  render: () =>
    cameras.map((cameraId) => h(CameraTile, { cameraId, label: cameraId, stream: 'sub', decoder })),
});
app.use(
  createI18n({
    legacy: false,
    locale: 'en',
    missingWarn: false,
    fallbackWarn: false,
    messages: { en: { video: words } },
  }),
);
const root = document.querySelector<HTMLElement>('#app') as HTMLElement;
root.style.gridTemplateColumns = `repeat(${columns}, 1fr)`;
root.style.gridTemplateRows = `repeat(${columns}, 1fr)`;
const startedMs = performance.now();
app.mount(root);

const strip = new OffscreenCanvas((BARCODE.bits + 4) * BARCODE.cell, 1);
const pen = strip.getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;

function look(camera: string, picture: HTMLVideoElement | HTMLCanvasElement): void {
  // One row of pixels through the middle of the barcode; the brightness at the middle of each cell.
  pen.drawImage(picture, 0, BARCODE.cell / 2, strip.width, 1, 0, 0, strip.width, 1);
  const row = pen.getImageData(0, 0, strip.width, 1).data;
  const cells = Array.from(
    { length: BARCODE.bits + 4 },
    (_, index) => row[(index + 0.5) * BARCODE.cell * 4] ?? 0,
  );
  const frame = readBarcode(cells);
  if (frame === undefined) return;
  const last = window.sightings.findLast((sighting) => sighting.camera === camera);
  if (last?.frame === frame) return;
  window.firstPictureMs[camera] ??= performance.now() - startedMs;
  window.sightings.push({ camera, frame, atMs: Date.now() });
}

function watchTile(tile: HTMLElement): void {
  const camera = tile.dataset.camera ?? '';
  const video = tile.querySelector('video');
  const canvas = tile.querySelector('canvas');
  if (video) {
    const next = () => {
      look(camera, video);
      video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
  } else if (canvas) {
    const next = () => {
      if (canvas.width > 0) look(camera, canvas);
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  }
}
document.querySelectorAll<HTMLElement>('.tile').forEach(watchTile);
