import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { notices, shippedPackages } from '../../resources/tools/notices.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe('third-party notices', () => {
  it('follow dependencies as Node finds them, nested ones first, and leave tools out', () => {
    const packages = {
      '': { dependencies: { a: '1' } },
      'node_modules/a': { version: '1.0.0', license: 'MIT', dependencies: { b: '1', '@types/x': '1' } },
      'node_modules/a/node_modules/b': { version: '1.5.0', license: 'ISC', dependencies: { c: '1' } },
      'node_modules/b': { version: '2.0.0', license: 'MIT' },
      'node_modules/c': { version: '3.0.0', license: 'MIT' },
      'node_modules/tool': { version: '9.0.0', license: 'GPL-3.0' },
      'node_modules/@types/x': { version: '1.0.0', license: 'MIT' },
    };
    expect(shippedPackages(packages).map(({ name, version }) => `${name} ${version}`)).toEqual([
      'a 1.0.0',
      'b 1.5.0',
      'c 3.0.0',
    ]);
  });

  it('in resources/ are those of the packages that are locked: npm run notices', () => {
    expect(readFileSync(`${ROOT}resources/THIRD-PARTY-NOTICES.md`, 'utf8')).toBe(notices(ROOT));
  });
});
