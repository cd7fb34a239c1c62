import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '#native/ffmpeg/binary.ts';
import { createHandover, type Handover } from '#native/ffmpeg/handover.ts';
import { createRelay, type Relay } from '#native/ffmpeg/relay.ts';
import { startRtspServer, SMALL_CLIP, type RtspServer } from '#tests/peers/rtsp-server.ts';
import { startTileServer, type Sighting, type TilePage } from '#tests/peers/tile-page.ts';

/** The console's tiles in a real Chromium on real cameras: what is on the screen is read back from the picture. */
let cameras: RtspServer;
let handover: Handover;
let server: Awaited<ReturnType<typeof startTileServer>>;
const relays = new Map<string, Relay>();

beforeAll(async () => {
  cameras = await startRtspServer([
    ...['/cam1', '/cam2', '/cam3', '/cam4', '/stalls'].map((path) => ({ path })),
    { path: '/jpeg', codec: 'jpeg' as const },
  ]);
  handover = createHandover();
  const ffmpeg = await findFfmpeg();
  server = await startTileServer((cameraId) => {
    const known = relays.get(cameraId);
    if (known) return known;
    const source = { url: cameras.url(`/${cameraId}`), transport: 'tcp' as const };
    const relay = createRelay({
      label: cameraId,
      source,
      ffmpeg: async () => ffmpeg,
      handover,
      stallMs: 1_500,
      lingerMs: 500,
    });
    relays.set(cameraId, relay);
    return relay;
  });
}, 120_000);

afterAll(async () => {
  await server?.stop();
  await Promise.all([...relays.values()].map((relay) => relay.stop()));
  await Promise.all([handover?.close(), cameras?.stop()]);
});

const until = (holds: () => Promise<boolean>) =>
  expect.poll(holds, { timeout: 25_000, interval: 100 }).toBe(true);
const seen = (all: Sighting[], camera: string) =>
  all.filter((one) => one.camera === camera).map(({ frame }) => frame);

const LOOP_FRAMES = SMALL_CLIP.fps * SMALL_CLIP.seconds;
/** Steps between frame numbers that follow each other, around the end of the loop. */
const steps = (frames: number[]): number[] =>
  frames.slice(1).map((frame, index) => (frame - frames[index]! + LOOP_FRAMES) % LOOP_FRAMES);

async function onPage(query: string, check: (tiles: TilePage) => Promise<void>): Promise<void> {
  const tiles = await server.open(query);
  const errors: string[] = [];
  tiles.page.on('pageerror', (error) => errors.push(error.message));
  try {
    await check(tiles);
    expect(errors).toEqual([]);
  } finally {
    await tiles.stop();
  }
}

describe.each(['mse', 'webcodecs'])('tiles by %s', (decoder) => {
  it('show moving pictures: every camera, forwards, no frame left out once they run', async () => {
    await onPage(`cameras=cam1,cam2,cam3,cam4&decoder=${decoder}`, async (tiles) => {
      const names = ['cam1', 'cam2', 'cam3', 'cam4'];
      // A page that shares two cores with everything else may miss a frame, now and then many; it does not go on so.
      await until(async () => {
        const all = await tiles.sightings();
        return names.every((name) => {
          const running = steps(seen(all, name).slice(-30));
          const each = running.filter((step) => step === 1).length;
          const isSmooth = each > 15 && running.every((step) => step >= 1 && step <= 8);
          return isSmooth && seen(all, name).length >= 45;
        });
      });
      // however busy it is, it never goes back
      const all = await tiles.sightings();
      for (const name of names) expect(Math.max(...steps(seen(all, name)))).toBeLessThan(LOOP_FRAMES / 2);
      expect(await tiles.page.locator('.tile[data-live=true]').count()).toBe(4);
      // Told only once they have been watched for long enough.
      await until(async () =>
        /\d+ fps · \d+ ms/.test((await tiles.page.locator('.figures').first().textContent()) ?? ''),
      );
    });
  });

  it('say that a camera stalled, and show it again when it is back', async () => {
    await onPage(`cameras=stalls&decoder=${decoder}`, async (tiles) => {
      await until(async () => (await tiles.sightings()).length > 10);
      await cameras.stall('/stalls');
      await until(async () =>
        /no progress|stalled/i.test(
          (await tiles.page.locator('.nothing').textContent({ timeout: 25_000 })) ?? '',
        ),
      );
      const before = (await tiles.sightings()).length;
      await cameras.resume('/stalls');
      await until(async () => (await tiles.sightings()).length > before + 15);
      expect(await tiles.page.locator('.nothing').count()).toBe(0);
    });
  });

  it('let go of the stream while nobody can see them, and come back', async () => {
    await onPage(`cameras=cam1&decoder=${decoder}`, async (tiles) => {
      await until(async () => (await tiles.sightings()).length > 10);
      // As text: this project's types know no document.
      const show = (state: string) =>
        tiles.page.evaluate(
          `Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${state}' });
           document.dispatchEvent(new Event('visibilitychange'))`,
        );
      await show('hidden');
      await until(async () => relays.get('cam1')!.viewers === 0);
      const before = (await tiles.sightings()).length;
      await show('visible');
      await until(async () => (await tiles.sightings()).length > before + 15);
    });
  });
});

describe('a tile without a picture', () => {
  it('says why', async () => {
    await onPage('cameras=jpeg,nothing', async (tiles) => {
      // Between two attempts a tile says that it connects: each says its reason once it has one.
      const says = async (at: number, reason: RegExp) =>
        until(async () => reason.test((await tiles.page.locator('.nothing').allTextContents())[at] ?? ''));
      await says(0, /codec|decode|play/i);
      await says(1, /stream|found/i);
      await until(async () => (await tiles.page.locator('.retry').count()) > 0);
    });
  });

  it('comes back by itself when the connection to the station breaks', async () => {
    await onPage('cameras=cam2', async (tiles) => {
      await until(async () => (await tiles.sightings()).length > 10);
      const before = (await tiles.sightings()).length;
      server.host.sockets.cut(() => true);
      await until(async () => (await tiles.sightings()).length > before + 15);
    });
  });
});
