import { readFileSync } from 'node:fs';
import path from 'node:path';

export const LANGUAGES = ['zh', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
type Messages = { [key: string]: string | Messages };

/** Words for papers, from the console's own locale files: `word('evidence', 'paper.title')`; a code without words stands for itself. */
export function paperWords(resources: string, language: Language): (file: string, code: string) => string {
  const files = new Map<string, Messages>();
  return (file, code) => {
    let messages = files.get(file);
    if (!messages) {
      try {
        const name = path.join(resources, 'locales', language, `${file}.json`);
        messages = JSON.parse(readFileSync(name, 'utf8')) as Messages;
      } catch {
        messages = {};
      }
      files.set(file, messages);
    }
    let at: string | Messages | undefined = messages;
    for (const part of code.split('.'))
      at = typeof at === 'object' && Object.hasOwn(at, part) ? at[part] : undefined;
    return typeof at === 'string' ? at : code;
  };
}
export type PaperWord = ReturnType<typeof paperWords>;
