import { createRequire } from 'node:module';
import path from 'node:path';
import { findExecutable } from '#native/process/find-executable.ts';
import { runChild } from '#native/process/run-child.ts';
import { FfmpegError } from './failure.ts';

export type FfmpegOrigin = 'setting' | 'ffmpeg-static' | 'system' | 'ffmpeg-installer';

/** An ffmpeg program that has answered. */
export interface FfmpegBinary {
  path: string;
  origin: FfmpegOrigin;
  /** As it names itself: "5.1.9-0+deb12u1", or a build number for some static builds. */
  version: string;
  /** Major version of libavformat (58 = ffmpeg 4, 59 = 5, 60 = 6, ...): what options are chosen by. */
  formatMajor: number;
}

export interface FfmpegSearch {
  /** The path of the settings; if given nothing else is tried, because the person who set it wants to know. */
  setting?: string;
  env?: NodeJS.ProcessEnv;
  /** Loads an optional package; absent ones throw. */
  load?: (name: string) => unknown;
}

const load = createRequire(import.meta.url);

/** A packaged program's modules lie in one archive; nothing in it can be started, so programs are unpacked beside it. */
const outsideArchive = (file: string): string => file.replace(/\bapp\.asar(?=[\\/])/, 'app.asar.unpacked');

function fromPackage(
  search: FfmpegSearch,
  name: string,
  pick: (loaded: unknown) => unknown,
): string | undefined {
  try {
    const found = pick((search.load ?? load)(name));
    return typeof found === 'string' ? findExecutable(outsideArchive(found)) : undefined;
  } catch {
    // Optional packages: not installed for this platform, or their download failed.
    return undefined;
  }
}

/** Where ffmpeg may be, best first: the setting alone, else ffmpeg-static, the system's, the one inside a package. */
export function ffmpegCandidates(search: FfmpegSearch = {}): { path: string; origin: FfmpegOrigin }[] {
  if (search.setting) return [{ path: path.resolve(search.setting), origin: 'setting' }];
  const installer = `@ffmpeg-installer/${process.platform}-${process.arch}/package.json`;
  const executable = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
  const found: [FfmpegOrigin, string | undefined][] = [
    [
      'ffmpeg-static',
      fromPackage(search, 'ffmpeg-static', (loaded) => (loaded as { default?: unknown })?.default ?? loaded),
    ],
    ['system', findExecutable('ffmpeg', search.env)],
    [
      'ffmpeg-installer',
      fromPackage(search, installer, () => path.join(path.dirname(load.resolve(installer)), executable)),
    ],
  ];
  return found.flatMap(([origin, file]) => (file ? [{ path: file, origin }] : []));
}

/** What `ffmpeg -version` says. @throws FfmpegError unusable_binary with the path. */
export async function probeVersion(file: string): Promise<{ version: string; formatMajor: number }> {
  const unusable = (why: string) => new FfmpegError('unusable_binary', { path: file, why });
  const result = await runChild({
    label: 'ffmpeg version',
    command: file,
    args: ['-hide_banner', '-version'],
    timeoutMs: 15_000,
    maxOutputBytes: 100_000,
  }).catch((error: Error) => {
    throw unusable(error.message);
  });
  const text = result.stdout.toString();
  const version = /^ffmpeg version (\S+)/m.exec(text)?.[1];
  const formatMajor = /libavformat\s+(\d+)\./.exec(text)?.[1];
  if (result.code !== 0 || !version || !formatMajor) throw unusable(`exit ${result.code}`);
  return { version, formatMajor: Number(formatMajor) };
}

/** The first candidate that runs. @throws FfmpegError no_ffmpeg, or unusable_binary if the one of the settings fails. */
export async function findFfmpeg(search: FfmpegSearch = {}): Promise<FfmpegBinary> {
  let failure: unknown;
  for (const candidate of ffmpegCandidates(search)) {
    try {
      return { ...candidate, ...(await probeVersion(candidate.path)) };
    } catch (error) {
      failure = error;
      if (candidate.origin === 'setting') throw error;
    }
  }
  throw failure ?? new FfmpegError('no_ffmpeg', {});
}
