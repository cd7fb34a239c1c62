import { defineConfig } from 'vitest/config';
import vue from '@vitejs/plugin-vue';

/** Unit and contract tests are quick and need nothing outside npm; integration tests use real peers (mosquitto, GStreamer, ffmpeg). */
export default defineConfig({
  plugins: [vue()],
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['tests/unit/**/*.test.ts'] } },
      { extends: true, test: { name: 'contract', include: ['tests/contract/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'integration',
          // tests look at their own child processes, so each file is a process of its own
          pool: 'forks',
          include: ['tests/integration/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
