import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { z } from 'zod';
import { parseClip, type Clip } from '#native/rtsp/server-clip.ts';
import type { SoundLoop } from '#native/rtsp/server-sound.ts';

/** `resources/demo/clips/index.json`, written by resources/tools/make-clips.mjs. */
const clipIndex = z.record(
  z.string(),
  z.object({
    file: z.string().regex(/^[a-z0-9-]+\.h264\.br$/),
    fps: z.int().min(1).max(60),
    frames: z.int().min(1),
  }),
);

export interface ClipLibrary {
  names(): string[];
  /** Reads and unpacks a clip; the same promise for the same name. Rejects when it is not there or not usable. */
  load(name: string): Promise<Clip>;
  /** What the camera hears, A-law in a loop; undefined: nothing. */
  sound(name: string): Promise<SoundLoop | undefined>;
}

const unpack = promisify(brotliDecompress);

export async function openClips(folder: string): Promise<ClipLibrary> {
  const index = clipIndex.parse(JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')));
  const loading = new Map<string, Promise<Clip>>();
  const read = async (name: string): Promise<Clip> => {
    const entry = index[name];
    if (!entry) throw new RangeError(`no demo clip ${name}`);
    const clip = parseClip(await unpack(await readFile(join(folder, entry.file))), entry.fps);
    if (clip.frames.length !== entry.frames) {
      throw new RangeError(
        `demo clip ${name} has ${clip.frames.length} frames, index.json says ${entry.frames}`,
      );
    }
    return clip;
  };
  return {
    names: () => Object.keys(index),
    async sound(name) {
      const alaw = await readFile(join(folder, `${name}.alaw`)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        return undefined;
      });
      return alaw && { alaw };
    },
    load(name) {
      const known = loading.get(name);
      if (known) return known;
      const promise = read(name).catch((error: unknown) => {
        loading.delete(name);
        throw error;
      });
      loading.set(name, promise);
      return promise;
    },
  };
}
