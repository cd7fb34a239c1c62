import { describe, expect, it, vi } from 'vitest';
import type { Clip } from '#native/rtsp/server-clip.ts';
import { systemClock } from '#native/rtsp/server-feed.ts';
import { Mount } from '#native/rtsp/server-mount.ts';

const clip = (fps = 10): Clip => ({
  fps,
  sps: Buffer.from([0x67, 0, 0, 0]),
  pps: Buffer.from([0x68]),
  frames: [{ key: true, payloads: [Buffer.from([1])], bytes: 1 }],
});
const mount = (source: Clip | (() => Promise<Clip>)) => new Mount('/a', source, undefined, systemClock);

describe('Mount', () => {
  it('loads its clip once, when it is first asked for', async () => {
    const load = vi.fn(async () => clip());
    const one = mount(load);
    expect(load).not.toHaveBeenCalled();
    const [a, b] = await Promise.all([one.open(), one.open()]);
    expect(a).toBe(b);
    expect(await one.open()).toBe(a);
    expect(load).toHaveBeenCalledTimes(1);
  });
  it('tries again after a clip could not be had', async () => {
    const load = vi.fn(async () => clip()).mockRejectedValueOnce(new Error('no such file'));
    const one = mount(load);
    await expect(one.open()).rejects.toThrow('no such file');
    expect((await one.open()).clip.fps).toBe(10);
  });
  it('takes the clip that it was given while another was loading', async () => {
    const { promise, resolve } = Promise.withResolvers<Clip>();
    const one = mount(() => promise);
    const opening = one.open();
    const better = clip();
    one.setClip(better);
    resolve(clip());
    expect((await opening).clip).toBe(better);
  });
  it('is off or on, whether loaded or not', async () => {
    const one = mount(async () => clip());
    one.setState('off');
    expect(one.isOff).toBe(true);
    await one.open();
    one.setState('stalled');
    expect(one.isOff).toBe(false);
    one.stop();
  });
});
