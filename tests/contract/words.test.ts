/** What the station sends as codes has words in both languages: settings, health lines, audit actions. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestStation, type TestStation } from '#tests/fixtures/station.ts';

let park: TestStation;
beforeAll(async () => {
  park = await startTestStation();
});
afterAll(() => park.end());

type Words = { [key: string]: string | Words };
const words = (language: string, file: string) =>
  JSON.parse(
    readFileSync(new URL(`../../resources/locales/${language}/${file}.json`, import.meta.url), 'utf8'),
  ) as Words;
const has = (of: Words, path: string) =>
  path
    .split('.')
    .reduce<string | Words | undefined>((at, key) => (typeof at === 'object' ? at[key] : undefined), of) !==
  undefined;

test.each(['zh', 'en'])('settings and their groups (%s)', async (language) => {
  const system = words(language, 'system');
  const settings = await (await park.client('admin')).system.settings();
  expect(settings.length).toBeGreaterThan(10);
  const missing = settings.flatMap(({ key, kind, options }) => [
    ...(has(system, `setting.${key}`) ? [] : [`setting.${key}`]),
    ...(has(system, `settingGroup.${key.split('.')[0]}`) ? [] : [`settingGroup.${key.split('.')[0]}`]),
    ...(kind === 'choice'
      ? (options ?? [])
          .filter((one) => !has(system, `choice.${key}.${one}`))
          .map((one) => `choice.${key}.${one}`)
      : []),
  ]);
  expect(missing).toEqual([]);
});
test.each(['zh', 'en'])('health lines of a running station (%s)', async (language) => {
  const health = words(language, 'health');
  const live = await (await park.client('guard')).system.health();
  const first = (await live.next()).value as { items: { id: string; code: string }[] };
  await live.return?.();
  expect(first.items.length).toBeGreaterThan(4);
  expect(
    first.items.flatMap(({ id, code }) => [`${id}.name`, `${id}.${code}`]).filter((key) => !has(health, key)),
  ).toEqual([]);
});
test.each(['zh', 'en'])('every action that the code writes to the audit (%s)', async (language) => {
  const { globSync } = await import('node:fs');
  const audit = words(language, 'audit');
  const sources = globSync('electron/**/*.ts').map((file) => readFileSync(file, 'utf8'));
  const actions = new Set(
    sources.flatMap((text) =>
      [...text.matchAll(/audit\.append\(\s*tx,\s*[^,]+,\s*'([a-z_.]+)'/g)].map(([, action]) => action!),
    ),
  );
  expect(actions.size).toBeGreaterThan(15);
  expect([...actions].filter((action) => !has(audit, action))).toEqual([]);
});
