import { MAX_COLUMNS, MAX_ROWS, TableError } from './csv-read.ts';
import { openZip } from './unzip.ts';

/**
 * Cells of the first sheet of a workbook as text (ECMA-376, SpreadsheetML): shared and inline strings, numbers, what
 * formulas last gave. Formats are not applied: dates would come as numbers, and a list of cameras has none. Written
 * for this instead of a library, because those that read .xlsx bring a hundred packages.
 * @throws TableError not_xlsx | too_large
 */
export function readXlsx(bytes: Buffer): string[][] {
  const file = openZip(bytes);
  const read = (name: string) => file(name)?.toString('utf8');
  const sheet = read(firstSheet(read));
  if (sheet === undefined) throw new TableError('not_xlsx');
  const shared = elements(read('xl/sharedStrings.xml') ?? '', 'si').map(({ inner }) => textsOf(inner));
  const rows: string[][] = [];
  let next = 0;
  for (const { attributes, inner } of elements(sheet, 'row')) {
    // rows and cells without content are left out, and some writers leave out the numbers
    const at = Number(attribute(attributes, 'r') ?? next + 1) - 1;
    if (!(at >= 0 && at < MAX_ROWS)) throw new TableError('too_large');
    next = at + 1;
    const row: string[] = [];
    for (const cell of elements(inner, 'c')) {
      const name = attribute(cell.attributes, 'r');
      const column = name === undefined ? row.length : columnOf(name);
      if (column >= MAX_COLUMNS) throw new TableError('too_large');
      while (row.length < column) row.push('');
      row[column] = valueOf(cell, shared);
    }
    while (rows.length < at) rows.push([]);
    rows[at] = row;
  }
  return rows;
}

function firstSheet(read: (name: string) => string | undefined): string {
  const id = attribute(elements(read('xl/workbook.xml') ?? '', 'sheet')[0]?.attributes ?? '', 'id');
  const target = elements(read('xl/_rels/workbook.xml.rels') ?? '', 'Relationship')
    .map(({ attributes }) => attributes)
    .find((one) => id !== undefined && attribute(one, 'Id') === id);
  const path = target === undefined ? 'worksheets/sheet1.xml' : (attribute(target, 'Target') ?? '');
  return path.startsWith('/') ? path.slice(1) : `xl/${path}`;
}

function valueOf(cell: Element, shared: readonly string[]): string {
  const type = attribute(cell.attributes, 't');
  if (type === 'inlineStr') return textsOf(cell.inner);
  const value = elements(cell.inner, 'v')[0]?.inner ?? '';
  if (type === 's') return shared[Number(value)] ?? '';
  if (type === 'b') return value === '1' ? 'true' : 'false';
  // 192168001064 and 0.1 + 0.2: numbers as a person would have typed them
  if (type === undefined || type === 'n')
    return value === '' ? '' : String(Number(Number(value).toPrecision(15)));
  return type === 'e' ? '' : unescapeXml(value);
}

/** `A` is 0, `AA` 26. */
const columnOf = (cell: string) =>
  [...(/^[A-Z]+/i.exec(cell)?.[0].toUpperCase() ?? 'A')].reduce(
    (sum, one) => sum * 26 + one.charCodeAt(0) - 64,
    0,
  ) - 1;

interface Element {
  attributes: string;
  inner: string;
}
/** Elements of a name, with any prefix; those asked for do not nest in each other. */
const elements = (xml: string, name: string): Element[] =>
  [
    ...xml.matchAll(
      new RegExp(`<(?:\\w+:)?${name}(\\s[^>]*?)?(?:/>|>([\\s\\S]*?)</(?:\\w+:)?${name}>)`, 'g'),
    ),
  ].map((match) => ({ attributes: match[1] ?? '', inner: match[2] ?? '' }));
function attribute(attributes: string, name: string): string | undefined {
  const raw = new RegExp(`(?:^|\\s)(?:\\w+:)?${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  return raw ? unescapeXml(raw[1] ?? raw[2] ?? '') : undefined;
}
/** Texts of a string: runs of differing format are one; phonetic guides (rPh) are no part of it. */
const textsOf = (xml: string) =>
  elements(xml.replace(/<(\w+:)?rPh[\s>][\s\S]*?<\/(\w+:)?rPh>/g, ''), 't')
    .map(({ inner }) => unescapeXml(inner))
    .join('');

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescapeXml = (text: string) =>
  text.replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi, (whole, hex, decimal, name) => {
    if (name) return ENTITIES[String(name).toLowerCase()]!;
    const point = hex ? Number.parseInt(hex, 16) : Number(decimal);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
