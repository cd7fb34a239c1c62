import { findExecutable } from '#native/process/find-executable.ts';
import type { AudioErrorCode } from './errors.ts';
import { powershellArgs } from './speech-windows.ts';

/** A program of this machine that plays one WAV file and ends. */
export interface LocalPlayer {
  id: string;
  command: string;
  args(file: string): string[];
  env?(file: string): Record<string, string>;
}

/** SoundPlayer plays PCM WAV through the default device and returns when it has ended. */
const PLAY_WINDOWS = `
$ErrorActionPreference = 'Stop'
$player = New-Object System.Media.SoundPlayer $env:GUARDROOM_WAV
$player.PlaySync()
`;

const players: Record<
  string,
  { platforms: readonly NodeJS.Platform[]; make: (command: string) => LocalPlayer }
> = {
  powershell: {
    platforms: ['win32'],
    make: (command) => ({
      id: 'powershell',
      command,
      args: () => powershellArgs(PLAY_WINDOWS),
      env: (file) => ({ GUARDROOM_WAV: file }),
    }),
  },
  afplay: { platforms: ['darwin'], make: (command) => ({ id: 'afplay', command, args: (file) => [file] }) },
  // A desktop session's sound server first: it mixes the siren with whatever else plays.
  'pw-play': {
    platforms: ['linux'],
    make: (command) => ({ id: 'pw-play', command, args: (file) => [file] }),
  },
  paplay: { platforms: ['linux'], make: (command) => ({ id: 'paplay', command, args: (file) => [file] }) },
  aplay: {
    platforms: ['linux'],
    make: (command) => ({ id: 'aplay', command, args: (file) => ['-q', file] }),
  },
  ffplay: {
    platforms: ['win32', 'darwin', 'linux'],
    make: (command) => ({
      id: 'ffplay',
      command,
      args: (file) => ['-nodisp', '-autoexit', '-hide_banner', '-nostats', '-loglevel', 'error', '-i', file],
    }),
  },
};
export const playerNames = Object.keys(players);

/**
 * Players of this machine in order of preference. `commands` replaces program names or paths; a name that does not
 * exist hides that player.
 */
export function findPlayers(
  commands: Readonly<Record<string, string>> = {},
  platform: NodeJS.Platform = process.platform,
): LocalPlayer[] {
  return Object.entries(players).flatMap(([name, { platforms, make }]) => {
    const command = platforms.includes(platform) && findExecutable(commands[name] ?? name);
    return command ? [make(command)] : [];
  });
}

/** What players print when there is no sound card, or it is taken, or the sound server does not answer. */
const NO_DEVICE =
  /audio open (failed|error)|no such (file or )?device|cannot find card|unknown pcm|connection (refused|failure|terminated)|host is down|device or resource busy|no (default )?(audio|output) (device|sink)|audioqueuestart failed|waveout/i;

/**
 * The failure of a player that has ended, or null. The exit code is not enough: ffplay ends with 0 although it could
 * not open the sound card.
 */
export function playerFailure(
  code: number | null,
  stderr: string,
): Extract<AudioErrorCode, 'audio.no_device' | 'audio.play_failed'> | null {
  if (NO_DEVICE.test(stderr)) return 'audio.no_device';
  return code === 0 ? null : 'audio.play_failed';
}
