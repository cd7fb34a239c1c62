import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron as electron, expect, test } from '@playwright/test';
import { electronBinary } from '../../electron/hosts/launch/electron-binary.mjs';
import { ROOT } from '../../electron/hosts/launch/paths.mjs';

const binary = electronBinary();

/** The real desktop host, where its binary is installed; its logic is tested everywhere, in tests/contract/desktop*. */
test.describe('desktop host', () => {
  test.skip(
    binary === null,
    "Electron's binary is not installed on this machine: the desktop host was not started",
  );
  test.skip(process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY, 'no display: the desktop host was not started'); // prettier-ignore

  test('shows the console over its own protocol, sandboxed, with a line to its station, and quits cleanly', async () => {
    const data = mkdtempSync(join(tmpdir(), 'guardroom-desktop-'));
    const site = join(ROOT, 'tests', 'fixtures', 'site-small.yaml');
    const root = process.platform === 'linux' && process.getuid?.() === 0;
    const app = await electron.launch({
      executablePath: binary ?? undefined,
      args: [
        ...(root ? ['--no-sandbox'] : []),
        ROOT,
        '--data',
        data,
        '--site',
        site,
        '--broker-port',
        '0',
        '--rtsp-port',
        '0',
      ],
    });
    try {
      const page = await app.firstWindow();
      await expect(page).toHaveURL(/^guardroom:\/\/console\//);
      expect(await page.evaluate(() => typeof (window as { require?: unknown }).require)).toBe('undefined');
      expect(await page.evaluate(() => Object.keys(window.guardroom ?? {}).sort())).toEqual([
        'openWindow',
        'setKiosk',
      ]);
      // The sign-in screen names the park, which only the station knows.
      await expect(page.getByText('测试园区').first()).toBeVisible();
      expect(await page.evaluate(() => window.open('https://example.org') === null)).toBe(true);
    } finally {
      await app.close();
      rmSync(data, { recursive: true, force: true });
    }
  });
});
