// @ts-check
// `npm run check`: everything that can be said about the code without starting it, and the quick tests.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ROOT, node24 } from '../../electron/hosts/launch/paths.mjs';
import { VITEST, testEnvironment } from './suites.mjs';

const tool = (/** @type {string[]} */ ...parts) => join(ROOT, 'node_modules', ...parts);
const TSC = tool('typescript', 'bin', 'tsc');

/** The longest first, so that the short ones fill the gaps. @type {readonly { name: string, args: string[] }[]} */
const STEPS = [
  {
    name: 'unit and contract tests',
    args: [VITEST, 'run', '--project', 'unit', '--project', 'contract', '--passWithNoTests'],
  },
  {
    name: 'types: console',
    args: [tool('vue-tsc', 'bin', 'vue-tsc.js'), '--noEmit', '-p', 'tsconfig.web.json'],
  },
  { name: 'lint', args: [tool('eslint', 'bin', 'eslint.js'), '--max-warnings', '0', '.'] },
  { name: 'format', args: [tool('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'] },
  { name: 'types: station', args: [TSC, '--noEmit', '-p', 'tsconfig.node.json'] },
  { name: 'unused code', args: [tool('knip', 'bin', 'knip.js')] },
  { name: 'types: contract and domain', args: [TSC, '--noEmit', '-p', 'electron/contract/tsconfig.json'] },
];

/**
 * @param {(line: string) => void} log
 * @returns {Promise<boolean>} whether every step passed
 */
export async function check(log) {
  const started = performance.now();
  const waiting = [...STEPS];
  /** @type {string[]} */
  const failed = [];
  const worker = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const from = performance.now();
      const { code, output } = await capture(step.args);
      log(`${code === 0 ? 'ok    ' : 'FAILED'} ${step.name} (${seconds(from)})`);
      if (code === 0 && !step.args.includes(VITEST)) continue;
      console.log(output.trimEnd());
      if (code !== 0) failed.push(step.name);
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));
  log(
    failed.length === 0
      ? `all passed in ${seconds(started)}`
      : `failed: ${failed.join(', ')} (${seconds(started)})`,
  );
  return failed.length === 0;
}

const seconds = (/** @type {number} */ from) => `${((performance.now() - from) / 1000).toFixed(1)} s`;

/**
 * @param {string[]} args
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function capture(args) {
  return new Promise((done, fail) => {
    const child = spawn(node24(), args, { cwd: ROOT, env: testEnvironment(), windowsHide: true });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', fail);
    child.once('close', (code) => done({ code, output }));
  });
}
