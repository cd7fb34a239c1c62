// @ts-check
// Builds out/ when the sources are not the ones that it was built from.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import { ROOT, node24 } from './paths.mjs';

/** The console's help: its pages are built in, its pictures are not. */
const HELP = 'resources/docs';
/** What the build reads. Everything else in resources/ is read by the running station, not by the build. */
const SOURCES = [
  'electron',
  'native',
  'renderer',
  'resources/locales',
  HELP,
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
];
const STAMP = join('out', '.built-from');

/**
 * A digest of the names and contents of all sources. Contents, not times: a checkout or a copy changes the times.
 * @param {string} [root]
 * @returns {string} SHA-256, hexadecimal
 */
export function sourceDigest(root = ROOT) {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((source) => filesUnder(root, source)).sort()) {
    const content = readFileSync(join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * @param {string} root
 * @param {string} path relative, with forward slashes
 * @returns {string[]}
 */
function filesUnder(root, path) {
  if (!existsSync(join(root, path))) return [];
  if (/\.[a-z]+$/.test(path)) return [path];
  return readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) => {
    const below = `${path}/${entry.name}`;
    if (entry.isDirectory()) return path === HELP ? [] : filesUnder(root, below);
    return entry.isFile() && entry.name.endsWith('.md') === (path === HELP) ? [below] : [];
  });
}

/**
 * Builds when needed.
 * @param {{ root?: string, log: (line: string) => void, force?: boolean }} options
 * @returns {Promise<boolean>} whether a build was made
 * @throws {Error} when the build failed
 */
export async function ensureBuilt({ root = ROOT, log, force = false }) {
  const digest = sourceDigest(root);
  const stamp = join(root, STAMP);
  if (!force && isBuilt(root) && readFileSync(stamp, 'utf8') === digest) return false;
  log(isBuilt(root) ? 'building (the sources have changed)' : 'building');
  rmSync(join(root, 'out'), { recursive: true, force: true });
  const script = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const code = await run(node24(root), [script, 'build', '--logLevel', 'warn'], { cwd: root });
  if (code !== 0) throw new Error(`the build failed (electron-vite build: exit code ${code})`);
  mkdirSync(join(root, 'out'), { recursive: true });
  writeFileSync(stamp, digest);
  return true;
}

/**
 * Whether there is a finished build, of whatever sources.
 * @param {string} [root]
 */
export function isBuilt(root = ROOT) {
  return [STAMP, join('out', 'main', 'web.js'), join('out', 'renderer', 'index.html')].every((file) =>
    existsSync(join(root, file)),
  );
}
