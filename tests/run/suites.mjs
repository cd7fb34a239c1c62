// @ts-check
// Runs vitest and Playwright, each with its own output for people and a JSON report for the tally.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { run } from '../../electron/hosts/launch/child.mjs';
import { ROOT, node24 } from '../../electron/hosts/launch/paths.mjs';
import { NONE, add, tallyOf, tallyOfPlaywright, tallyOfVitest } from './tally.mjs';

/** @typedef {'unit' | 'contract' | 'integration' | 'e2e'} Suite */

/** @type {readonly Suite[]} */
export const SUITES = ['unit', 'contract', 'integration', 'e2e'];

const bin = (/** @type {string[]} */ ...parts) => join(ROOT, 'node_modules', ...parts);
export const VITEST = bin('vitest', 'vitest.mjs');
const PLAYWRIGHT = bin('@playwright', 'test', 'cli.js');

/** Every `node` that a test starts is the project's. */
export function testEnvironment() {
  const path = [bin('node', 'bin'), bin('.bin'), process.env.PATH ?? ''].join(delimiter);
  return { ...process.env, PATH: path };
}

/**
 * @param {readonly Suite[]} suites
 * @param {readonly string[]} filters file name parts, handed on to the runners
 * @returns {Promise<import('./tally.mjs').Tally>}
 */
export async function runSuites(suites, filters) {
  const folder = mkdtempSync(join(tmpdir(), 'guardroom-tests-'));
  try {
    const projects = suites.filter((suite) => suite !== 'e2e');
    const units = projects.length > 0 ? await vitest(folder, projects, filters) : NONE;
    const e2e = suites.includes('e2e') ? await playwright(folder, filters) : NONE;
    return add(units, e2e);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder @param {readonly string[]} projects @param {readonly string[]} filters */
async function vitest(folder, projects, filters) {
  const report = join(folder, 'vitest.json');
  const args = ['run', ...projects.flatMap((name) => ['--project', name]), '--passWithNoTests'];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await run(node24(), [VITEST, ...args, ...reporters, ...filters], {
    cwd: ROOT,
    env: testEnvironment(),
  });
  return tallyOf(report, code, tallyOfVitest);
}

/** @param {string} folder @param {readonly string[]} filters */
async function playwright(folder, filters) {
  const report = join(folder, 'playwright.json');
  const env = { ...testEnvironment(), PLAYWRIGHT_JSON_OUTPUT_FILE: report };
  const args = ['test', '--reporter=list,json', '--pass-with-no-tests', ...filters];
  const code = await run(node24(), [PLAYWRIGHT, ...args], { cwd: ROOT, env });
  return tallyOf(report, code, tallyOfPlaywright);
}
