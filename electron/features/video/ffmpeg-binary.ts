import { findFfmpeg, type FfmpegBinary } from '#native/ffmpeg/binary.ts';
import type { StationPorts } from '#station/ports.ts';

const SETTING = 'video.ffmpegPath';
/** After a failure it is not looked for again before this: looking starts processes, and every stream asks. */
const AGAIN_MS = 10_000;

export interface FfmpegPort {
  /** The ffmpeg in use. Looked for again after a failure. @throws FfmpegError no_ffmpeg | unusable_binary */
  get(): Promise<FfmpegBinary>;
  /** The one found last, or the system's by name: for those who start it later and report its failure themselves. */
  path(): string;
  /** For the system page; null if there is none. */
  info(): Promise<{ path: string; version: string; source: string } | null>;
}

/** Finds ffmpeg once, and again when its setting changes. */
export function createFfmpeg(ports: Pick<StationPorts, 'settings' | 'bus' | 'log' | 'clock'>): FfmpegPort {
  ports.settings.define({ key: SETTING, kind: 'string', defaultValue: '', maxLength: 500 });
  let found: Promise<FfmpegBinary> | undefined;
  let lastPath = 'ffmpeg';
  let failed: Promise<FfmpegBinary> | undefined;
  ports.bus.on('setting.changed', ({ key }) => {
    if (key === SETTING) found = undefined;
  });

  function forgetLater(asked: Promise<FfmpegBinary>, error: Error): void {
    if (failed === asked) return;
    failed = asked;
    ports.log.warn('no ffmpeg', { error: error.message });
    ports.clock.after(AGAIN_MS, () => {
      if (found === asked) found = undefined;
    });
  }

  async function get(): Promise<FfmpegBinary> {
    found ??= findFfmpeg({ setting: ports.settings.string(SETTING) || undefined });
    const asked = found;
    try {
      const binary = await asked;
      lastPath = binary.path;
      return binary;
    } catch (error) {
      forgetLater(asked, error as Error);
      throw error;
    }
  }

  return {
    get,
    path: () => lastPath,
    async info() {
      try {
        const { path, version, origin } = await get();
        return { path, version, source: origin };
      } catch {
        return null;
      }
    },
  };
}
