import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isBuilt, sourceDigest } from '#hosts/launch/build.mjs';
import { installNeeded } from '#hosts/launch/install.mjs';

describe('whether an install is needed', () => {
  const lock = {
    packages: {
      '': { version: '1.0.0' },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b/node_modules/@c/d': { version: '2.0.0' },
      'node_modules/other-platform': { version: '3.0.0', optional: true },
    },
  };
  const present = { packages: { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b/node_modules/@c/d': { version: '2.0.0' } } }; // prettier-ignore

  it('is not, when all but what is optional is there', () => {
    expect(installNeeded(lock, present)).toBeNull();
  });
  it('is, without any record of an install', () => {
    expect(installNeeded(lock, null)).toMatch(/not installed/);
  });
  it('is, when a package is missing or another version, and names it', () => {
    expect(
      installNeeded(lock, { packages: { ...present.packages, 'node_modules/a': { version: '0.9.0' } } }),
    ).toBe('a is 0.9.0, the lock file says 1.0.0');
    expect(installNeeded(lock, { packages: { 'node_modules/a': { version: '1.0.0' } } })).toBe(
      '@c/d is not installed',
    );
  });
  it('is, when an optional package is another version', () => {
    const old = { 'node_modules/other-platform': { version: '1.0.0' } };
    expect(installNeeded(lock, { packages: { ...present.packages, ...old } })).toMatch(/other-platform/);
  });
});

describe('package-lock.json', () => {
  it('holds every package that another one names, also for other platforms: npm ci refuses it otherwise', () => {
    const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as {
      packages: Record<string, { dependencies?: object; optionalDependencies?: object }>;
    };
    const missing = Object.entries(lock.packages).flatMap(([path, entry]) => {
      const above = path === '' ? [] : path.split('/node_modules/');
      const places = above.map(
        (_, depth) => `${above.slice(0, depth + 1).join('/node_modules/')}/node_modules/`,
      );
      return Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
        .filter((name) => ![...places, 'node_modules/'].some((place) => lock.packages[place + name]))
        .map((name) => `${path} -> ${name}`);
    });
    expect(missing).toEqual([]);
  });

  it('names no registry: it is that of whoever installs', () => {
    expect(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')).not.toMatch(
      /"resolved": *"https?:/,
    );
  });
});

describe('whether a build is needed', () => {
  let root = '';
  const put = (file: string, text: string): void => {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'guardroom-build-'));
    put('electron/a.ts', 'one');
    put('package.json', '{}');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('follows content, names and moved borders between files', () => {
    const before = sourceDigest(root);
    expect(sourceDigest(root)).toBe(before);
    put('electron/a.ts', 'two');
    const changed = sourceDigest(root);
    expect(changed).not.toBe(before);
    put('renderer/deep/down/b.vue', '');
    expect(sourceDigest(root)).not.toBe(changed);
  });

  it('does not follow what the build does not read', () => {
    const before = sourceDigest(root);
    put('electron/README.md', 'words');
    put('resources/docs/x.ts', 'words');
    put('tests/x.test.ts', 'words');
    expect(sourceDigest(root)).toBe(before);
  });

  it('is made only when the stamp, the web host and the console are there', () => {
    put('out/.built-from', 'x');
    put('out/main/web.js', '');
    expect(isBuilt(root)).toBe(false);
    put('out/renderer/index.html', '');
    expect(isBuilt(root)).toBe(true);
  });
});
