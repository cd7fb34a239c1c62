import { createHash } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AudioError } from './errors.ts';
import { joinPcm, normalisePeak, toCanonical, trimSilence } from './pcm.ts';
import { pruneFolder } from './prune-folder.ts';
import type { SpeechEngine, SpeechEngineId } from './speech-engine.ts';
import { findSpeechEngines } from './speech-engines.ts';
import { cleanText, languageOf, MAX_SPEECH_CHARS, splitLanguages } from './speech-text.ts';
import type { SpeechLanguage, SpeechRun } from './speech-text.ts';
import { durationMs, parseWav, readWav, wavBytes } from './wav.ts';

/** Two hundred hours of a guard room's usual sentences; the least recently written go first. */
const CACHE_BYTES = 200_000_000;

/** Kept around each run of one language: together the pause of a short comma. */
const RUN_EDGE_MS = 60;

export interface SpeechOptions {
  /** Rendered texts are kept here; created if absent. */
  cacheDir: string;
  /** Other program names than the usual ones. */
  commands?: Partial<Record<SpeechEngineId, string>>;
}

export interface SpokenText {
  /** Canonical WAV (16 kHz mono). Belongs to the cache: read it, do not move it. */
  file: string;
  durationMs: number;
  engine: SpeechEngineId;
  language: SpeechLanguage;
  /** False if it had to be rendered now. */
  cached: boolean;
}

export interface Speech {
  /** The engines of this machine with their languages, best first; asked once. */
  engines(): Promise<{ id: SpeechEngineId; languages: SpeechLanguage[]; version: string }[]>;
  /**
   * Speaks a text (Chinese, English or both) into a file.
   * @throws AudioError audio.text_empty | audio.text_too_long | audio.no_speech_engine | audio.no_voice |
   * audio.speech_failed
   */
  render(text: string): Promise<SpokenText>;
}

/** Speech made by this machine alone: the operating system's voice, else espeak-ng. */
export function createSpeech(options: SpeechOptions): Speech {
  let asked: Promise<SpeechEngine[]> | undefined;
  const engines = async () => {
    const found = await (asked ??= findSpeechEngines(options.commands));
    // Asked again next time: an administrator may install one without restarting the station.
    if (found.length === 0) asked = undefined;
    return found;
  };
  const inFlight = new Map<string, Promise<SpokenText>>();

  async function make(engine: SpeechEngine, text: string, file: string): Promise<SpokenText> {
    const facts = { file, engine: engine.id, language: languageOf(text) };
    const kept = await readWav(file).catch(() => null);
    if (kept) return { ...facts, durationMs: durationMs(kept), cached: true };
    const parts = [];
    for (const run of runsFor(engine, text)) {
      const pcm = toCanonical(parseWav(await engine.speak(run), `${engine.id}.wav`));
      parts.push({ pcm: trimSilence(pcm, RUN_EDGE_MS), gapMs: 0 });
    }
    const whole = normalisePeak(joinPcm(parts));
    if (whole.samples.length === 0)
      throw new AudioError('audio.speech_failed', { engine: engine.id, detail: 'silent' });
    await mkdir(options.cacheDir, { recursive: true });
    // Written beside and renamed: a file with the right name is always whole.
    const draft = `${file}.${process.pid}.part`;
    await writeFile(draft, wavBytes(whole));
    await rename(draft, file).finally(() => rm(draft, { force: true }));
    await pruneFolder(options.cacheDir, CACHE_BYTES);
    return { ...facts, durationMs: durationMs(whole), cached: false };
  }

  return {
    async engines() {
      return (await engines()).map(({ id, voices, version }) => ({
        id,
        version,
        languages: (['zh', 'en'] as const).filter((language) => voices[language] !== undefined),
      }));
    },
    async render(raw) {
      const text = cleanText(raw);
      if (!/[\p{L}\p{N}]/u.test(text)) throw new AudioError('audio.text_empty');
      if (text.length > MAX_SPEECH_CHARS) {
        throw new AudioError('audio.text_too_long', { length: text.length, max: MAX_SPEECH_CHARS });
      }
      const engine = chooseEngine(await engines(), text);
      const key = JSON.stringify([engine.id, engine.version, engine.voices, text]);
      const file = path.join(options.cacheDir, `${createHash('sha256').update(key).digest('hex')}.wav`);
      const running = inFlight.get(file);
      if (running) return await running;
      const job = make(engine, text, file).finally(() => inFlight.delete(file));
      inFlight.set(file, job);
      return await job;
    },
  };
}

function runsFor(engine: SpeechEngine, text: string): SpeechRun[] {
  if (!engine.mixes) return splitLanguages(text);
  const language = languageOf(text);
  return [{ language: engine.voices[language] === undefined ? 'zh' : language, text }];
}

/** The first engine that has a voice for every language of the text. */
function chooseEngine(engines: readonly SpeechEngine[], text: string): SpeechEngine {
  if (engines.length === 0) throw new AudioError('audio.no_speech_engine');
  const missing = (engine: SpeechEngine) =>
    runsFor(engine, text).find((run) => engine.voices[run.language] === undefined)?.language;
  const able = engines.find((engine) => missing(engine) === undefined);
  if (able) return able;
  throw new AudioError('audio.no_voice', {
    language: missing(engines[0] as SpeechEngine) ?? languageOf(text),
  });
}
