import { scrub } from './scrub.ts';

/** Longest single line kept; ffmpeg and friends print progress without line ends. */
const LINE_BYTES = 2_000;

/** The last part of what a child printed, cut at whole lines so that no half of a secret escapes the scrubbing. */
export interface Tail {
  push(chunk: Buffer | string): void;
  text(): string;
}

/** Keeps at most `maxBytes` characters of whole lines; `onLine` gets each finished line, already scrubbed. */
export function textTail(
  maxBytes: number,
  secrets: readonly string[],
  onLine?: (line: string) => void,
): Tail {
  const lines: string[] = [];
  let size = 0;
  let open = '';

  function keep(line: string): void {
    const clean = scrub(line, secrets);
    lines.push(clean);
    size += clean.length + 1;
    while (size > maxBytes && lines.length > 1) size -= (lines.shift() ?? '').length + 1;
    onLine?.(clean);
  }

  return {
    push(chunk) {
      const parts = (open + chunk.toString()).split(/\r\n|\n|\r/);
      open = parts.pop() ?? '';
      for (const part of parts) if (part !== '') keep(part.slice(0, LINE_BYTES));
      if (open.length > LINE_BYTES) {
        // A line without an end: keep what is there rather than let it grow without bound.
        keep(open.slice(0, LINE_BYTES));
        open = '';
      }
    },
    text: () => [...lines, ...(open === '' ? [] : [scrub(open, secrets)])].join('\n'),
  };
}
