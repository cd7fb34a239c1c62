// @ts-check
// Whether Electron's binary is there, and one try to fetch it where it is not.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './child.mjs';
import { ROOT, node24 } from './paths.mjs';

/** A download that takes longer is given up; the web host serves meanwhile. */
const DOWNLOAD_MS = 150_000;
/** After a failed download the next try waits this long, so that an offline machine starts quickly. */
const RETRY_AFTER_MS = 24 * 3_600_000;

/**
 * The path of the installed binary, by the same marks that Electron's own installer leaves.
 * @param {string} [root]
 * @returns {string | null}
 */
export function electronBinary(root = ROOT) {
  const home = join(root, 'node_modules', 'electron');
  try {
    const binary = join(home, 'dist', readFileSync(join(home, 'path.txt'), 'utf8').trim());
    const present = readFileSync(join(home, 'dist', 'version'), 'utf8')
      .trim()
      .replace(/^v/, '');
    return present === electronVersion(root) && existsSync(binary) ? binary : null;
  } catch {
    return null; // any mark missing: not installed
  }
}

/**
 * @param {string} [root]
 * @returns {string | null} the version that the packages ask for; null without the package
 */
export function electronVersion(root = ROOT) {
  try {
    return JSON.parse(readFileSync(join(root, 'node_modules', 'electron', 'package.json'), 'utf8')).version;
  } catch {
    return null;
  }
}

/**
 * Fetches the binary once; a failure is remembered, for this version, for a day.
 * @param {{ root?: string, log: (line: string) => void, insist: boolean, nowMs?: number }} options insist: the desktop
 *   host was asked for by name, so an earlier failure does not count
 * @returns {Promise<string | null>} the binary's path
 */
export async function fetchElectron({ root = ROOT, log, insist, nowMs = Date.now() }) {
  const version = electronVersion(root);
  const installer = join(root, 'node_modules', 'electron', 'install.js');
  if (!version || !existsSync(installer)) return null;
  const memory = join(root, 'node_modules', '.cache', 'guardroom', 'electron-download-failed.json');
  if (!insist && failedLately(memory, version, nowMs)) return null;
  log(`fetching Electron ${version} (once, ${DOWNLOAD_MS / 1000} s at the most)`);
  const code = await run(node24(root), [installer], { cwd: root, quiet: true, timeoutMs: DOWNLOAD_MS });
  const binary = electronBinary(root);
  if (code === 0 && binary) {
    rmSync(memory, { force: true });
    return binary;
  }
  mkdirSync(dirname(memory), { recursive: true });
  writeFileSync(memory, JSON.stringify({ version, failedAtMs: nowMs }));
  return null;
}

/**
 * @param {string} memory
 * @param {string} version
 * @param {number} nowMs
 */
function failedLately(memory, version, nowMs) {
  try {
    const past = JSON.parse(readFileSync(memory, 'utf8'));
    const agoMs = nowMs - past.failedAtMs;
    return past.version === version && agoMs >= 0 && agoMs < RETRY_AFTER_MS;
  } catch {
    return false; // no failure on record
  }
}
