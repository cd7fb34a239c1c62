import { existsSync } from 'node:fs';
import { mkdtemp, rm, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startChild } from '#native/process/child.ts';
import { runChild } from '#native/process/run-child.ts';
import { describe } from '#native/rtsp/describe.ts';
import { freePort } from './mosquitto.ts';
import { testClip } from './rtsp-clip.ts';
import { waitFor } from './wait-for.ts';

/** VLC as a camera: datagrams only (its RTSP output knows no interleaving), nobody's password. */
export interface VlcCamera {
  url: string;
  stop(): Promise<void>;
}

const isRoot = process.getuid?.() === 0;

/** Whether it can be run here: Debian's vlc-bin and vlc-plugin-base, and as root a way to be somebody else. */
export const hasVlc = (): boolean =>
  existsSync('/usr/bin/cvlc') && (!isRoot || existsSync('/usr/bin/setpriv'));

/** Plays the small clip in a loop at rtsp://127.0.0.1:port/cam. */
export async function startVlc(): Promise<VlcCamera> {
  const port = await freePort();
  const folder = await mkdtemp(path.join(tmpdir(), 'guardroom-vlc-'));
  // with times in the file: VLC's reader of bare H.264 makes them up, and wrongly
  const clip = path.join(folder, 'clip.mp4');
  const bare = await testClip({ codec: 'h264', width: 640, height: 360, fps: 15, seconds: 20 });
  await runChild({
    label: 'clip for VLC',
    command: 'ffmpeg',
    args: ['-v', 'error', '-r', '15', '-i', bare, '-c', 'copy', clip],
    timeoutMs: 30_000,
    maxOutputBytes: 100_000,
  });
  await chmod(folder, 0o755);
  await chmod(clip, 0o644);
  const vlc = [
    ...['/usr/bin/cvlc', '-I', 'dummy', '--no-audio', '--loop', clip],
    ...['--sout-keep', '--sout', `#gather:rtp{sdp=rtsp://127.0.0.1:${port}/cam}`],
  ];
  // VLC refuses to run as root
  const nobody = ['setpriv', '--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups'];
  const [command, ...args] = isRoot ? [...nobody, ...vlc] : vlc;
  const child = startChild({
    label: 'vlc',
    command: command!,
    args,
    env: { HOME: folder, XDG_RUNTIME_DIR: folder },
  });
  const url = `rtsp://127.0.0.1:${port}/cam`;
  const stop = async () => {
    await child.stop(1_000);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitFor('VLC', async () => (await describe({ url, timeoutMs: 1_000 })).ok);
  } catch (error) {
    await stop();
    throw new Error(`VLC did not start: ${child.stderrTail()}`, { cause: error });
  }
  return { url, stop };
}
