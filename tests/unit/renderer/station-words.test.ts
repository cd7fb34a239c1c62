/** What the station says in codes has words: refusals, lines of the foot bar. Codes made at run time are worded by their README. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const sources = readdirSync(join(root, 'electron'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join(root, 'electron', file), 'utf8'));

type Tree = { [key: string]: string | Tree };
const locale = (file: string) =>
  JSON.parse(readFileSync(join(root, 'resources/locales/zh', `${file}.json`), 'utf8')) as Tree;
/** True when the code, or `_` below it, is a text. */
function isWorded(tree: Tree, code: string): boolean {
  let node: string | Tree | undefined = tree;
  for (const part of code.split('.')) node = typeof node === 'object' ? node[part] : undefined;
  return typeof node === 'string' || typeof node?._ === 'string';
}
const found = (pattern: RegExp) =>
  sources.flatMap((text) => [...text.matchAll(pattern)].map((match) => match.slice(1).join('.')));

describe('words for the station', () => {
  it('exist for every refusal', () => {
    const reasons = found(/\b(?:fail|orpcError|StationError)\(\s*'[A-Z_]+',\s*'([\w.]+)'/g);
    expect(reasons.length).toBeGreaterThan(20);
    const words = locale('error');
    expect([...new Set(reasons)].filter((reason) => !isWorded(words, reason))).toEqual([]);
  });

  it('exist for every line of the foot bar', () => {
    const codes = found(/\bhealth\.set\(\s*'(\w+)',\s*'\w+',\s*'([\w.]+)'/g);
    expect(codes.length).toBeGreaterThan(5);
    const words = locale('health');
    const parts = new Set(codes.map((code) => `${code.split('.')[0]}.name`));
    expect([...parts, ...new Set(codes)].filter((code) => !isWorded(words, code))).toEqual([]);
  });
});
