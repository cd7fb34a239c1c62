import { sep } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assetOf } from '#hosts/assets/files.ts';
import { contentSecurityPolicy } from '#hosts/assets/headers.ts';

const ROOT = sep === '/' ? '/srv/console' : 'C:\\srv\\console';
const inside = (path: string): string | undefined =>
  assetOf(ROOT, path)?.file.slice(ROOT.length).replaceAll(sep, '/');

describe('files of the console', () => {
  it('gives its page for the root alone', () => {
    expect(inside('/')).toBe('/index.html');
    expect(inside('/alarms')).toBeUndefined();
  });
  it('gives files by name and type, and knows which never change', () => {
    expect(assetOf(ROOT, '/assets/index-abc.js')).toMatchObject({ type: 'text/javascript; charset=utf-8', immutable: true }); // prettier-ignore
    expect(assetOf(ROOT, '/index.html')).toMatchObject({ immutable: false });
    expect(inside('/assets/%E5%9B%BE.png')).toBe('/assets/图.png');
  });
  it.each([
    '/../secret.json',
    '/assets/../../secret.json',
    '/%2e%2e/secret.json',
    '/%2e%2e%2fsecret.json',
    '/..%5csecret.json',
    '/C:/secret.json',
    '/index.html::$DATA.js',
    '/.env.json',
    '/a%00.js',
    '/%E5%9B.js',
    'index.html',
    '/data.sqlite',
  ])('refuses %s', (path) => {
    expect(assetOf(ROOT, path)).toBeNull();
  });
  it('never leaves its folder', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '%2e%2e', '%2f', '%5c', '\\', '%00', 'C:', 'a.js'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const asset = assetOf(ROOT, `/${parts.join('/')}`);
        if (asset) expect(asset.file.startsWith(ROOT + sep)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('content security policy', () => {
  it('lets no script in but the console’s own, and nothing from outside', () => {
    const policy = contentSecurityPolicy();
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe-eval|https?:|\*(?!$|;)(?!\s)/);
    expect(policy.match(/script-src[^;]*/)?.[0]).not.toContain('unsafe-inline');
  });
});
