import { askEngine, runEngine, type SpeechEngine } from './speech-engine.ts';
import type { SpeechLanguage } from './speech-text.ts';

/** Words a minute: slower than espeak's 175, because a hall echoes. */
const WORDS_PER_MINUTE = '150';

/**
 * Debian's 1.51 reads Chinese only with `cmn-latn-pinyin`: its `cmn` spells the pinyin in English. 1.52 has both, so
 * the first of these that exists is right everywhere.
 */
const WANTED: Record<SpeechLanguage, readonly string[]> = {
  zh: ['cmn-latn-pinyin', 'cmn'],
  en: ['en', 'en-us', 'en-gb'],
};

/** espeak-ng (GPL-3, a separate program): the engine of Linux guard rooms. */
export async function espeakEngine(command: string): Promise<SpeechEngine | null> {
  const [version, listing] = [
    await askEngine(command, ['--version']),
    await askEngine(command, ['--voices']),
  ];
  if (version === null || listing === null) return null;
  // " 5  cmn-latn-pinyin --/M      Chinese_(Mandarin,_latin_as_Pinyin) sit/cmn-Latn-pinyin (zh-cmn 5)(zh 5)"
  const languages = new Set(listing.split('\n').map((line) => line.trim().split(/\s+/)[1]));
  // "en" is a family in the listing of some versions (en-gb, en-us) and always accepted by -v.
  if ([...languages].some((name) => name?.startsWith('en-'))) languages.add('en');
  const voice = (language: SpeechLanguage) => WANTED[language].find((name) => languages.has(name));
  return {
    id: 'espeak-ng',
    voices: { zh: voice('zh'), en: voice('en') },
    mixes: false,
    version: version.match(/(\d+(?:\.\d+)+)/)?.[1] ?? 'unknown',
    async speak(run) {
      const args = [
        '-v',
        voice(run.language) ?? run.language,
        '-s',
        WORDS_PER_MINUTE,
        '-b',
        '1',
        '--stdin',
        '--stdout',
      ];
      return await runEngine('espeak-ng', command, args, { text: run.text });
    },
  };
}
