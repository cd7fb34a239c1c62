// @ts-check
// Adds up what the two test runners report.
import { readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/** @type {Tally} */
export const NONE = { passed: 0, failed: 0, skipped: 0 };

/** @param {Tally} a @param {Tally} b @returns {Tally} */
export const add = (a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

/** The closing line that CI reads. @param {Tally} tally */
export const closingLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

/**
 * @typedef {object} VitestReport
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {{ status: string, assertionResults: unknown[] }[]} testResults one entry a file
 */

/** A file that could not be loaded has no tests in it: it counts as one failure. @param {VitestReport} report @returns {Tally} */
export function tallyOfVitest(report) {
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** @typedef {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number }, errors?: unknown[] }} PlaywrightReport */

/** Errors outside a test (a server that did not start, a file that does not load) are failures. @param {PlaywrightReport} report @returns {Tally} */
export const tallyOfPlaywright = ({ stats, errors = [] }) => ({
  passed: stats.expected + stats.flaky,
  failed: stats.unexpected + errors.length,
  skipped: stats.skipped,
});

/**
 * The tally of a runner, made to agree with its exit code: a run that failed without naming a failed test (a crash, an
 * unhandled rejection) counts as one failure.
 * @template Report
 * @param {string} file the runner's JSON report
 * @param {number | null} exitCode
 * @param {(report: Report) => Tally} read
 * @returns {Tally}
 */
export function tallyOf(file, exitCode, read) {
  const tally = reportOf(file, read);
  return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

/**
 * @template Report
 * @param {string} file
 * @param {(report: Report) => Tally} read
 */
function reportOf(file, read) {
  try {
    return read(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { ...NONE, failed: 1 }; // the runner died before it could report
  }
}
