import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runChild } from '#native/process/run-child.ts';
import { BARCODE } from './rtsp-barcode.ts';

export interface ClipSpec {
  codec: 'h264' | 'h265';
  width: number;
  height: number;
  fps: number;
  /** Length of the loop; a whole number of GOPs. */
  seconds: number;
  /** Seconds between key frames. */
  gopSeconds?: number;
  bitrateKbps?: number;
  /** B-frames between references; cameras use none. */
  bFrames?: number;
}

const FOLDER = path.resolve('node_modules/.cache/guardroom-clips');

/** Frame number as a row of white and black cells, so that a program can read the picture's age. */
function barcodeFilter(): string {
  const { cell, bits } = BARCODE;
  const box = (index: number, color: string, enable = '') =>
    `drawbox=x=${index * cell}:y=0:w=${cell}:h=${cell}:color=${color}:t=fill${enable}`;
  const boxes = [`drawbox=x=0:y=0:w=${(bits + 4) * cell}:h=${cell}:color=black:t=fill`, box(0, 'white')];
  for (let bit = 0; bit < bits; bit += 1) {
    boxes.push(box(bit + 2, 'white', `:enable='bitand(floor(n/${2 ** (bits - 1 - bit)})\\,1)'`));
  }
  boxes.push(box(bits + 3, 'white'));
  return boxes.join(',');
}

function encoder(spec: ClipSpec): string[] {
  const gop = String(Math.round((spec.gopSeconds ?? 1) * spec.fps));
  const rate = `${spec.bitrateKbps ?? 600}k`;
  const common = [
    '-g',
    gop,
    '-bf',
    String(spec.bFrames ?? 0),
    '-b:v',
    rate,
    '-maxrate',
    rate,
    '-bufsize',
    rate,
  ];
  if (spec.codec === 'h265') {
    const params = `log-level=error:keyint=${gop}:min-keyint=${gop}:bframes=${spec.bFrames ?? 0}:scenecut=0:open-gop=0`;
    return [
      '-c:v',
      'libx265',
      '-preset',
      'ultrafast',
      ...(spec.bFrames ? [] : ['-tune', 'zerolatency']),
      '-x265-params',
      params,
      ...common,
    ];
  }
  const tune = spec.bFrames ? [] : ['-tune', 'zerolatency'];
  const params = 'sliced-threads=0:slices=1:scenecut=0:open-gop=0';
  return [
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    ...tune,
    '-x264-params',
    params,
    '-profile:v',
    'main',
    ...common,
  ];
}

/** Path of an Annex B file with access unit delimiters, made on first use and kept under node_modules/.cache. */
export async function testClip(spec: ClipSpec): Promise<string> {
  const key = createHash('sha256')
    .update(JSON.stringify([spec, barcodeFilter()]))
    .digest('hex')
    .slice(0, 12);
  const file = path.join(FOLDER, `${spec.codec}-${spec.height}p${spec.fps}-${key}.${spec.codec}`);
  if (existsSync(file) && existsSync(orderOf(file))) return file;
  await mkdir(FOLDER, { recursive: true });
  // tests run in threads of one process too: a process number is not a name of one's own
  const partial = `${file}.${randomUUID()}.part`;
  const source = `testsrc2=size=${spec.width}x${spec.height}:rate=${spec.fps}:duration=${spec.seconds}`;
  const delimiter = spec.codec === 'h264' ? 'h264_metadata=aud=insert' : 'hevc_metadata=aud=insert';
  const raw = spec.codec === 'h264' ? 'h264' : 'hevc';
  await run('ffmpeg', [
    ...['-hide_banner', '-loglevel', 'error', '-y', '-f', 'lavfi', '-i', source],
    ...['-vf', `${barcodeFilter()},format=yuv420p`, ...encoder(spec), '-f', 'mp4', `${partial}.mp4`],
  ]);
  const copy = ['-i', `${partial}.mp4`, '-c', 'copy', '-bsf:v', `${raw}_mp4toannexb,${delimiter}`];
  await run('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', ...copy, '-f', raw, partial]);
  const packets = ['-of', 'csv=p=0', '-show_entries', 'packet=pts', `${partial}.mp4`];
  const shown =
    (await run('ffprobe', ['-v', 'error', '-select_streams', 'v', ...packets])).match(/\d+/g) ?? [];
  const times = shown.map(Number);
  const sorted = times.toSorted((a, b) => a - b);
  await writeFile(orderOf(file), JSON.stringify(times.map((time) => sorted.indexOf(time))));
  await rm(`${partial}.mp4`, { force: true });
  await rename(partial, file);
  return file;
}

/** Beside a clip: for each picture in its order of decoding the number that it is shown as. */
export const orderOf = (clip: string): string => `${clip}.order.json`;

async function run(command: string, args: readonly string[]): Promise<string> {
  const limits = { timeoutMs: 120_000, maxOutputBytes: 1_000_000 };
  const { code, stdout, stderr } = await runChild({ label: 'test clip', command, args, ...limits });
  if (code !== 0) throw new Error(`the test clip could not be made: ${stderr}`);
  return stdout.toString();
}
