import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { benchTable, targetMet } from '#tests/bench/report.ts';
import { add, closingLines, tallyOf, tallyOfPlaywright, tallyOfVitest } from '#tests/run/tally.mjs';

describe('tally of the test runners', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guardroom-tally-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const vitest = {
    numPassedTests: 5,
    numFailedTests: 0,
    numPendingTests: 1,
    numTodoTests: 1,
    testResults: [],
  };

  it('counts a file that does not load as a failure', () => {
    const testResults = [
      {
        name: resolve('tests/a.test.ts'),
        status: 'failed',
        message: 'no such\nmodule',
        assertionResults: [],
      },
    ];
    expect(tallyOfVitest({ ...vitest, testResults })).toEqual({
      passed: 5,
      failed: 1,
      skipped: 2,
      failures: ['tests/a.test.ts > the file: no such module'],
    });
  });

  it('counts errors outside the tests of Playwright', () => {
    const stats = { expected: 2, unexpected: 1, flaky: 1, skipped: 4 };
    expect(tallyOfPlaywright({ stats, errors: [{ message: 'no server' }] })).toEqual({
      passed: 3,
      failed: 2,
      skipped: 4,
      failures: ['tests/e2e > outside a test: no server'],
    });
  });

  it('names what failed, without colours and not at length', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'b' },
      { status: 'failed', fullName: 'c d', failureMessages: [`\u001b[31mred\u001b[39m ${'x'.repeat(999)}`] },
    ];
    const testResults = [{ name: resolve('tests/a.test.ts'), status: 'failed', assertionResults }];
    const { failures } = tallyOfVitest({ ...vitest, numFailedTests: 1, testResults });
    expect(failures).toEqual([expect.stringMatching(/^tests\/a\.test\.ts > c d: red x{200,296}$/)]);

    const spec = { file: 'a.spec.ts', tests: [{ results: [{}, { error: { message: 'no\nbutton' } }] }] };
    const specs = [
      { ...spec, title: 'e', ok: true },
      { ...spec, title: 'f', ok: false },
    ];
    const stats = { expected: 1, unexpected: 1, flaky: 0, skipped: 0 };
    expect(tallyOfPlaywright({ stats, suites: [{ suites: [{ specs }] }] }).failures).toEqual([
      'tests/e2e/a.spec.ts > f: no button',
    ]);
  });

  it('never says that all passed when the runner says otherwise', () => {
    const file = join(folder, 'vitest.json');
    writeFileSync(file, JSON.stringify(vitest));
    expect(tallyOf(file, 0, tallyOfVitest).failed).toBe(0);
    expect(tallyOf(file, 1, tallyOfVitest).failed).toBe(1);
    expect(tallyOf(file, null, tallyOfVitest).failed).toBe(1);
    expect(tallyOf(join(folder, 'absent.json'), 0, tallyOfVitest)).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: [],
    });
  });

  it('adds up and closes with what failed and the line that CI reads', () => {
    const one = { passed: 1, failed: 0, skipped: 2, failures: [] };
    const other = { passed: 3, failed: 1, skipped: 0, failures: ['a > b: c'] };
    expect(closingLines(add(one, other))).toBe('failed: a > b: c\n4 passed, 1 failed, 2 skipped');
  });
});

describe('table of the benches', () => {
  it('works out the ratio and holds it against the target', () => {
    const row = { name: 'relay', value: 3, unit: '% CPU', floor: 2, floorName: 'null', target: { max: 1.25, of: 'ratio' as const } }; // prettier-ignore
    expect(targetMet(row)).toBe(false);
    expect(targetMet({ ...row, value: 2.5 })).toBe(true);
    const table = benchTable([row]);
    expect(table).toMatch(/1\.50x/);
    expect(table).toMatch(/MISSED/);
  });
  it('has no verdict without a target', () => {
    expect(targetMet({ name: 'x', value: 1, unit: 'ms' })).toBeUndefined();
  });
});
