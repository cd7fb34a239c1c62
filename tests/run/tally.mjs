// @ts-check
// Adds up what the two test runners report.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ROOT } from '../../electron/hosts/launch/paths.mjs';

/**
 * `failures`: file, name and the beginning of the reason of each failed test.
 * @typedef {{ passed: number, failed: number, skipped: number, failures: readonly string[] }} Tally
 */

/** @type {Tally} */
export const NONE = { passed: 0, failed: 0, skipped: 0, failures: [] };

/** @param {Tally} a @param {Tally} b @returns {Tally} */
export const add = (a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  failures: [...a.failures, ...b.failures],
});

/**
 * What failed once more at the very end, where a log that was cut still has it, and the closing line that CI reads.
 * @param {Tally} tally
 */
export const closingLines = ({ passed, failed, skipped, failures }) =>
  [
    ...failures.map((line) => `failed: ${line}`),
    `${passed} passed, ${failed} failed, ${skipped} skipped`,
  ].join('\n');

const REASON_CHARS = 300;
/** @param {string} file @param {string} name @param {string | undefined} reason */
const failure = (file, name, reason = '') =>
  `${relative(ROOT, file)} > ${name}: ${stripVTControlCharacters(reason).replace(/\s+/g, ' ').slice(0, REASON_CHARS)}`;

/**
 * @typedef {object} VitestReport
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {VitestFile[]} testResults one entry a file
 *
 * @typedef {{ name: string, status: string, message?: string, assertionResults: VitestTest[] }} VitestFile
 * @typedef {{ status: string, fullName: string, failureMessages?: string[] | null }} VitestTest
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
    failures: [
      ...broken.map((file) => failure(file.name, 'the file', file.message)),
      ...report.testResults.flatMap((file) =>
        file.assertionResults
          .filter(({ status }) => status === 'failed')
          .map((one) => failure(file.name, one.fullName, one.failureMessages?.[0])),
      ),
    ],
  };
}

/**
 * @typedef {object} PlaywrightReport
 * @property {{ expected: number, unexpected: number, flaky: number, skipped: number }} stats
 * @property {{ message?: string }[]} [errors] outside a test
 * @property {PlaywrightSuite[]} [suites]
 *
 * @typedef {{ specs?: PlaywrightSpec[], suites?: PlaywrightSuite[] }} PlaywrightSuite
 * @typedef {{ title: string, file: string, ok: boolean, tests: { results: { error?: { message?: string } }[] }[] }} PlaywrightSpec
 */

/** @param {PlaywrightSuite[]} suites @returns {PlaywrightSpec[]} */
const specsOf = (suites) =>
  suites.flatMap((suite) => [...(suite.specs ?? []), ...specsOf(suite.suites ?? [])]);

/** @param {PlaywrightSpec} spec */
const reasonOf = ({ tests }) =>
  tests.flatMap(({ results }) => results).find(({ error }) => error)?.error?.message;

/** Errors outside a test (a server that did not start, a file that does not load) are failures. @param {PlaywrightReport} report @returns {Tally} */
export const tallyOfPlaywright = ({ stats, errors = [], suites = [] }) => ({
  passed: stats.expected + stats.flaky,
  failed: stats.unexpected + errors.length,
  skipped: stats.skipped,
  failures: [
    ...errors.map(({ message }) => failure('tests/e2e', 'outside a test', message)),
    ...specsOf(suites)
      .filter(({ ok }) => !ok)
      .map((spec) => failure(`tests/e2e/${spec.file}`, spec.title, reasonOf(spec))),
  ],
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
