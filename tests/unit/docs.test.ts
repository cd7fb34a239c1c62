import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../electron/hosts/launch/paths.mjs';
import { parseSiteFile } from '../../electron/features/site/site-file.ts';
import { blocksOf, spansOf, type Block, type Span } from '../../renderer/app/help/markdown.ts';

const docs = join(ROOT, 'resources', 'docs');
const read = (name: string) => readFileSync(join(docs, name), 'utf8');
const names = readdirSync(docs).filter((name) => name.endsWith('.md'));
const manuals = names
  .filter((name) => name.endsWith('.zh.md'))
  .map((name) => name.slice(0, -'.zh.md'.length));

/** What two languages of one text have in common. */
const shapeOf = (block: Block): unknown => {
  if (block.kind === 'heading') return `heading ${block.level}`;
  if (block.kind === 'code') return block.text;
  if (block.kind === 'table') return `table of ${block.rows.length} rows, ${block.head.length} columns`;
  if (block.kind === 'list') return `list of ${block.items.length}`;
  return 'paragraph';
};
/** The same text without its paragraphs: a language may divide them as it reads best. */
const shapesOf = (text: string) =>
  blocksOf(text)
    .map(shapeOf)
    .filter((shape) => shape !== 'paragraph');
const leavesOf = (words: object): string[] =>
  Object.values(words).flatMap((value: string | object) =>
    typeof value === 'string' ? [value] : leavesOf(value),
  );
const wordsOf = (language: string, file: string) =>
  JSON.parse(readFileSync(join(ROOT, 'resources', 'locales', language, `${file}.json`), 'utf8')) as Record<
    string,
    Record<string, object>
  >;
const plain = (spans: readonly Span[]) => spans.map(({ text }) => text).join('');

/** How a manual marks what it quotes. */
const SAID: Readonly<Record<string, RegExp>> = { zh: /“([^”]+)”/g, en: /(?<![\w\\])_([^_]+)_(?!\w)/g };
/** What is quoted and is not the console's: a camera's menus, what somebody says. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  'integration-cameras.zh.md': ['网络 › 集成协议', '系统 › ONVIF'],
  'integration-cameras.en.md': ['Network › Integration protocol', 'System › ONVIF'],
  'operator.zh.md': ['有人看到了', '⋯', '回放 −12 s', '站端失联，数据停在……'],
};

describe('Manuals', () => {
  it.each(manuals)('%s has the same sections, tables, lists and code in both languages', (name) => {
    expect(shapesOf(read(`${name}.en.md`))).toEqual(shapesOf(read(`${name}.zh.md`)));
  });

  it('have no language alone', () => {
    const alone = names.filter((name) => /\.en\.md$/.test(name) && !manuals.includes(name.slice(0, -6)));
    expect(alone).toEqual([]);
    expect(manuals.length).toBeGreaterThan(4);
  });

  it.each(['zh', 'en'])('%s links stay in their language', (language) => {
    for (const name of manuals) {
      const links = [...read(`${name}.${language}.md`).matchAll(/\]\(([\w-]+)\.(zh|en)\.md/g)];
      for (const [, page, of] of links) expect([name, page, of]).toEqual([name, page, language]);
    }
  });

  it.each(['zh', 'en'])(
    "%s: the administrators' manual has every setting, as the console words it",
    (language) => {
      const { setting, settingGroup } = wordsOf(language, 'system');
      const tables = blocksOf(read(`administrators.${language}.md`)).flatMap((block) =>
        block.kind === 'table' ? [block] : [],
      );
      // the last one; a star says that a setting waits for a restart
      const rows = tables.at(-1)!.rows.map((row) => row.map((cell) => plain(cell).replace(/ \*$/, '')));
      expect(rows.map((row) => row[1]).toSorted()).toEqual(leavesOf(setting!).toSorted());
      const groups = Object.entries(setting!).flatMap(([group, of]) =>
        leavesOf(of).map((word) => `${String(settingGroup![group])} ${word}`),
      );
      expect(rows.map((row) => `${row[0]} ${row[1]}`).toSorted()).toEqual(groups.toSorted());
    },
  );

  it.each(manuals.flatMap((name) => [`${name}.zh.md`, `${name}.en.md`]))(
    '%s calls things by words that the console has',
    (name) => {
      const language = name.slice(-5, -3);
      const words = readdirSync(join(ROOT, 'resources', 'locales', language))
        .flatMap((file) => leavesOf(wordsOf(language, file.replace(/\.json$/, ''))))
        .join('\n')
        .toLowerCase();
      const text = read(name);
      const headings = blocksOf(text).flatMap((block) =>
        block.kind === 'heading' ? [plain(block.spans).toLowerCase()] : [],
      );
      // “系统 · 园区数据” and _System, Park data_ are ways through two words; n stands for a number
      const quoted = text.replace(/```[\s\S]*?```|`[^`]*`/g, '').matchAll(SAID[language]!);
      const said = [...quoted].map(([, some]) => some!.replace(/\s+/g, ' ').replace(/(^| )n /, '$1{count} '));
      const isKnown = (some: string) =>
        words.includes(some.toLowerCase()) || headings.includes(some.toLowerCase());
      const unknown = said.filter((some) => !isKnown(some) && !some.split(/ · |, /).every(isKnown));
      expect(unknown.filter((some) => !(OTHERS[name] ?? []).includes(some))).toEqual([]);
    },
  );

  it('give an example of a site file that holds', () => {
    const yaml = blocksOf(read('administrators.zh.md')).flatMap((block) =>
      block.kind === 'code' && block.text.startsWith('site:') ? [block.text] : [],
    );
    expect(yaml.map((text) => parseSiteFile(text))).toMatchObject([{ file: { site: { kind: 'real' } } }]);
  });
});

describe('Links', () => {
  const pages = [...names.map((name) => join('resources', 'docs', name)), 'README.md'];
  it.each(pages)('of %s lead to files that are there', (page) => {
    const text = readFileSync(join(ROOT, page), 'utf8').replace(/```[\s\S]*?```/g, '');
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to!);
    const broken = links.filter(
      (to) => !/^[a-z]+:/.test(to) && !existsSync(join(ROOT, dirname(page), to.replace(/#.*$/, ''))),
    );
    expect(broken).toEqual([]);
    expect(links.length > 0 || !page.endsWith('README.md')).toBe(true);
  });
  it('are told from text in brackets', () => {
    expect(spansOf('[a](b.md) (c)').map(({ kind }) => kind)).toEqual(['link', 'plain']);
  });
});
