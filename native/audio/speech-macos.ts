import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { askEngine, runEngine, type SpeechEngine } from './speech-engine.ts';

/** macOS `say`: writes files only, so each run goes through a temporary one. */
export async function macosEngine(command: string): Promise<SpeechEngine | null> {
  const listing = await askEngine(command, ['-v', '?']);
  if (listing === null) return null;
  const voices = parseSayVoices(listing);
  return {
    id: 'macos',
    voices,
    // The Chinese voices of macOS read English words inside Chinese text.
    mixes: voices.zh !== undefined,
    version: 'system',
    async speak(run) {
      const folder = await mkdtemp(path.join(tmpdir(), 'guardroom-say-'));
      const file = path.join(folder, 'speech.wav');
      const voice = voices[run.language];
      const args = ['--file-format=WAVE', '--data-format=LEI16@16000', '-o', file, '-f', '-'];
      try {
        await runEngine('macos', command, voice ? ['-v', voice, ...args] : args, { text: run.text });
        return await readFile(file);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** First voice per language of `say -v ?`: "Tingting            zh_CN    # 你好！我叫婷婷。" */
export function parseSayVoices(listing: string): SpeechEngine['voices'] {
  const voices: SpeechEngine['voices'] = {};
  for (const line of listing.split('\n')) {
    const match = /^(.+?)\s+([a-z]{2})[_-]([A-Z]{2})\b/.exec(line);
    if (!match) continue;
    const [, name = '', language, region] = match;
    if (language === 'zh' && region === 'CN') voices.zh ??= name;
    if (language === 'en') voices.en ??= name;
  }
  return voices;
}
