import { expect, test } from 'vitest';
import { camera } from '#contract/site.ts';
import { schemaProblem } from '#features/site/schema-problem.ts';
import en from '../../resources/locales/en/site.json' with { type: 'json' };
import zh from '../../resources/locales/zh/site.json' with { type: 'json' };

const good = {
  id: 'cam-1',
  name: { zh: '东门' },
  placeId: 'park',
  mainUrl: 'rtsp://10.0.0.1/m',
  onvif: { address: '10.0.0.1' },
  mount: { heightMetres: 6 },
};
const problemsOf = (change: object) => {
  const raw = { ...good, ...change };
  return camera.safeParse(raw).error?.issues.map((issue) => schemaProblem(issue, raw)) ?? [];
};

test('every rule of a camera has a code, its figures, and words in both languages', () => {
  const cases: [object, string, string, object?][] = [
    [{ id: '' }, 'id', 'missing'],
    [{ id: 'a b' }, 'id', 'wrong_form'],
    [{ id: 'x'.repeat(65) }, 'id', 'too_long', { most: 64 }],
    [{ name: { zh: '' } }, 'name.zh', 'missing'],
    [{ mainUrl: undefined }, 'mainUrl', 'missing'],
    [{ mainUrl: 'http://10.0.0.1/' }, 'mainUrl', 'not_an_address'],
    [{ subUrl: 'rtsp://a:b@10.0.0.1/' }, 'subUrl', 'login_in_address'],
    [{ transport: 'both' }, 'transport', 'not_a_choice', { choices: ['tcp', 'udp'] }],
    [{ onvif: { address: 'http://x/' } }, 'onvif.address', 'wrong_form'],
    [{ onvif: { address: 'x', port: 70_000 } }, 'onvif.port', 'too_high', { most: 65_535 }],
    [{ mount: { heightMetres: 0 } }, 'mount.heightMetres', 'too_low', { least: 0.5 }],
    [{ mount: { heightMetres: 'high' } }, 'mount.heightMetres', 'not_a_number'],
  ];
  for (const [change, path, code, params = {}] of cases) {
    expect(problemsOf(change), JSON.stringify(change)).toContainEqual({ path, code, params });
    for (const words of [zh, en]) expect(words.problem).toHaveProperty(code);
  }
  expect(problemsOf({})).toEqual([]);
});
