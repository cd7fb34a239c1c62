import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const LANGUAGES = ['zh', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
type Messages = { [key: string]: string | Messages };

/** Words of codes in one language, from the console's own locale files. */
export interface LocaleWords {
  /** The word of `<group>.<code>`, or of the nearest code above it; null: it has none. */
  word(group: string, code: string): string | null;
}
const cache = new Map<string, LocaleWords>();

/**
 * Reads a locale folder once per thread. A file that is missing words nothing; codes then stand for
 * themselves.
 * @param resources folder of what comes with the program
 */
export function localeWords(resources: string, language: Language): LocaleWords {
  const folder = join(resources, 'locales', language);
  const known = cache.get(folder);
  if (known) return known;
  const files = new Map<string, Messages>();
  const read = (name: string): Messages => {
    let messages = files.get(name);
    if (!messages) {
      try {
        messages = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Messages;
      } catch {
        messages = {};
      }
      files.set(name, messages);
    }
    return messages;
  };
  const words: LocaleWords = {
    word(group, code) {
      const [file = '', ...path] = group.split('.');
      for (let end = code.length; end > 0; end = code.lastIndexOf('.', end - 1)) {
        let at: string | Messages | undefined = read(file);
        for (const part of [...path, ...code.slice(0, end).split('.')])
          at = typeof at === 'object' && Object.hasOwn(at, part) ? at[part] : undefined;
        const text = typeof at === 'object' ? at._ : at;
        if (typeof text === 'string') return text;
      }
      return null;
    },
  };
  cache.set(folder, words);
  return words;
}

/** What a record's type is called: its own word, else that of the alarm type. */
export function typeWord(words: LocaleWords, type: string): string | null {
  return words.word('records.type', type) ?? words.word('alarmType', type);
}
