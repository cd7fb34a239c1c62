import { runChild } from '#native/process/run-child.ts';
import { AudioError, lastLine } from './errors.ts';
import type { SpeechLanguage, SpeechRun } from './speech-text.ts';

export type SpeechEngineId = 'windows' | 'macos' | 'espeak-ng';

/** A program of this machine that turns text into sound. */
export interface SpeechEngine {
  id: SpeechEngineId;
  /** Name of the voice by language; a language without one cannot be spoken. */
  voices: Partial<Record<SpeechLanguage, string>>;
  /** True if the Chinese voice reads English words too; else a text is cut by language. */
  mixes: boolean;
  /** Part of the cache key, so that an upgraded engine is heard. */
  version: string;
  /** WAV bytes (16 bit PCM, any rate) of one run. @throws AudioError audio.speech_failed */
  speak(run: SpeechRun): Promise<Uint8Array>;
}

/** A sentence takes a fraction of a second; Windows starts PowerShell first. */
const SPEAK_TIMEOUT_MS = 30_000;
/** Four minutes at 22,050 Hz are 11 MB. */
const MAX_SPEECH_BYTES = 64_000_000;

/** What a listing program printed, or null if it cannot be run: an engine that does not answer is not there. */
export async function askEngine(command: string, args: readonly string[]): Promise<string | null> {
  try {
    const result = await runChild({
      label: 'speech engine',
      command,
      args,
      timeoutMs: SPEAK_TIMEOUT_MS,
      maxOutputBytes: 1_000_000,
    });
    return result.code === 0 ? result.stdout.toString('utf8') : null;
  } catch {
    return null;
  }
}

/** Runs an engine that reads UTF-8 text from stdin. @throws AudioError audio.speech_failed */
export async function runEngine(
  engine: SpeechEngineId,
  command: string,
  args: readonly string[],
  options: { text: string; env?: Record<string, string> },
): Promise<Buffer> {
  const failed = (detail: string) => new AudioError('audio.speech_failed', { engine, detail });
  const result = await runChild({
    label: `speech ${engine}`,
    command,
    args,
    env: options.env,
    input: options.text,
    timeoutMs: SPEAK_TIMEOUT_MS,
    maxOutputBytes: MAX_SPEECH_BYTES,
  }).catch((error: Error) => {
    throw failed(error.message);
  });
  if (result.code !== 0) throw failed(lastLine(result.stderr) || `exit ${result.code}`);
  return result.stdout;
}
