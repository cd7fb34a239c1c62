// @ts-check
// Installs the npm packages when they are missing or when package-lock.json has moved on.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import { ROOT, node24, npmCommand } from './paths.mjs';

/** Longest wait for an optional download (ffmpeg-static's binary), in milliseconds. */
const OPTIONAL_DOWNLOAD_MS = 120_000;

/** @typedef {{ version?: string, optional?: boolean, link?: boolean }} LockEntry */
/** @typedef {{ packages?: Record<string, LockEntry> }} LockFile */

/**
 * Why an install is needed. npm's own record of what is in node_modules is compared with the lock file, so an
 * install by hand counts as well, and an interrupted one (npm writes the record last) does not.
 * @param {LockFile} wanted package-lock.json
 * @param {LockFile | null} installed node_modules/.package-lock.json, null where there is none
 * @returns {string | null} the reason, null when everything is there
 */
export function installNeeded(wanted, installed) {
  if (!installed) return 'packages are not installed';
  for (const [path, entry] of Object.entries(wanted.packages ?? {})) {
    if (path === '' || entry.link) continue;
    const present = installed.packages?.[path];
    if (!present && entry.optional) continue;
    if (!present) return `${nameOf(path)} is not installed`;
    if (present.version !== entry.version)
      return `${nameOf(path)} is ${present.version}, the lock file says ${entry.version}`;
  }
  return null;
}

/** @param {string} path */
const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/**
 * Installs what is missing.
 * @param {{ root?: string, log: (line: string) => void }} options
 * @returns {Promise<boolean>} whether anything was installed
 * @throws {Error} when npm failed, with what to do next
 */
export async function ensureInstalled({ root = ROOT, log }) {
  const reason =
    installNeeded(
      readJson(join(root, 'package-lock.json')) ?? {},
      readJson(join(root, 'node_modules', '.package-lock.json')),
    ) ?? (existsSync(node24(root)) ? null : "the project's Node 24 is not installed");
  if (!reason) return false;
  log(`installing packages (${reason})`);
  // Install scripts are off and the two that matter are run by name: npm before 11 does not know package.json's
  // "allowScripts" and would try to compile better-sqlite3, which brings its binary along.
  const existed = existsSync(join(root, 'node_modules'));
  // Windows cannot delete the running node.exe as `npm ci` would; there an existing tree is brought up to date.
  const verb = existed && process.platform === 'win32' ? 'install' : 'ci';
  // Engine warnings name the system's Node, which only npm runs on.
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const code = await npm([verb, ...quiet], root);
  if (code !== 0)
    throw new Error(
      `npm ${verb} failed (exit code ${code}). Check the npm registry, or delete node_modules and try again.`,
    );
  await bringNode(root);
  await bringFfmpeg(root, log);
  return true;
}

/** @param {string} root */
async function bringNode(root) {
  if (existsSync(node24(root))) return;
  const code = await npm(['rebuild', 'node', '--loglevel=error'], root);
  if (code !== 0 || !existsSync(node24(root)))
    throw new Error(
      `the 'node' package brought no binary to ${node24(root)} (npm rebuild node: exit code ${code})`,
    );
}

/**
 * ffmpeg-static fetches its binary from outside the registry; without it the system's ffmpeg or the registry's is used.
 * @param {string} root
 * @param {(line: string) => void} log
 */
async function bringFfmpeg(root, log) {
  if (process.platform !== 'win32')
    await npm(['rebuild', '@ffmpeg-installer/linux-x64'], root, { quiet: true }); // sets the file's execute bit
  if (!existsSync(join(root, 'node_modules', 'ffmpeg-static'))) return;
  const code = await npm(['rebuild', 'ffmpeg-static'], root, {
    quiet: true,
    timeoutMs: OPTIONAL_DOWNLOAD_MS,
  });
  if (code !== 0) log("ffmpeg-static's binary could not be downloaded; another ffmpeg will be used");
}

/**
 * @param {string[]} args
 * @param {string} root
 * @param {{ quiet?: boolean, timeoutMs?: number }} [options]
 * @returns {Promise<number | null>} exit code; null when killed or not started
 */
function npm(args, root, options) {
  const { command, prefix, shell } = npmCommand();
  return run(command, [...prefix, ...args], { cwd: root, shell, ...options });
}

/** @param {string} file @returns {LockFile | null} */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null; // missing or cut off: both mean "install"
  }
}
