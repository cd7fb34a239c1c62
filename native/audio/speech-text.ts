export type SpeechLanguage = 'zh' | 'en';

export interface SpeechRun {
  language: SpeechLanguage;
  text: string;
}

/** Longest text that is spoken: about four minutes. Longer announcements are not listened to. */
export const MAX_SPEECH_CHARS = 1000;

const HAN = /\p{Script=Han}/u;
/** A word in Latin letters with what belongs to it: B2, Wi-Fi, "gate control". A digit alone is read in the language around it. */
const LATIN_RUN =
  /\p{Script=Latin}[\p{Script=Latin}\p{M}\p{N}'’&-]*(?:[ .]+\p{Script=Latin}[\p{Script=Latin}\p{M}\p{N}'’&-]*)*/gu;

/** Text fit to be spoken: one line per pause, no control characters, and no `[[`, which espeak-ng takes as phonemes. */
export function cleanText(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\p{Cc}+/gu, '\n')
    .replace(/\[\[+|\]\]+/g, ' ')
    .replace(/[ \t]+/g, ' ')
    .trim();
}

/** The language of a text: Chinese as soon as there is one Chinese character, or if nothing says otherwise. */
export function languageOf(text: string): SpeechLanguage {
  if (HAN.test(text)) return 'zh';
  return /\p{Script=Latin}/u.test(text) ? 'en' : 'zh';
}

/**
 * Cuts a text into runs of one language each, for engines whose voices speak one only. Punctuation and digits stay
 * with the run before them. A text without Chinese is one English run.
 */
export function splitLanguages(text: string): SpeechRun[] {
  if (languageOf(text) === 'en') return [{ language: 'en', text }];
  const runs: SpeechRun[] = [];
  const add = (language: SpeechLanguage, part: string) => {
    if (part.trim() === '') return;
    const last = runs.at(-1);
    // What cannot be spoken by itself (a full stop) must not become a run of its own.
    if (last && !/[\p{L}\p{N}]/u.test(part)) last.text += part;
    else runs.push({ language, text: part });
  };
  let at = 0;
  for (const match of text.matchAll(LATIN_RUN)) {
    add('zh', text.slice(at, match.index));
    add('en', match[0]);
    at = match.index + match[0].length;
  }
  add('zh', text.slice(at));
  return runs;
}
