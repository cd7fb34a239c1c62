import { defineConfig } from '@playwright/test';
import { findBrowser } from './electron/hosts/launch/browser.mjs';

const root = process.platform === 'linux' && process.getuid?.() === 0;

/** End-to-end tests: the built console in the Chromium, Chrome or Edge of this machine, against a real station. */
export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '**/*.spec.ts',
  timeout: 120_000,
  expect: { timeout: 15_000 },
  // Each test has a station with peers of its own; two cores carry one at a time.
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  outputDir: 'test-results',
  use: {
    viewport: { width: 1920, height: 1080 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: findBrowser() ?? undefined,
      // Chromium does not start for root with its sandbox; sound starts without a click, as in the console's own window.
      args: [...(root ? ['--no-sandbox'] : []), '--autoplay-policy=no-user-gesture-required'],
    },
  },
});
