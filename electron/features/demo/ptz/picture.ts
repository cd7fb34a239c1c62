import { join } from 'node:path';
import { startH264Encoder } from '#native/ffmpeg/h264-encoder.ts';
import { runChild } from '#native/process/run-child.ts';
import { cutFrame, parameterSets } from '#native/rtsp/server-clip.ts';
import type { LiveSource } from '#native/rtsp/server.ts';
import type { Log } from '#station/log.ts';
import { drawStrip, drawText, textWidth } from './osd.ts';
import { drawView, pictureBytes, type Look, type Panorama } from './view.ts';

const [WIDTH, HEIGHT, FPS] = [640, 360, 15];
/** Frames of the loop of the drawn clips, whose numbering the strip follows. */
const LOOP_FRAMES = 900;
/** resources/tools/make-panorama.mjs draws it so. */
const ROUND = { width: 5_760, height: 1_152, topDegrees: 14, bottomDegrees: -58 };
const READ_MS = 20_000;

/** What the dome shows at a moment, and its numbers for the display. */
export interface Shown extends Look {
  times: number;
}
export interface PictureOptions {
  resources: string;
  ffmpeg: () => string | null;
  look: () => Shown;
  log: Log;
}

async function readPanorama(ffmpeg: string, resources: string): Promise<Panorama> {
  const bytes = pictureBytes(ROUND.width, ROUND.height);
  const { code, stdout, stderr } = await runChild({
    label: 'ffmpeg panorama',
    command: ffmpeg,
    args: ['-v', 'error', '-i', join(resources, 'demo', 'panorama.jpg'), '-vf', 'scale=out_range=tv,format=yuv420p', '-f', 'rawvideo', '-'], // prettier-ignore
    timeoutMs: READ_MS,
    maxOutputBytes: bytes,
  });
  if (code !== 0 || stdout.length !== bytes) throw new Error(`panorama not read: ${stderr.trim() || code}`);
  return { ...ROUND, data: stdout };
}

/** The picture of the demo's dome: cut from the round view and encoded while somebody watches. Needs ffmpeg. */
export function createPicture({ resources, ffmpeg, look, log }: PictureOptions): LiveSource {
  let reading: Promise<Panorama> | undefined;
  let panorama: Panorama | undefined;
  const encoder = { width: WIDTH, height: HEIGHT, fps: FPS, gop: FPS, crf: 22 };
  const program = () => {
    const path = ffmpeg();
    if (path === null) throw new Error('no ffmpeg');
    return path;
  };
  const canvas = Buffer.alloc(pictureBytes(WIDTH, HEIGHT));
  let drawn = '';
  function paint(atMs: number): Buffer {
    const now = look();
    const key = `${now.bearing.toFixed(3)} ${now.elevation.toFixed(3)} ${now.angle.toFixed(3)}`;
    if (panorama && key !== drawn) drawView(panorama, now, canvas, WIDTH, HEIGHT);
    drawn = key;
    const picture = Buffer.from(canvas);
    const seconds = String(Math.floor(atMs / 1000) % 60).padStart(2, '0');
    const where = `P${Math.round(now.bearing) % 360} T${Math.round(now.elevation)} X${now.times.toFixed(1)}`;
    const line = `M-01  ${where}  :${seconds}`;
    drawText(picture, WIDTH, line, WIDTH - textWidth(line) - 8, 14);
    drawStrip(picture, WIDTH, Math.floor((atMs * FPS) / 1000) % LOOP_FRAMES);
    return picture;
  }
  return {
    async shape() {
      reading ??= readPanorama(program(), resources).catch((error: Error) => {
        reading = undefined;
        log.warn('demo dome without a picture', { error: error.message });
        throw error;
      });
      panorama = await reading;
      return await new Promise((resolve, reject) => {
        const one = startH264Encoder(
          { ...encoder, ffmpeg: program() },
          {
            unit(data) {
              one.stop();
              const sets = parameterSets(data);
              if (sets) resolve({ fps: FPS, ...sets });
              else reject(new Error('no parameter sets'));
            },
            ended: (words) => reject(new Error(words.trim() || 'the encoder ended')),
          },
        );
        one.push(paint(Date.now()));
        one.push(paint(Date.now()));
      });
    },
    start(show) {
      const due: number[] = [];
      const made = startH264Encoder(
        { ...encoder, ffmpeg: program() },
        {
          unit: (data) => show(cutFrame(data), due.shift() ?? Date.now()),
          // viewers see a camera that stalls, ask again, and get a new one
          ended: (words) => log.warn('demo dome encoder ended', { error: words.trim() }),
        },
      );
      let last = 0;
      const timer = setInterval(
        () => {
          const nowMs = Date.now();
          const number = Math.floor((nowMs * FPS) / 1000);
          if (number === last) return;
          last = number;
          if (made.push(paint(nowMs))) due.push(nowMs);
        },
        1000 / FPS / 2,
      );
      return {
        stop() {
          clearInterval(timer);
          made.stop();
        },
      };
    },
  };
}
