import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CAMERA_REASONS } from '#contract/video.contract.ts';
import { QUARANTINE_CODES } from '#contract/devices.contract.ts';
import { ALARM_TYPES } from '#domain/alarm-types.ts';
import { ROLES } from '#domain/permissions.ts';

const root = join(import.meta.dirname, '../../..');
type Tree = { [key: string]: string | Tree };

/** Every key of a language, dotted, the file's name first, with its text. */
function keysOf(language: string): Map<string, string> {
  const keys = new Map<string, string>();
  const walk = (prefix: string, tree: Tree) => {
    for (const [key, value] of Object.entries(tree)) {
      if (typeof value === 'string') keys.set(`${prefix}.${key}`, value);
      else walk(`${prefix}.${key}`, value);
    }
  };
  const folder = join(root, 'resources/locales', language);
  for (const file of readdirSync(folder)) {
    walk(file.replace(/\.json$/, ''), JSON.parse(readFileSync(join(folder, file), 'utf8')) as Tree);
  }
  return keys;
}

const sources = readdirSync(join(root, 'renderer'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(vue|ts)$/.test(file))
  .map((file) => ({
    file: relative(root, join(root, 'renderer', file)),
    text: readFileSync(join(root, 'renderer', file), 'utf8'),
  }));
const withoutComments = (text: string) =>
  text.replace(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->/g, '').replace(/(^|[^:])\/\/.*$/gm, '$1');

const zh = keysOf('zh');
const en = keysOf('en');
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
/** A dotted code is worded by its own key, by `_` below it, or by a code above it. */
const isWorded = (key: string) => zh.has(key) || zh.has(`${key}._`);

describe('locales', () => {
  it('have the same keys in both languages', () => {
    expect([...zh.keys()].filter((key) => !en.has(key))).toEqual([]);
    expect([...en.keys()].filter((key) => !zh.has(key))).toEqual([]);
  });

  it('have the same parameters in both languages, and no empty text', () => {
    for (const [key, text] of zh) {
      expect(text, key).not.toBe('');
      expect(placeholders(en.get(key) ?? ''), key).toEqual(placeholders(text));
    }
  });

  it('write no text that vue-i18n would take for something else', () => {
    // `@` links to another message and `|` separates plural forms.
    for (const [key, text] of [...zh, ...en]) expect(text, key).not.toMatch(/[@|]/);
  });

  it('word every key that the code names', () => {
    const missing: string[] = [];
    for (const { file, text } of sources) {
      const code = withoutComments(text);
      for (const match of code.matchAll(/\bt\(\s*'([^']+)'/g)) {
        if (!zh.has(match[1] ?? '')) missing.push(`${file}: ${match[1]}`);
      }
      for (const match of code.matchAll(/\blabel: '([a-z]\w*\.[\w.]+)'/g)) {
        if (!zh.has(match[1] ?? '')) missing.push(`${file}: ${match[1]}`);
      }
      // Keys with a part put in: the part before it must be a group that exists.
      for (const match of code.matchAll(/\bt\(\s*`([^`$]+)\.\$\{/g)) {
        const group = `${match[1]}.`;
        if (![...zh.keys()].some((key) => key.startsWith(group))) missing.push(`${file}: ${group}*`);
      }
    }
    expect(missing).toEqual([]);
  });

  it('word every code of the contract and the domain', () => {
    const codes = [
      ...Object.keys(ALARM_TYPES).map((code) => `alarmType.${code}`),
      ...CAMERA_REASONS.map((code) => `video.reason.${code}`),
      ...QUARANTINE_CODES.map((code) => `quarantine.${code}`),
      ...ROLES.map((role) => `role.${role}`),
    ];
    expect(codes.filter((code) => !isWorded(code))).toEqual([]);
  });

  it('name every screen', () => {
    const screens = sources.flatMap(({ text }) => [...text.matchAll(/defineScreen\(\{\s*id: '(\w+)'/g)]);
    expect(screens.length).toBeGreaterThan(0);
    expect(screens.map((match) => `${match[1]}.title`).filter((key) => !zh.has(key))).toEqual([]);
  });

  it('are the only place with words for people', () => {
    const found = sources.flatMap(({ file, text }) =>
      withoutComments(text)
        .split('\n')
        .flatMap((line, index) =>
          /[\u3400-\u9fff\uff00-\uffef]/.test(line) ? [`${file}: ${index + 1}`] : [],
        ),
    );
    expect(found).toEqual([]);
  });
});
