import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createServer as createVite } from 'vite';
import vue from '@vitejs/plugin-vue';
import { chromium, type Browser, type Page } from 'playwright';
import type { Relay } from '#native/ffmpeg/relay.ts';
import { startMediaHost, type MediaHost, type MediaHostOptions } from './media-host.ts';

export interface Sighting {
  camera: string;
  frame: number;
  atMs: number;
}

export interface TilePage {
  page: Page;
  host: MediaHost;
  browser: Browser;
  sightings(): Promise<Sighting[]>;
  /** Of the picture in each tile, in its own pixels. */
  widths(): Promise<number[]>;
  /** Milliseconds until a tile added now shows its first picture. */
  openTile(cameraId: string): Promise<number>;
  stop(): Promise<void>;
}

/** Serves the console's tiles (tests/bench/page) from source to a real Chromium. */
export async function startTileServer(
  openStream: (cameraId: string, stream: 'main' | 'sub', isTranscoded: boolean) => Relay | undefined,
  openReplay?: MediaHostOptions['openReplay'],
) {
  // of its own: two servers that fill one folder at the same time serve pages without their scripts
  const cacheDir = join('node_modules', '.cache', 'guardroom-tile-page', randomUUID());
  const vite = await createVite({
    configFile: false,
    root: process.cwd(),
    logLevel: 'error',
    appType: 'mpa',
    plugins: [vue()],
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: {
      include: ['vue', 'vue-i18n', '@vueuse/core', 'zod'],
      entries: ['tests/bench/page/main.ts', 'tests/bench/page/replay.ts'],
    },
    cacheDir,
  });
  const host = await startMediaHost(openStream, {
    openReplay,
    page(request, response) {
      if (request.url === '/token') response.end(host.token());
      else vite.middlewares(request, response);
    },
  });
  return {
    host,
    async open(query: string, name: 'index' | 'replay' = 'index'): Promise<TilePage> {
      const browser = await chromium.launch({
        executablePath: '/usr/bin/chromium',
        args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
      });
      const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
      await page.goto(`http://127.0.0.1:${host.port}/tests/bench/page/${name}.html?${query}`);
      return {
        page,
        host,
        browser,
        sightings: () => page.evaluate('sightings'),
        widths: () =>
          page.evaluate(
            `[...document.querySelectorAll('.tile video, .tile canvas')].map((one) => one.videoWidth ?? one.width)`,
          ),
        openTile: (cameraId) => page.evaluate(`openTile(${JSON.stringify(cameraId)})`),
        stop: () => browser.close(),
      };
    },
    async stop() {
      await host.stop();
      await vite.close();
      rmSync(cacheDir, { recursive: true, force: true });
    },
  };
}
