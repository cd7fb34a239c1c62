import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { benchTable, targetMet } from '#tests/bench/report.ts';
import { add, closingLine, tallyOf, tallyOfPlaywright, tallyOfVitest } from '#tests/run/tally.mjs';

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
    const testResults = [{ status: 'failed', assertionResults: [] }];
    expect(tallyOfVitest({ ...vitest, testResults })).toEqual({ passed: 5, failed: 1, skipped: 2 });
  });

  it('counts errors outside the tests of Playwright', () => {
    const stats = { expected: 2, unexpected: 1, flaky: 1, skipped: 4 };
    expect(tallyOfPlaywright({ stats, errors: [{}] })).toEqual({ passed: 3, failed: 2, skipped: 4 });
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
    });
  });

  it('adds up and closes with the line that CI reads', () => {
    expect(closingLine(add({ passed: 1, failed: 0, skipped: 2 }, { passed: 3, failed: 1, skipped: 0 }))).toBe(
      '4 passed, 1 failed, 2 skipped',
    );
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
