import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSiteFile, writeSiteFile } from '#features/site/site-file.ts';
import { indexSite } from '#features/site/site-index.ts';

const text = readFileSync(new URL('../fixtures/site-small.yaml', import.meta.url), 'utf8');
const lineOf = (needle: string) => text.split('\n').findIndex((line) => line.includes(needle)) + 1;
const problemsOf = (yaml: string) => {
  const parsed = parseSiteFile(yaml);
  return 'problems' in parsed ? parsed.problems : [];
};

test('the small site is sound and comes back from its own export', () => {
  const parsed = parseSiteFile(text);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const again = parseSiteFile(writeSiteFile(parsed.file));
  expect('file' in again && again.file).toEqual(parsed.file);
});
test('a wrong value names its path and line', () => {
  const problems = problemsOf(text.replace('heartbeatSeconds: 60', 'heartbeatSeconds: often'));
  expect(problems).toMatchObject([
    { path: 'devices[0].heartbeatSeconds', line: lineOf('heartbeatSeconds: 60'), code: 'not_a_number' },
  ]);
});
test('broken YAML names its line', () => {
  expect(problemsOf(text.replace("phone: '119'", "phone: '119"))[0]).toMatchObject({
    code: 'yaml',
    line: expect.any(Number) as number,
  });
});
test('a reference to nothing, a repeated id and a place inside itself are found', () => {
  expect(problemsOf(text.replace('placeId: b3-f2 }', 'placeId: b9 }'))).toMatchObject([
    { code: 'unknown_reference', path: 'devices[1].placeId', line: lineOf('smoke-3-2-01') },
  ]);
  expect(problemsOf(text.replace('id: cp-2', 'id: cp-1')).map((one) => one.code)).toContain('duplicate_id');
  expect(
    problemsOf(
      text.replace('name: { zh: 园区, en: Park }', 'name: { zh: 园区, en: Park }, parentId: b3'),
    ).map((one) => one.code),
  ).toContain('inside_itself');
});
test('a password in a camera address is refused', () => {
  expect(problemsOf(text.replace('rtsp://127.0.0.1', 'rtsp://admin:12345@127.0.0.1'))).toMatchObject([
    { path: 'cameras[0].mainUrl' },
  ]);
});
test('places know where they stand', () => {
  const parsed = parseSiteFile(text);
  if ('problems' in parsed) throw new Error('site');
  const index = indexSite(parsed.file, 1);
  expect(index.placeName('b3-f2')).toEqual({ zh: '3号楼 2层', en: 'Building 3, Floor 2' });
  expect(index.placeName('park')?.zh).toBe('园区');
  expect(index.levelOf('b3-f2')).toBe(2);
  expect(index.levelOf('b3')).toBeNull();
});
test('no text makes it throw', () => {
  expect(problemsOf('site: *nobody')).toMatchObject([{ code: 'yaml' }]);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (any) => {
      const parsed = parseSiteFile(any);
      expect('problems' in parsed ? parsed.problems.length : 1).toBeGreaterThan(0);
    }),
  );
  const lines = text.split('\n');
  fc.assert(
    fc.property(fc.nat(lines.length - 1), fc.string({ maxLength: 12 }), (at, junk) => {
      parseSiteFile(lines.with(at, lines[at]!.slice(0, 20) + junk).join('\n'));
    }),
  );
});
