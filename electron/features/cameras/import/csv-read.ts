/** A file that cannot be read as a table; `code` is worded as `cameras.import.<code>`. */
export class TableError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`table ${code}`);
    this.code = code;
  }
}
export const MAX_ROWS = 20_000;
export const MAX_COLUMNS = 200;

/**
 * Text of a file that a spreadsheet or an editor wrote: UTF-8 with or without mark, UTF-16 with mark, else GB 18030
 * (what Excel writes as CSV on a Chinese Windows).
 */
export function decodeText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

/**
 * CSV as RFC 4180 and spreadsheets write it: quotes doubled inside quotes, line breaks inside quotes; comma, semicolon
 * or tab, whichever the first line has most of.
 * @throws TableError open_quote | too_large
 */
export function readCsv(text: string): string[][] {
  const clean = text.replace(/^\uFEFF/, '');
  const firstLine = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(clean)?.[0].replace(/"(?:[^"]|"")*"/g, '') ?? '';
  const count = (of: string) => firstLine.split(of).length;
  const separator = [',', ';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best));
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let isQuoted = false;
  const endField = () => {
    if (row.length >= MAX_COLUMNS) throw new TableError('too_large');
    row.push(field);
    field = '';
  };
  const endRow = () => {
    endField();
    if (rows.length >= MAX_ROWS) throw new TableError('too_large');
    rows.push(row);
    row = [];
  };
  for (let at = 0; at < clean.length; at += 1) {
    const one = clean[at]!;
    if (isQuoted) {
      if (one !== '"') field += one;
      else if (clean[at + 1] === '"') {
        field += '"';
        at += 1;
      } else isQuoted = false;
    } else if (one === '"' && field.trim() === '') {
      field = '';
      isQuoted = true;
    } else if (one === separator) endField();
    else if (one === '\n') endRow();
    else if (one === '\r') {
      if (clean[at + 1] !== '\n') endRow();
    } else field += one;
  }
  if (isQuoted) throw new TableError('open_quote');
  if (field !== '' || row.length > 0) endRow();
  return rows;
}
