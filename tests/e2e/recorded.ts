import type { Park } from './park.ts';
import { expect } from './test.ts';

/** Every camera of the park recorded without end, until there is this much of each. */
export async function record(park: Park, seconds: number): Promise<void> {
  const admin = await park.api('admin');
  const { cameras } = await admin.site.get();
  for (const camera of cameras)
    await admin.site.put({
      collection: 'cameras',
      object: { ...camera, recording: { mode: 'continuous' } } as never,
    });
  const guard = await park.api('guard');
  const cameraIds = cameras.map(({ id }) => id);
  await expect
    .poll(
      async () => {
        const toMs = Date.now() + 60_000;
        const timeline = await guard.recording.timeline({ cameraIds, fromMs: toMs - 600_000, toMs });
        const lengths = timeline.cameras.map(({ ranges }) =>
          ranges.reduce((sum, one) => sum + one.toMs - one.fromMs, 0),
        );
        return Math.min(...lengths);
      },
      { timeout: 60_000 },
    )
    .toBeGreaterThan(seconds * 1000);
}
