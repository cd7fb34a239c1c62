import { findExecutable } from '#native/process/find-executable.ts';
import type { SpeechEngine, SpeechEngineId } from './speech-engine.ts';
import { espeakEngine } from './speech-espeak.ts';
import { macosEngine } from './speech-macos.ts';
import { windowsEngine } from './speech-windows.ts';

/**
 * The engines of this machine, the operating system's own first. `commands` replaces the program names (settings,
 * tests); a name that does not exist means that the engine is not there.
 */
export async function findSpeechEngines(
  commands: Partial<Record<SpeechEngineId, string>> = {},
  platform: NodeJS.Platform = process.platform,
): Promise<SpeechEngine[]> {
  const found: (SpeechEngine | null)[] = [];
  const windows = platform === 'win32' && findExecutable(commands.windows ?? 'powershell');
  const macos = platform === 'darwin' && findExecutable(commands.macos ?? 'say');
  const espeak = findExecutable(commands['espeak-ng'] ?? 'espeak-ng');
  if (windows) found.push(await windowsEngine(windows));
  if (macos) found.push(await macosEngine(macos));
  if (espeak) found.push(await espeakEngine(espeak));
  return found.filter((engine) => engine !== null);
}
