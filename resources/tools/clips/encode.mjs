import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

/** Runs FFmpeg; `feed` writes to its standard input. Rejects with what it said. */
export async function ffmpegRun(ffmpeg, args, feed) {
  const child = spawn(ffmpeg, ['-v', 'error', '-y', ...args], { stdio: ['pipe', 'inherit', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close');
  if (feed) {
    await feed(async (data) => {
      if (!child.stdin.write(data)) await Promise.race([once(child.stdin, 'drain'), ended]);
    });
  }
  child.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`FFmpeg failed (${code}): ${said.trim()}`);
}

/** Raw RGB frames into a lossless file, from which any size is then made without drawing again. */
export function keepLossless(ffmpeg, file, { width, height, fps }, feed) {
  const input = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-s',
    `${width}x${height}`,
    '-r',
    String(fps),
    '-i',
    '-',
  ];
  const colour = ['-vf', 'scale=out_color_matrix=bt709:out_range=tv,format=yuv420p'];
  return ffmpegRun(
    ffmpeg,
    [...input, ...colour, '-c:v', 'libx264', '-qp', '0', '-preset', 'ultrafast', file],
    feed,
  );
}

/**
 * Annex-B H.264 main profile without B-frames, one key frame each `gopSeconds`, parameter sets in each.
 * The quantiser is constant, so a key frame repeats what stood still and the picture does not breathe; and each
 * macroblock row is a slice of its own, so that it repeats it byte for byte, which the Brotli around it folds up.
 */
async function encodeAt(ffmpeg, source, file, { fps, gopSeconds, height }, qp) {
  const gop = fps * gopSeconds;
  const x264 = `keyint=${gop}:min-keyint=${gop}:scenecut=0:bframes=0:repeat-headers=1:aud=1:ipratio=1.1:ref=1:slices=${Math.ceil(height / 16)}:colorprim=bt709:transfer=bt709:colormatrix=bt709`;
  await ffmpegRun(ffmpeg, [
    '-i',
    source,
    '-c:v',
    'libx264',
    '-profile:v',
    'main',
    '-level',
    '3.0',
    '-preset',
    'veryslow',
    '-qp',
    String(qp),
    '-x264-params',
    x264,
    '-pix_fmt',
    'yuv420p',
    '-f',
    'h264',
    file,
  ]);
  const data = readFileSync(file);
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
  return brotliCompressSync(data, {
    params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_SIZE_HINT]: data.length },
  });
}

/** Makes `file` (.h264.br) with the lowest quantiser (25 to 38) that keeps it within `maxBytes`. */
export async function encodeToSize(ffmpeg, source, file, format, maxBytes) {
  const scratch = `${source}.h264`;
  let low = 25;
  let high = 38;
  let best;
  while (low < high) {
    const middle = (low + high) >> 1;
    const packed = await encodeAt(ffmpeg, source, scratch, format, middle);
    if (packed.length <= maxBytes) {
      high = middle;
      best = packed;
    } else low = middle + 1;
  }
  best = best && low < 38 ? best : await encodeAt(ffmpeg, source, scratch, format, low);
  writeFileSync(file, best);
  rmSync(scratch, { force: true });
  return { qp: low, bytes: best.length };
}
