// @ts-check
// Writes resources/THIRD-PARTY-NOTICES.md: what the product contains of others, with versions, licences and their texts.
// Deterministic: the same package-lock.json gives the same file on every machine. `npm run notices`
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Development dependencies whose code the build puts into the console; the rest of them never leaves this repository. */
const BUNDLED = ['@vueuse/core', 'echarts', 'electron', 'maplibre-gl', 'naive-ui', 'pinia', 'vue', 'vue-i18n', 'vue-router']; // prettier-ignore
/** Of these only the package itself ships, not what its npm package needs to be fetched or to plug into a build. */
const LEAVES = new Set(['electron', 'vue-router']);
/** Depended on by Vue, but left out of a production build. */
const LEFT_OUT = new Set(['@vue/compiler-sfc', '@vue/devtools-api', '@vue/server-renderer', 'typescript']);
const ROOT = join(import.meta.dirname, '..', '..');
const TARGET = join(ROOT, 'resources', 'THIRD-PARTY-NOTICES.md');

/**
 * @typedef {object} LockEntry
 * @property {string} [version]
 * @property {string} [license]
 * @property {boolean} [optional]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */
/** @typedef {Record<string, LockEntry>} LockPackages the `packages` of a package-lock.json, by path */
/** @typedef {{ path: string, name: string, version: string, license: string, optional: boolean }} Shipped */

/** @param {string} path */
const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/**
 * The entry that Node finds for a name required from a package: its own node_modules, then each above it.
 * @param {LockPackages} packages
 * @param {string} from
 * @param {string} name
 * @returns {string | null}
 */
function resolve(packages, from, name) {
  const parts = from === '' ? [] : from.split('/node_modules/');
  for (let depth = parts.length; depth >= 0; depth -= 1) {
    const base = parts.slice(0, depth).join('/node_modules/');
    const path = base === '' ? `node_modules/${name}` : `${base}/node_modules/${name}`;
    if (packages[path]) return path;
  }
  return null; // optional, and not for any platform of the lock file
}

/**
 * Every package that is part of the product, by name and version.
 * @param {LockPackages} packages
 * @returns {Shipped[]}
 */
export function shippedPackages(packages) {
  const root = packages[''] ?? {};
  const waiting = [...Object.keys({ ...root.dependencies, ...root.optionalDependencies }), ...BUNDLED].map(
    (name) => resolve(packages, '', name),
  );
  /** @type {Map<string, Shipped>} */
  const found = new Map();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const entry = path === null ? undefined : packages[path];
    if (path === null || !entry || found.has(path)) continue;
    const { version = '', license = 'see its text', optional = false } = entry;
    found.set(path, { path, name: nameOf(path), version, license, optional });
    if (LEAVES.has(nameOf(path))) continue;
    const needs = { ...entry.dependencies, ...entry.optionalDependencies };
    const at = path;
    // Types are not code: they never reach the product.
    waiting.push(...Object.keys(needs).filter((name) => !name.startsWith('@types/') && !LEFT_OUT.has(name)).map((name) => resolve(packages, at, name))); // prettier-ignore
  }
  const key = (/** @type {Shipped} */ one) => `${one.name}@${one.version}`;
  const unique = new Map([...found.values()].map((one) => [key(one), one]));
  return [...unique.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/**
 * The licence files of an installed package, one after another.
 * @param {string} folder
 * @returns {string}
 */
function licenceText(folder) {
  if (!existsSync(folder)) return '';
  return readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)([.-].*)?$/i.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim())
    .join('\n\n');
}

/**
 * @param {string} root the project's folder
 * @returns {string} the whole document
 */
export function notices(root) {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const shipped = shippedPackages(lock.packages);
  const sections = shipped.map(({ path, name, version, license, optional }) => {
    const heading = `## ${name} ${version}\n\nLicence: ${license}\n`;
    // Optional packages are installed on some machines only; naming their licence keeps the file the same on all.
    const text = optional ? '' : licenceText(join(root, path));
    return text ? `${heading}\n\`\`\`text\n${text.replaceAll('```', "'''")}\n\`\`\`\n` : heading;
  });
  return `# Third-party notices

Guardroom contains the ${shipped.length} packages below. Written by \`npm run notices\` from package-lock.json; do not edit.
Electron's binary contains Chromium, Node.js and FFmpeg; their notices lie beside it as LICENSES.chromium.html.
The ffmpeg of ffmpeg-static or @ffmpeg-installer is a program of its own under the GPL; its licence lies beside it.

${sections.join('\n')}`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const text = notices(ROOT);
  writeFileSync(TARGET, text);
  console.log('guardroom: resources/THIRD-PARTY-NOTICES.md written');
}
