import type { LoginDoor, LoginMemory } from '#native/process/login-memory.ts';
import { FfmpegError } from './failure.ts';
import type { RtspSource } from './source.ts';

/** The way into a camera that a source stands for. Its sound alone is another one: a camera may keep that to itself. */
export function doorOf(
  logins: LoginMemory,
  source: RtspSource,
  what: 'pictures' | 'sound' = 'pictures',
): LoginDoor {
  const { url, user = '', password = '', account } = source;
  const device = account?.device ?? /^rtsps?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? url;
  const secret = [password, ...(account?.secrets ?? [])].join('\n');
  return logins.door({ device, user, password: secret }, what === 'sound' ? `${url} sound` : url);
}

/** A refusal that was remembered is one like the camera's own. */
export function asFfmpegError(error: unknown): unknown {
  const isRefusal =
    !(error instanceof FfmpegError) && (error as { code?: unknown }).code === 'wrong_password';
  return isRefusal ? new FfmpegError('wrong_password') : error;
}
