import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvField, csvLine } from '#features/records/csv.ts';
import { gramQuery, gramsOf, normalise, stringsOf, wordsOf } from '#features/records/text.ts';

describe('text of records', () => {
  it('is one form for widths and cases', () => {
    expect(normalise('京Ａ１２ＡＢ')).toBe('京a12ab');
    expect(wordsOf('  北围界　N-07 N-07 ')).toEqual(['北围界', 'n-07']);
  });
  it('has a token for each character and each pair', () => {
    expect(gramsOf('入侵a-1').sort()).toEqual(['1', 'a', '侵', '侵a', '入', '入侵'].sort());
    expect(gramQuery('入侵')).toBe('"入侵"');
    expect(gramQuery('侵')).toBe('"侵"');
    expect(gramQuery('n-07')).toBe('"n" "07"');
    expect(gramQuery('--')).toBeNull();
  });
  it('finds every part of every text: the tokens of a part are among those of the whole', () => {
    const text = fc.string({
      unit: fc.constantFrom('入', '侵', '𠮷', 'a', 'b', '1', '-', ' ', '"'),
      maxLength: 20,
    });
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (whole, from, length) => {
        const characters = [...whole];
        const part = characters
          .slice(from % (characters.length + 1))
          .slice(0, 1 + (length % 8))
          .join('');
        const query = gramQuery(part);
        if (query === null) return;
        const grams = gramsOf(whole);
        for (const token of query.split(' ')) expect(grams).toContain(token.slice(1, -1));
      }),
    );
  });
  it('takes the strings of data, deep ones too, without times and UUIDs', () => {
    const data = {
      plate: '京A·12345', n: 5, at: '2026-11-22T19:00:00Z', id: '0192aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee',
      person: { name: '张伟', tags: ['VIP', 'VIP'] }, empty: ' ',
    }; // prettier-ignore
    expect(stringsOf(data)).toEqual(['京a·12345', '张伟', 'vip']);
  });
});

describe('CSV', () => {
  it('keeps separators, quotes and lines inside a field', () => {
    expect(csvLine(['a,b', 'say "x"', 'two\nlines', 'plain'])).toBe(
      '"a,b","say ""x""","two\nlines",plain\r\n',
    );
  });
  it.each(['=1+1', '+cmd', '-2+3', '@SUM(A1)', '\tx', '\r=x', '=HYPERLINK("http://x")'])(
    'defuses %j',
    (value) => {
      expect(csvField(value).replace(/^"/, '')[0]).toBe("'");
    },
  );
  it.each(['-12.5', '+3', '0', '周界'])('leaves %s', (value) => {
    expect(csvField(value)).toBe(value);
  });
  it('gives back any text that is no formula', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string().map((text) => `x${text}`),
          { minLength: 1, maxLength: 5 },
        ),
        (fields) => {
          const line = csvLine(fields);
          const read: string[] = [];
          for (const match of line.slice(0, -2).matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g))
            read.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
          expect(read).toEqual(fields);
        },
      ),
    );
  });
});
