// @ts-check
// `npm test`, `npm run check`, `npm run bench`, `npm run pictures`: from a clean clone, with the project's own Node 24.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from '../electron/hosts/launch/build.mjs';
import { endRunning, onStopSignal, run } from '../electron/hosts/launch/child.mjs';
import { ensureInstalled } from '../electron/hosts/launch/install.mjs';
import { ROOT, node24 } from '../electron/hosts/launch/paths.mjs';
import { check } from './run/check.mjs';
import { ensurePackages } from './run/packages.mjs';
import { SUITES, runSuites, testEnvironment } from './run/suites.mjs';
import { closingLines } from './run/tally.mjs';

const USAGE = `Usage: npm test [-- SUITE...] [FILE...]   suites: ${SUITES.join(', ')}; FILE: a part of a test file's name
       npm run check
       npm run bench [-- --only NAME]
       npm run pictures`;

const log = (/** @type {string} */ line) => console.log(`guardroom: ${line}`);
const [command, ...args] = process.argv.slice(2);
const stop = () => void endRunning().then(() => process.exit(130));
onStopSignal(stop, stop);

/** @returns {Promise<number>} exit code */
async function test() {
  await ensurePackages(log);
  await ensureBuilt({ log });
  const named = SUITES.filter((suite) => args.includes(suite));
  const filters = args.filter((arg) => !SUITES.some((suite) => suite === arg));
  const tally = await runSuites(named.length > 0 ? named : SUITES, filters);
  const ran = tally.passed + tally.failed > 0;
  if (!ran) log('no test ran');
  console.log(closingLines(tally));
  return ran && tally.failed === 0 ? 0 : 1;
}

/** Runs a TypeScript program of the tests with Node 24, on a build. @param {string} file @returns {Promise<number>} */
async function program(file) {
  await ensurePackages(log);
  await ensureBuilt({ log });
  return (await run(node24(), [join(ROOT, file), ...args], { cwd: ROOT, env: testEnvironment() })) ?? 1;
}

/** @returns {Promise<number>} */
async function main() {
  await ensureInstalled({ log });
  switch (command) {
    case 'test':
      return test();
    case 'check':
      return (await check(log)) ? 0 : 1;
    case 'bench':
      return program('tests/bench/main.ts');
    case 'pictures':
      return program(
        ['tests/e2e/pictures.ts', 'tests/e2e/pictures.mjs'].find((file) => existsSync(join(ROOT, file))) ??
          'tests/e2e/pictures.ts',
      );
    default:
      console.error(USAGE);
      return 2;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`guardroom: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
