/** What a bench measured, with the floor that it is held against. */
export interface BenchRow {
  /** What was measured, in a few words. */
  name: string;
  value: number;
  /** Unit of `value` and `floor`, e.g. `ms`, `% CPU`, `msg/s`, `MB`. */
  unit: string;
  /** The simplest thing that does the same work, e.g. `ffmpeg -c copy -f null`. */
  floorName?: string;
  floor?: number;
  /** value / floor; worked out here when a floor is given without it. */
  ratio?: number;
  /** What the project wants. `max`: the value (or, with `of: 'ratio'`, the ratio) is to stay below; `min`: above. */
  target?: Target;
}

export interface Target {
  max?: number;
  min?: number;
  of?: 'value' | 'ratio';
}

/** A bench is a file of this folder that exports this function. It cleans up after itself and measures only loopback. */
export type Bench = () => Promise<BenchRow[]>;

const figure = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);

/** value / floor, or what the bench said; undefined without a floor. */
export const ratioOf = (row: BenchRow): number | undefined =>
  row.ratio ?? (row.floor ? row.value / row.floor : undefined);

/** Whether the target is met; undefined without a target, or without the ratio that it is about. */
export function targetMet(row: BenchRow): boolean | undefined {
  const { target } = row;
  if (!target) return undefined;
  const measured = target.of === 'ratio' ? ratioOf(row) : row.value;
  if (measured === undefined) return undefined;
  return measured <= (target.max ?? Infinity) && measured >= (target.min ?? -Infinity);
}

function targetText(row: BenchRow): string {
  const { target } = row;
  if (!target) return '';
  const bound = target.max !== undefined ? `<= ${figure(target.max)}` : `>= ${figure(target.min ?? 0)}`;
  const met = targetMet(row);
  return `${bound}${target.of === 'ratio' ? 'x' : ''}${met === undefined ? '' : met ? ' ok' : ' MISSED'}`;
}

/** A table for the terminal and for Markdown alike. */
export function benchTable(rows: readonly BenchRow[]): string {
  const head = ['measured', 'value', 'floor', 'ratio', 'target'];
  const lines = rows.map((row) => {
    const ratio = ratioOf(row);
    return [
      row.name,
      `${figure(row.value)} ${row.unit}`,
      row.floor === undefined
        ? ''
        : `${figure(row.floor)} ${row.unit}${row.floorName ? ` (${row.floorName})` : ''}`,
      ratio === undefined ? '' : `${figure(ratio)}x`,
      targetText(row),
    ];
  });
  const widths = head.map((_, column) =>
    Math.max(...[head, ...lines].map((cells) => (cells[column] ?? '').length)),
  );
  const format = (cells: string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [format(head), rule, ...lines.map(format)].join('\n');
}
