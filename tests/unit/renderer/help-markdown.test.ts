import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../../electron/hosts/launch/paths.mjs';
import { blocksOf, spansOf, type Block, type Span } from '../../../renderer/app/help/markdown.ts';

const docs = join(ROOT, 'resources', 'docs');
const spansIn = (block: Block): Span[] => {
  if (block.kind === 'code') return [];
  if (block.kind === 'list') return block.items.flat();
  if (block.kind === 'table') return [block.head, ...block.rows].flat(2);
  return block.spans;
};

describe('Markdown of the help', () => {
  it('reads a line', () => {
    expect(
      spansOf('**L** holds, see [the wall](operator.en.md); `a|b` \\_x\\_ and _so_ snake_case_name'),
    ).toEqual([
      { kind: 'strong', text: 'L' },
      { kind: 'plain', text: ' holds, see ' },
      { kind: 'link', text: 'the wall', to: 'operator.en.md' },
      { kind: 'plain', text: '; ' },
      { kind: 'code', text: 'a|b' },
      { kind: 'plain', text: ' _x_ and ' },
      { kind: 'emphasis', text: 'so' },
      { kind: 'plain', text: ' snake_case_name' },
    ]);
  });

  it('reads blocks, wrapped lines too', () => {
    const text =
      '# One\n\nA line\nthat goes on\n\n- first\n  still first\n- second\n\n1. x\n\n```\na | b\n```\n';
    expect(blocksOf(text).map(({ kind }) => kind)).toEqual(['heading', 'paragraph', 'list', 'list', 'code']);
    expect(blocksOf(text)[1]).toEqual({
      kind: 'paragraph',
      spans: [{ kind: 'plain', text: 'A line that goes on' }],
    });
    expect(blocksOf(text)[2]).toMatchObject({
      items: [[{ text: 'first still first' }], [{ text: 'second' }]],
    });
    expect(blocksOf('折行的\n中文')[0]).toMatchObject({ spans: [{ text: '折行的中文' }] });
  });

  it('reads tables', () => {
    expect(blocksOf('| a | b \\| c |\n| --- | --- |\n| **1** | |\n')).toEqual([
      {
        kind: 'table',
        head: [[{ kind: 'plain', text: 'a' }], [{ kind: 'plain', text: 'b | c' }]],
        rows: [[[{ kind: 'strong', text: '1' }], []]],
      },
    ]);
  });

  it('ends on any text', () => {
    for (const text of ['', '|', '```', '- ', '#', '####### x', '1. ', '**', '[a](', '|a\n|', '\n\n'])
      expect(() => blocksOf(text)).not.toThrow();
  });

  it.each(readdirSync(docs).filter((name) => name.endsWith('.md')))('leaves no mark unread in %s', (name) => {
    const blocks = blocksOf(readFileSync(join(docs, name), 'utf8'));
    expect(blocks[0]).toMatchObject({ kind: 'heading', level: 1 });
    const rest = blocks
      .flatMap(spansIn)
      .filter(({ kind, text }) => kind === 'plain' && /\*\*|`|\]\(/.test(text));
    expect(rest.map(({ text }) => text)).toEqual([]);
    // every row of a table is as wide as its head
    for (const block of blocks)
      if (block.kind === 'table')
        for (const row of block.rows) expect([name, row.length]).toEqual([name, block.head.length]);
  });
});
