import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectPull } from '#features/video/direct-pull.ts';
import { findFfmpeg } from '#native/ffmpeg/binary.ts';
import { createHandover, type Handover } from '#native/ffmpeg/handover.ts';
import { createRelay, type Relay } from '#native/ffmpeg/relay.ts';
import { startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';
import { startTileServer, type TilePage } from '#tests/peers/tile-page.ts';

/** A tile that changes its size, its stream and its decoder, in a real Chromium: never dark in between. */
let cameras: RtspServer;
let handover: Handover;
let server: Awaited<ReturnType<typeof startTileServer>>;
const relays = new Map<string, Relay>();

beforeAll(async () => {
  cameras = await startRtspServer([
    { path: '/cam-sub' },
    { path: '/cam-main', width: 1280, height: 720, bitrateKbps: 1_500 },
    { path: '/half-sub' },
    { path: '/half-main', codec: 'jpeg' as const },
  ]);
  handover = createHandover();
  const ffmpeg = await findFfmpeg();
  server = await startTileServer((cameraId, stream) => {
    const name = `${cameraId}-${stream}`;
    const known = relays.get(name);
    if (known) return known;
    const relay = createRelay({
      label: name,
      source: { url: cameras.url(`/${name}`), transport: 'tcp' },
      ffmpeg: async () => ffmpeg,
      handover,
      lingerMs: 500,
      direct: { start: startDirectPull, serves: () => 'working' },
    });
    relays.set(name, relay);
    return relay;
  });
}, 120_000);

afterAll(async () => {
  await server?.stop();
  await Promise.all([...relays.values()].map((relay) => relay.stop()));
  await Promise.all([handover?.close(), cameras?.stop()]);
});

const until = (holds: () => Promise<boolean>) =>
  expect.poll(holds, { timeout: 25_000, interval: 50 }).toBe(true);

/** Of the picture in front, looked at once for every frame of the screen. */
interface Watch {
  looks: number;
  /** Times at which the tile showed no picture, or words instead. */
  dark: number;
  width: number;
  element: string;
}

/** As text: this project's types know no document. */
const WATCH = `
  window.watched = { looks: 0, dark: 0, width: 0, element: '' };
  const pen = new OffscreenCanvas(8, 8).getContext('2d', { willReadFrequently: true });
  const look = () => {
    const front = document.querySelector('[data-layer=front]');
    const width = front ? (front.videoWidth ?? front.width) : 0;
    let light = 0;
    if (width > 0) {
      pen.clearRect(0, 0, 8, 8);
      pen.drawImage(front, 0, 0, 8, 8);
      for (const value of pen.getImageData(0, 0, 8, 8).data.filter((_, at) => at % 4 < 3)) light += value;
    }
    const isDark = light < 1000 || document.querySelector('.nothing') !== null;
    window.watched.looks += 1;
    if (isDark) window.watched.dark += 1;
    window.watched.width = width;
    window.watched.element = front?.localName ?? '';
    requestAnimationFrame(look);
  };
  look();
`;
const watched = (tiles: TilePage) => tiles.page.evaluate('window.watched') as Promise<Watch>;

async function onTile(query: string, check: (tiles: TilePage) => Promise<void>): Promise<void> {
  const tiles = await server.open(query);
  try {
    await tiles.page.setViewportSize({ width: 480, height: 270 });
    await until(async () => (await tiles.page.locator('.tile[data-live=true]').count()) === 1);
    await tiles.page.evaluate(WATCH);
    await check(tiles);
  } finally {
    await tiles.stop();
  }
}

describe('a tile', () => {
  it('shows the smallest stream at least as large as itself, and changes without a dark moment', async () => {
    await onTile('cameras=cam&decoder=mse&stream=auto', async (tiles) => {
      await until(async () => (await watched(tiles)).width === 640);
      expect(relays.has('cam-main')).toBe(false);
      await tiles.page.setViewportSize({ width: 1280, height: 720 });
      await until(async () => (await watched(tiles)).width === 1280);
      await until(async () => (await tiles.page.locator('[data-layer]').count()) === 1);
      await tiles.page.setViewportSize({ width: 480, height: 270 });
      await until(async () => (await watched(tiles)).width === 640);
      await until(async () => relays.get('cam-main')!.viewers === 0);
      const { dark, looks } = await watched(tiles);
      expect(looks).toBeGreaterThan(10);
      expect(dark).toBe(0);
    });
  });

  it('changes its decoder and the pull when a guard works with it, without a dark moment', async () => {
    await onTile('cameras=cam&decoder=mse&stream=auto', async (tiles) => {
      const relay = relays.get('cam-sub')!;
      expect(relay.state).toMatchObject({ kind: 'live', pull: 'ffmpeg' });
      await tiles.page.evaluate("setDecoder('webcodecs')");
      await until(async () => (await watched(tiles)).element === 'canvas');
      await until(async () => relay.state.kind === 'live' && relay.state.pull === 'direct');
      await tiles.page.evaluate("setDecoder('mse')");
      await until(async () => (await watched(tiles)).element === 'video');
      const { dark, looks } = await watched(tiles);
      expect(looks).toBeGreaterThan(10);
      expect(dark).toBe(0);
    });
  });

  it('keeps the small stream and says why where the large one cannot be played', async () => {
    await onTile('cameras=half&decoder=mse&stream=auto', async (tiles) => {
      await tiles.page.setViewportSize({ width: 1280, height: 720 });
      await until(async () =>
        /main stream: codec not playable/.test((await tiles.page.locator('.badge').textContent()) ?? ''),
      );
      expect(await watched(tiles)).toMatchObject({ dark: 0, width: 640 });
    });
  });
});
