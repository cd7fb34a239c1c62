/**
 * A small PDF 1.4 writer for papers of text: A4, lines and rules, Chinese and Latin. Chinese uses STSong-Light, one of
 * the fonts that the standard lets a file name without carrying it (Adobe-GB1; ISO 32000-1 9.7.5.2): every viewer sold
 * in China and the usual ones elsewhere put a Song typeface of the system in its place.
 */

/** Points. */
const WIDTH = 595;
const HEIGHT = 842;
const MARGIN = 50;
/** Of the line is filled at most: viewers without Helvetica take wider letters. */
const FILL = 0.86;

export interface PdfLine {
  text: string;
  /** Points; 10 if not given. */
  size?: number;
  /** From the left margin, points. */
  indent?: number;
  /** Space above, points. */
  above?: number;
  grey?: boolean;
  /** A hairline above it. */
  rule?: boolean;
}

/** Widths of Helvetica's ASCII characters from the space on, 1/1000 of the size (Adobe AFM). */
const HELVETICA =
  '278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584'
    .split(' ')
    .map(Number);
const isLatin = (char: string): boolean => char >= ' ' && char <= '~';
const widthOf = (char: string): number =>
  isLatin(char) ? (HELVETICA[char.charCodeAt(0) - 32] as number) / 1000 : 1;

/** Breaks a text where the line is full: after a space if there is one near, else anywhere (Chinese has none). */
export function wrap(text: string, size: number, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    let used = 0;
    for (const char of paragraph) {
      const step = widthOf(char) * size;
      if (used + step > width && line !== '') {
        const space = line.lastIndexOf(' ');
        const cut = char !== ' ' && space > line.length * 0.6 ? space + 1 : line.length;
        lines.push(line.slice(0, cut).trimEnd());
        line = line.slice(cut);
        used = [...line].reduce((sum, one) => sum + widthOf(one) * size, 0);
      }
      line += char;
      used += step;
    }
    lines.push(line);
  }
  return lines;
}

/** Text operators of one line: runs of one font after another. */
function show(text: string, size: number): string {
  const runs = text.match(/[ -~]+|[^ -~]+/gu) ?? [];
  return runs
    .map((run) => {
      if (isLatin(run[0] as string)) return `/F1 ${size} Tf (${run.replaceAll(/[\\()]/g, '\\$&')}) Tj`;
      // UniGB-UCS2 knows the basic plane only; anything else would shift what follows.
      const codes = [...run].map((char) => (char.length > 1 ? '□' : char).charCodeAt(0));
      return `/F2 ${size} Tf <${codes.map((code) => code.toString(16).padStart(4, '0')).join('')}> Tj`;
    })
    .join(' ');
}

/** @param foot at the end of each page, before its number */
export function pdf(lines: readonly PdfLine[], foot: string): Buffer {
  const pages: string[][] = [[]];
  let y = HEIGHT - MARGIN;
  for (const { text, size = 10, indent = 0, above = 0, grey = false, rule = false } of lines) {
    y -= above;
    for (const [index, part] of wrap(text, size, (WIDTH - 2 * MARGIN) * FILL - indent).entries()) {
      if (y - size < MARGIN + 20) {
        pages.push([]);
        y = HEIGHT - MARGIN;
      }
      const page = pages.at(-1) as string[];
      if (rule && index === 0) page.push(`0.75 G 0.5 w ${MARGIN} ${y + 2} m ${WIDTH - MARGIN} ${y + 2} l S`);
      y -= size * 1.45;
      page.push(`BT ${grey ? 0.4 : 0} g ${MARGIN + indent} ${y.toFixed(1)} Td ${show(part, size)} ET`);
    }
  }
  const contents = pages.map((page, index) =>
    [
      ...page,
      `BT 0.4 g ${MARGIN} ${MARGIN - 10} Td ${show(`${foot}  ${index + 1}/${pages.length}`, 8)} ET`,
    ].join('\n'),
  );
  return assemble(contents);
}

function assemble(contents: readonly string[]): Buffer {
  const first = 6;
  const kids = contents.map((_, index) => `${first + index * 2} 0 R`).join(' ');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${contents.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    '<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [5 0 R] >>',
    '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /DW 1000 /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >>',
    ...contents.flatMap((content, index) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${WIDTH} ${HEIGHT}] /Contents ${first + index * 2 + 1} 0 R /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    ]),
  ];
  let out = '%PDF-1.4\n';
  const places: number[] = [];
  for (const [index, object] of objects.entries()) {
    places.push(out.length);
    out += `${index + 1} 0 obj\n${object}\nendobj\n`;
  }
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  const end = out.lastIndexOf('xref\n0 ');
  out += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${end}\n%%EOF\n`;
  return Buffer.from(out, 'latin1');
}
