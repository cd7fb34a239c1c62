/** Text as it is searched: one form for full and half width, upper and lower case. */
import type { JsonObject } from '#contract/base.ts';

export function normalise(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** What a person typed, as words that must all occur. */
export function wordsOf(query: string): string[] {
  return [...new Set(normalise(query).split(/\s+/u).filter(Boolean))].slice(0, 10);
}

const RUN = /[\p{L}\p{N}]+/gu;
/** Its letters and digits. */
export const charactersOf = (normalised: string): string[] => [...normalised.replace(/[^\p{L}\p{N}]+/gu, '')];

/**
 * Tokens of a text: every character and every pair of neighbours in a run of letters and digits. With
 * them any word of one character or more is found in any language; SQLite's trigrams need three.
 */
export function gramsOf(normalised: string): string[] {
  const grams = new Set<string>();
  for (const [run] of normalised.matchAll(RUN)) {
    const characters = [...run];
    characters.forEach((character, index) => {
      grams.add(character);
      const next = characters[index + 1];
      if (next !== undefined) grams.add(character + next);
    });
  }
  return [...grams];
}

/**
 * Full-text query that finds every text containing the word (and some more: neighbours need not be in
 * order across the word, so look at the text itself too). Null: nothing in it that is indexed.
 */
export function gramQuery(word: string): string | null {
  const grams = new Set<string>();
  for (const [run] of word.matchAll(RUN)) {
    const characters = [...run];
    if (characters.length === 1) grams.add(run);
    for (let index = 0; index + 1 < characters.length; index += 1)
      grams.add(characters.slice(index, index + 2).join(''));
  }
  return grams.size === 0 ? null : [...grams].map((gram) => `"${gram}"`).join(' ');
}

const UNSEARCHED = /^\d{4}-\d\d-\d\dT|^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAX_STRINGS = 16;
const MAX_LENGTH = 300;

/**
 * The words in a record's data: plates, names, remarks. Times and UUIDs are left out: nobody looks for
 * them by a part, and each would be a new entry of the index.
 */
export function stringsOf(data: JsonObject): string[] {
  const found = new Set<string>();
  const visit = (value: unknown, depth: number) => {
    if (found.size >= MAX_STRINGS) return;
    if (typeof value === 'string') {
      const text = normalise(value.slice(0, MAX_LENGTH)).trim();
      if (text !== '' && !UNSEARCHED.test(text)) found.add(text);
    } else if (value !== null && typeof value === 'object' && depth < 4) {
      for (const one of Object.values(value)) visit(one, depth + 1);
    }
  };
  visit(data, 0);
  return [...found];
}
