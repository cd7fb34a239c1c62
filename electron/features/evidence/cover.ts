import type { CameraFacts } from './camera-export.ts';
import { isoLocal } from '#station/paper/local-time.ts';
import type { ManifestInput } from './manifest.ts';
import { pdf, type PdfLine } from '#station/paper/pdf.ts';
import { LANGUAGES, paperWords, type Language, type PaperWord } from '#station/paper/words.ts';

export const COVER = 'cover.pdf';

/** The cover sheet, Chinese first, then English: who took what, when and why, what is missing, and every file's hash. */
export function coverPdf(input: ManifestInput, resources: string): Buffer {
  const lines = LANGUAGES.flatMap((language, index) => part(input, language, resources, index > 0));
  return pdf(lines, input.export.id);
}

function part(input: ManifestInput, language: Language, resources: string, isSecond: boolean): PdfLine[] {
  const words = paperWords(resources, language);
  const word = (code: string) => words('evidence', `paper.${code}`);
  const one = input.export;
  const { timezone, name } = input.site;
  const at = (ms: number) => isoLocal(ms, timezone).replace('T', ' ');
  const local = (text: { zh: string; en: string }) =>
    language === 'en' && text.en !== '' ? text.en : text.zh;
  const field = (code: string, value: string): PdfLine => ({ text: `${word(code)}: ${value}` });
  const head = (code: string): PdfLine => ({ text: word(code), size: 12, above: 10, rule: true });
  const warnings = one.warnings.map((code): PdfLine => ({
    text: words('evidence', `warning.${code}`),
    indent: 12,
  }));
  return [
    { text: word('title'), size: 18, above: isSecond ? 40 : 0, rule: isSecond },
    { text: `${local(name)}  ${one.id}`, grey: true },
    { ...field('operator', one.by), above: 10 },
    ...(one.decidedBy === null ? [] : [field('approvedBy', one.decidedBy)]),
    field('reason', one.reason),
    field('requested', `${at(one.fromMs)} – ${at(one.toMs)}`),
    field('createdAt', at(input.nowMs)),
    field('software', `Guardroom ${input.version}`),
    field('fingerprint', input.keyFingerprint),
    ...(warnings.length === 0 ? [] : [head('warnings'), ...warnings]),
    head('cameras'),
    ...input.cameras.flatMap(({ facts, name: camera, place }): PdfLine[] => [
      { text: `${local(camera)}  (${facts.id})${place ? `  ${local(place)}` : ''}`, size: 11, above: 4 },
      ...cameraLines(facts, words, at, one.withBlocked),
    ]),
    head('files'),
    ...input.files.flatMap((file): PdfLine[] => [
      { text: `${file.name}  (${file.bytes.toLocaleString('en')} B)`, above: 2 },
      { text: file.sha256, indent: 12, size: 8, grey: true },
    ]),
    { text: word('howToVerify'), above: 10, rule: true },
  ];
}

function cameraLines(
  facts: CameraFacts,
  words: PaperWord,
  at: (ms: number) => string,
  withBlocked: boolean,
): PdfLine[] {
  const word = (code: string) => words('evidence', `paper.${code}`);
  const span = ({ fromMs, toMs }: { fromMs: number; toMs: number }) => `${at(fromMs)} – ${at(toMs)}`;
  const reason = (code: string) => {
    const own = words('recording', `reason.${code}`);
    return own === `reason.${code}` ? words('video', `reason.${code}`) : own;
  };
  return [
    ...facts.videos.map(({ startMs, endMs, stream, width, height, codec, frames, sound }): PdfLine => {
      const heard = word(sound ? 'withSound' : 'noSound');
      const which = stream ? `${word(stream)}, ` : '';
      const picture = `${which}${width}x${height}, ${codec}, ${frames} ${word('frames')}, ${heard}`;
      return { text: `${word('video')}: ${span({ fromMs: startMs, toMs: endMs })}  ${picture}`, indent: 12 };
    }),
    ...(facts.videos.length === 0 ? [{ text: word('noVideo'), indent: 12 }] : []),
    ...facts.gaps.map((gap): PdfLine => ({
      text: `${word('gap')}: ${span(gap)}  ${reason(gap.reason)}`,
      indent: 12,
    })),
    ...facts.blocked.map((blocked): PdfLine => ({
      text: `${word(withBlocked ? 'blockedIn' : 'blocked')}: ${span(blocked)}`,
      indent: 12,
    })),
    ...facts.unreadable.map(({ atMs }): PdfLine => ({
      text: `${word('unreadable')}: ${at(atMs)}`,
      indent: 12,
    })),
  ];
}
