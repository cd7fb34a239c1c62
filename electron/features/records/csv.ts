import type { ParkRecord } from '#contract/records.contract.ts';
import type { LocaleWords } from './locale-words.ts';
import { typeWord } from './locale-words.ts';

/** Tells spreadsheets that the file is UTF-8; without it they show Chinese as noise. */
export const BOM = '\uFEFF';

/**
 * One field. What a spreadsheet would run as a formula (`=`, `+`, `-`, `@`, tab, carriage return; OWASP
 * "CSV Injection") gets an apostrophe before it; a plain number stays one.
 */
export function csvField(value: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(value) && !/^[+-]?\d+(\.\d+)?$/.test(value);
  const safe = isFormula ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
export const csvLine = (fields: readonly string[]): string => `${fields.map(csvField).join(',')}\r\n`;

/** Headers by the keys of the console's records page. */
const COLUMNS = ['occurred', 'received', 'kindLabel', 'typeLabel', 'stateLabel', 'priority', 'device', 'name', 'place', 'drill', 'data', 'id'] as const; // prettier-ignore

/** Writes records as lines of CSV in one language. */
export class CsvWriter {
  readonly #words: LocaleWords;
  readonly #time: Intl.DateTimeFormat;
  readonly #placeName: (id: string) => string | undefined;

  /** @param placeName name of a place in the language */
  constructor(words: LocaleWords, timezone: string, placeName: (id: string) => string | undefined) {
    this.#words = words;
    this.#placeName = placeName;
    // ISO order, which every spreadsheet sorts, in the park's own time.
    const fields = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 } as const; // prettier-ignore
    this.#time = new Intl.DateTimeFormat('sv-SE', { ...fields, hourCycle: 'h23', timeZone: timezone });
  }
  header(): string {
    return BOM + csvLine(COLUMNS.map((name) => this.#words.word('records', name) ?? name));
  }
  line(row: ParkRecord): string {
    const word = (group: string, code: string) => this.#words.word(group, code) ?? code;
    return csvLine([
      this.#timeOf(row.occurredAtMs),
      this.#timeOf(row.receivedAtMs),
      word('records.kind', row.kind),
      typeWord(this.#words, row.type) ?? row.type,
      word('records.state', row.state),
      row.priority === null ? '' : String(row.priority),
      row.deviceId ?? '',
      row.deviceName ?? '',
      (row.placeId !== null && this.#placeName(row.placeId)) || '',
      row.drill ? word('records', 'drill') : '',
      Object.keys(row.data).length === 0 ? '' : JSON.stringify(row.data),
      row.id,
    ]);
  }
  #timeOf(atMs: number): string {
    return this.#time.format(atMs).replace(',', '.');
  }
}
