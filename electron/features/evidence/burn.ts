import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { once } from 'node:events';
import { boxesIn, findBox } from '#native/mp4/boxes.ts';
import { initTracks } from '#native/mp4/fragments.ts';
import { SOUND_TRACK_ID } from '#native/recording/sound-types.ts';
import { startChild, type Child } from '#native/process/child.ts';
import type { RecordedChunk } from '#station/recorded.ts';

const TICKS_PER_MS = 90;
/** Where systems keep a plain font; without one, ffmpeg asks fontconfig. */
const FONTS = [
  'C:/Windows/Fonts/consola.ttf',
  'C:/Windows/Fonts/arial.ttf',
  '/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf',
  '/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf',
  '/System/Library/Fonts/Menlo.ttc',
];

/** ffmpeg, writing a copy of one segment with the time in its pictures. */
export interface Burn {
  /** Waits when ffmpeg is behind. After a failure it does nothing. */
  add(chunk: RecordedChunk): Promise<void>;
  /** True if the copy is whole. */
  finish(): Promise<boolean>;
  abort(): Promise<void>;
}
export interface BurnOptions {
  ffmpeg: string;
  folder: string;
  /** Of the copy, below `folder`; its folder is there. */
  name: string;
  cameraId: string;
  init: Buffer;
  /** Wall time of the first frame. */
  startMs: number;
  /** Added to UTC. */
  utcOffsetMs: number;
  /** Sound too, where there is some. */
  withSound: boolean;
}

/**
 * Re-encodes a segment with camera and wall time in the picture. It is fed with wall times instead of media times, so
 * that a camera with a wrong clock shows the right time from the first frame to the last.
 */
export async function startBurn(options: BurnOptions): Promise<Burn> {
  const { folder, name, startMs } = options;
  const textName = `${path.basename(name)}.txt`;
  const textFile = path.join(folder, textName);
  await writeFile(textFile, burnText(options));
  const child: Child = startChild({
    label: 'ffmpeg burn-in',
    command: options.ffmpeg,
    args: burnArguments(textName, name, options.withSound),
    cwd: folder,
    stdin: 'pipe',
  });
  let isOver = false;
  void child.exited.then(() => (isOver = true));
  async function feed(data: Buffer): Promise<void> {
    const { stdin } = child;
    if (isOver || !stdin?.writable || stdin.write(data)) return;
    await Promise.race([once(stdin, 'drain').catch(() => undefined), child.exited]);
  }
  await feed(options.init);
  const soundRate = initTracks(options.init).find(({ isSound }) => isSound)?.timescale;
  return {
    add: (chunk) => feed(byWallTime(chunk, startMs, soundRate)),
    async finish() {
      child.stdin?.end();
      const { code } = await child.exited;
      await rm(textFile, { force: true });
      return code === 0;
    },
    async abort() {
      await child.stop(0);
      await rm(textFile, { force: true });
    },
  };
}

/** What drawtext expands for each frame: camera, date and time, distance from UTC. */
export function burnText({ cameraId, startMs, utcOffsetMs }: BurnOptions): string {
  const sign = utcOffsetMs < 0 ? '-' : '+';
  const minutes = Math.abs(Math.round(utcOffsetMs / 60_000));
  const two = (value: number) => String(value).padStart(2, '0');
  const zone = `UTC${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  // Time zones are added here: not every system's C library knows them by name.
  return `${cameraId}  %{pts:gmtime:${((startMs + utcOffsetMs) / 1000).toFixed(3)}} ${zone}`;
}

/** Relative names only: paths would have to be escaped three times over. */
export function burnArguments(
  textName: string,
  name: string,
  withSound: boolean,
  font = FONTS.find((one) => existsSync(one)),
): string[] {
  const fontfile = font ? `fontfile=${font.replaceAll(':', '\\\\:')}:` : '';
  const look = 'fontsize=max(12\\,h/24):fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=6:x=10:y=10';
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-f', 'mp4', '-i', 'pipe:0'],
    ...['-vf', `drawtext=${fontfile}textfile=${textName}:${look}`],
    // Frames keep their own times: neither repeated nor dropped to a steady rate.
    ...['-vsync', 'vfr', '-enc_time_base', '-1'],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', '-pix_fmt', 'yuv420p', '-threads', '1'],
    // FLAC in MP4 counts as an experiment up to ffmpeg 4.2.
    ...(withSound ? ['-c:a', 'copy', '-strict', '-2'] : ['-an']),
    ...['-movflags', '+faststart', '-f', 'mp4', '-y', name],
  ];
}

/**
 * The chunk with the wall time since `startMs` for its media time: tfdt and duration of each fragment are changed.
 * @param soundRate ticks per second of the sound, which keeps its pace within a part
 */
export function byWallTime(chunk: RecordedChunk, startMs: number, soundRate?: number): Buffer {
  const data = Buffer.from(chunk.data);
  const span = chunk.endTicks - chunk.ticks;
  const wallSpan = Math.max(1, (chunk.endWallMs - chunk.wallMs) * TICKS_PER_MS);
  const scale = span > 0 ? wallSpan / span : 1;
  const first = (chunk.wallMs - startMs) * TICKS_PER_MS;
  for (const moof of boxesIn(data)) {
    if (moof.type !== 'moof') continue;
    const traf = findBox(data, ['traf'], moof.start, moof.end);
    const tfhd = traf && findBox(data, ['tfhd'], traf.start, traf.end);
    const tfdt = traf && findBox(data, ['tfdt'], traf.start, traf.end);
    const trun = traf && findBox(data, ['trun'], traf.start, traf.end);
    if (!tfhd || !tfdt || !trun || data[tfdt.start] !== 1) continue;
    const isOfSound = data.readUInt32BE(tfhd.start + 4) === SOUND_TRACK_ID;
    const perTick = isOfSound && soundRate ? soundRate / (TICKS_PER_MS * 1_000) : 1;
    const dts = Number(data.readBigUInt64BE(tfdt.start + 4)) / perTick;
    data.writeBigUInt64BE(
      BigInt(Math.max(0, Math.round((first + (dts - chunk.ticks) * scale) * perTick))),
      tfdt.start + 4,
    );
    if (isOfSound) continue;
    const flags = data.readUInt32BE(trun.start);
    const at = trun.start + 8 + (flags & 0x1 ? 4 : 0) + (flags & 0x4 ? 4 : 0);
    if (flags & 0x100) data.writeUInt32BE(Math.max(1, Math.round(data.readUInt32BE(at) * scale)), at);
  }
  return data;
}
