import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../electron/hosts/launch/paths.mjs';

export type Language = 'zh' | 'en';
type Tree = { [key: string]: string | Tree };

function load(language: Language): Tree {
  const folder = join(ROOT, 'resources', 'locales', language);
  return Object.fromEntries(
    readdirSync(folder).map((file) => [
      file.replace(/\.json$/, ''),
      JSON.parse(readFileSync(join(folder, file), 'utf8')) as Tree,
    ]),
  );
}
const loaded: Record<Language, Tree> = { zh: load('zh'), en: load('en') };

/** First parts of the console's word keys: what a key that is not worded would begin with on the screen. */
export const WORD_GROUPS = Object.keys(loaded.zh);

/**
 * The console's own words, so that a test follows a change of wording.
 * @throws Error when there is no such text
 */
export function word(
  key: string,
  params: Record<string, string | number> = {},
  language: Language = 'zh',
): string {
  let node: string | Tree | undefined = loaded[language];
  for (const part of key.split('.')) node = typeof node === 'object' ? node[part] : undefined;
  if (typeof node !== 'string') throw new Error(`no words for ${key} in ${language}`);
  return node.replace(/\{(\w+)\}/g, (_all, name: string) => String(params[name] ?? `{${name}}`));
}
