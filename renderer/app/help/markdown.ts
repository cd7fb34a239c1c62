/**
 * The Markdown that `resources/docs` is written in, as data that the help shows: headings, paragraphs, lists, tables,
 * fenced code; in them strong, emphasis, code, links and pictures (left out: a help page is text). Pure. No HTML: what
 * this grammar does not know stays the text that it is.
 */
export interface Span {
  text: string;
  kind: 'plain' | 'strong' | 'emphasis' | 'code' | 'link';
  /** Of a link. */
  to?: string;
}
export type Block =
  | { kind: 'heading'; level: number; spans: Span[] }
  | { kind: 'paragraph'; spans: Span[] }
  | { kind: 'list'; ordered: boolean; items: Span[][] }
  | { kind: 'table'; head: Span[][]; rows: Span[][][] }
  | { kind: 'code'; text: string };

const SPAN =
  /!\[[^\]]*\]\([^)]*\)|`(?<code>[^`]+)`|\*\*(?<strong>[^*]+)\*\*|(?<![\w\\_])_(?<emphasis>[^_]+)(?<!\\)_(?![\w_])|\[(?<link>[^\]]+)\]\((?<to>[^)]+)\)/g;
const MARK = /^\s*(?:(?<bullet>[-*])|(?<number>\d+)\.)\s+/;
const unescaped = (text: string) => text.replace(/\\([\\`*_{}[\]()#+\-.!|<>])/g, '$1');

/** A line's text as spans. */
export function spansOf(text: string): Span[] {
  const spans: Span[] = [];
  const plain = (part: string) => part && spans.push({ kind: 'plain', text: unescaped(part) });
  let at = 0;
  for (const match of text.matchAll(SPAN)) {
    plain(text.slice(at, match.index));
    at = match.index + match[0].length;
    const { code, strong, emphasis, link, to } = match.groups ?? {};
    if (code !== undefined) spans.push({ kind: 'code', text: code });
    else if (strong !== undefined)
      spans.push({ kind: 'strong', text: unescaped(strong.replaceAll('`', '')) });
    else if (emphasis !== undefined) spans.push({ kind: 'emphasis', text: unescaped(emphasis) });
    else if (link !== undefined && to !== undefined)
      spans.push({ kind: 'link', text: unescaped(link.replaceAll('`', '')), to });
  }
  plain(text.slice(at));
  return spans;
}
const cellsOf = (line: string): Span[][] =>
  line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => spansOf(cell.trim()));
/** A line that begins a block of its own. */
const isStart = (line: string) => /^(?:#{1,6}\s|```|\s*\|)/.test(line) || MARK.test(line);
/** Lines of one paragraph: joined by a blank, but not between Chinese characters, which have none. */
const joined = (lines: readonly string[]) =>
  lines
    .map((line) => line.trim())
    .reduce((text, line) => text + (/[\u3000-\u9fff\uff00-\uffef]$/.test(text) ? '' : ' ') + line);

/** A whole file as blocks, in order. */
export function blocksOf(markdown: string): Block[] {
  const lines = markdown.split(/\r?\n/);
  const blocks: Block[] = [];
  let at = 0;
  /** The lines from here on for which `wanted` holds; moves on behind them. */
  const take = (wanted: (line: string) => boolean): string[] => {
    const from = at;
    while (at < lines.length && wanted(lines[at]!)) at += 1;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at]!;
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (line.trim() === '') at += 1;
    else if (heading) {
      blocks.push({ kind: 'heading', level: heading[1]!.length, spans: spansOf(heading[2]!) });
      at += 1;
    } else if (line.startsWith('```')) {
      at += 1;
      blocks.push({ kind: 'code', text: take((each) => !each.startsWith('```')).join('\n') });
      at += 1;
    } else if (/^\s*\|/.test(line)) {
      const [head, , ...rows] = take((each) => /^\s*\|/.test(each));
      blocks.push({ kind: 'table', head: cellsOf(head!), rows: rows.map(cellsOf) });
    } else if (MARK.test(line)) blocks.push(listFrom());
    else {
      const first = lines[at]!;
      at += 1;
      const text = [first, ...take((each) => each.trim() !== '' && !isStart(each))];
      blocks.push({ kind: 'paragraph', spans: spansOf(joined(text)) });
    }
  }
  return blocks;

  function listFrom(): Block {
    const ordered = MARK.exec(lines[at]!)?.groups?.['number'] !== undefined;
    const items: Span[][] = [];
    while (at < lines.length && MARK.test(lines[at]!)) {
      const first = lines[at]!.replace(MARK, '');
      at += 1;
      const text = [first, ...take((each) => each.trim() !== '' && !isStart(each))];
      items.push(spansOf(joined(text)));
    }
    return { kind: 'list', ordered, items };
  }
}
