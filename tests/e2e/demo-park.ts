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
}
/** The demo park as it comes, in the built host. */
export const test = base.extend<{ demo: DemoPark }>({
  demo: async ({ browserName: _ }, use) => {
    const data = mkdtempSync(join(tmpdir(), 'guardroom-look-'));
    const site = join(ROOT, 'resources', 'demo', 'site.yaml');
    const host = await startWebHost(data, ['--site', site, '--no-browser'], { built: true });
    const closers: (() => void)[] = [];
    try {
      await use({
        url: host.url,
        async api(username) {
          const { api, close } = await openApi(host.url, { username, password: `demo-${username}` });
          closers.push(close);
          return api;
        },
      });
    } finally {
      for (const close of closers) close();
      host.child.kill('SIGTERM');
      await host.ended;
      rmSync(data, { recursive: true, force: true });
    }
  },
});
