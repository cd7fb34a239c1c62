// @ts-check
// Where things are, for the launcher and the test runner. Nothing here needs an installed package.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root directory. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/**
 * The Node 24 that the dev dependency brings. The system's Node may be older and would crash in the SQLite module.
 * @param {string} [root]
 */
export function node24(root = ROOT) {
  return join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/**
 * How to call npm: the one that started us, else the one on the path.
 * @param {Record<string, string | undefined>} [env]
 * @returns {{ command: string, prefix: string[], shell: boolean }}
 */
export function npmCommand(env = process.env) {
  const script = env.npm_execpath;
  const runner = env.npm_node_execpath;
  if (script && runner && /npm-cli\.[cm]?js$/.test(script) && existsSync(runner))
    return { command: runner, prefix: [script], shell: false };
  // npm is npm.cmd on Windows, which only a shell can start; the arguments that we pass are constants.
  return { command: 'npm', prefix: [], shell: process.platform === 'win32' };
}
