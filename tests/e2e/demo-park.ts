import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from '@playwright/test';
import { openApi, type Api } from '#tests/peers/console-api.ts';
import { startWebHost } from '#tests/peers/web-host.ts';
import { ROOT } from '../../electron/hosts/launch/paths.mjs';

export interface DemoPark {
  url: string;
  api(username: string): Promise<Api>;
  /** Ends the station and starts it again on the same data; it has another address then. */
  restart(): Promise<void>;
}
/** The demo park as it comes, in the built host. */
export const test = base.extend<{ demo: DemoPark }>({
  demo: async ({ browserName: _ }, use) => {
    const data = mkdtempSync(join(tmpdir(), 'guardroom-look-'));
    const site = join(ROOT, 'resources', 'demo', 'site.yaml');
    const start = () => startWebHost(data, ['--site', site, '--no-browser'], { built: true });
    let host = await start();
    const stop = async () => {
      for (const close of closers.splice(0)) close();
      host.child.kill('SIGTERM');
      await host.ended;
    };
    const closers: (() => void)[] = [];
    try {
      await use({
        get url() {
          return host.url;
        },
        async restart() {
          await stop();
          host = await start();
        },
        async api(username) {
          const { api, close } = await openApi(host.url, { username, password: `demo-${username}` });
          closers.push(close);
          return api;
        },
      });
    } finally {
      await stop();
      rmSync(data, { recursive: true, force: true });
    }
  },
});
