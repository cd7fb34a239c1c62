import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parsePlan, planFiles } from '#features/plans/plan-files.ts';
import { createPlans } from '#features/plans/plans.service.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { openKernel } from '#tests/fixtures/response-kernel.ts';

const text = (id: string, step = 'id: one', extra = '') =>
  `id: ${id}
name: { zh: 预案 }
summary: { zh: 说明 }
level: III
${extra}
steps:
  - ${step}
    title: { zh: 第一步 }
`;
const problems = (yaml: string) => {
  const result = parsePlan(yaml, 'p.yaml');
  return 'problems' in result
    ? result.problems.map(({ path, line, message }) => `${line} ${path} ${message}`)
    : [];
};

describe('parsePlan', () => {
  test('a sound plan, with the defaults of the schema', () => {
    const result = parsePlan(text('fire'), 'p.yaml');
    expect(result).toMatchObject({
      plan: { id: 'fire', version: 1, offeredFor: [], steps: [{ by: 'person', answer: { kind: 'done' } }] },
    });
  });
  test('what is wrong, with path and line', () => {
    expect(problems(text('fire').replace('III', 'V'))[0]).toMatch(/^4 level /);
    expect(problems(text('fire', 'id: one two'))[0]).toMatch(/^7 steps\[0\]\.id /);
    expect(problems(text('fire', 'by: auto\n    id: one'))).toEqual([
      '7 steps[0].by auto_without_action: one',
    ]);
    expect(problems('steps: [')[0]).toMatch(/^\d+ {2}\S/);
    expect(problems('')[0]).toBeDefined();
    expect(problems('a: *nothing')[0]).toBeDefined();
  });
  test('no text makes it throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((part) => text('fire', part)),
        ),
        (yaml) => {
          const result = parsePlan(yaml, 'p.yaml');
          expect('plan' in result || result.problems.length > 0).toBe(true);
        },
      ),
    );
  });
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardroom-plan-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('planFiles', () => {
  test('the park’s own version comes before the one of the program; the same id twice is a problem', () => {
    const [ours, theirs] = [join(folder, 'program'), join(folder, 'park')];
    mkdirSync(ours);
    mkdirSync(theirs);
    writeFileSync(join(ours, 'fire.yaml'), text('fire'));
    writeFileSync(join(theirs, 'a.yml'), text('fire', 'id: own'));
    writeFileSync(join(theirs, 'b.yaml'), text('fire', 'id: other'));
    writeFileSync(join(theirs, 'notes.txt'), 'not a plan');
    const { plans, problems: wrong, fileOf } = planFiles([ours, theirs, join(folder, 'none')]).read();
    expect(plans.map(({ id, steps }) => `${id} ${steps[0]?.id}`)).toEqual(['fire own']);
    expect(fileOf.get('fire')).toBe('a.yml');
    expect(wrong).toMatchObject([{ file: 'b.yaml', path: 'id', message: 'duplicate_plan: fire, a.yml' }]);
  });
  test('a changed file is read again, a removed one is gone', () => {
    const file = join(folder, 'fire.yaml');
    const files = planFiles([folder]);
    writeFileSync(file, text('fire'));
    expect(files.read().plans[0]?.version).toBe(1);
    writeFileSync(file, text('fire', 'id: one', 'version: 2'));
    utimesSync(file, 1e9, 1e9);
    expect(files.read().plans[0]?.version).toBe(2);
    writeFileSync(file, 'id: [');
    expect(files.read()).toMatchObject({ plans: [], problems: [{ file: 'fire.yaml' }] });
    rmSync(file);
    expect(files.read()).toMatchObject({ plans: [], problems: [] });
  });
});

test('names that the site does not have are listed, and the plan stays usable', async () => {
  const clock = new TestClock();
  const kernel = openKernel(join(folder, 'data'), clock);
  try {
    const plans = createPlans(kernel.ports);
    expect(plans.list().problems).toEqual([]);
    expect(kernel.health('plans')).toMatchObject({ level: 'ok' });
    mkdirSync(join(folder, 'data', 'plans'));
    writeFileSync(
      join(folder, 'data', 'plans', 'own.yaml'),
      text(
        'own',
        'id: one\n    action: { type: device_command, deviceId: fence-controller, command: explode }',
      ),
    );
    writeFileSync(join(folder, 'data', 'plans', 'bad.yaml'), 'id: [');
    expect(plans.find('own')).toBeUndefined();
    clock.advance(1000);
    expect(plans.find('own')).toBeDefined();
    expect(plans.list().problems.map(({ file, path, message }) => `${file} ${path} ${message}`)).toEqual([
      expect.stringMatching(/^bad\.yaml /),
      'own.yaml steps[0].action.command unknown_command: explode',
    ]);
    expect(kernel.health('plans')).toMatchObject({ level: 'warn', code: 'unusable', params: { files: 1 } });
    const { port } = plans;
    expect(port.offersFor({ type: 'intrusion.fence', priority: 2, placeId: 'park' })).toEqual(['intrusion']);
    expect(port.offersFor({ type: 'intrusion.fence', priority: 3, placeId: 'park' })).toEqual([]);
  } finally {
    await kernel.close();
  }
});

test('the plans that come with the program are sound', () => {
  const resources = fileURLToPath(new URL('../../resources/plans', import.meta.url));
  expect(planFiles([resources]).read().problems).toEqual([]);
});
