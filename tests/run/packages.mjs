// @ts-check
// What the tests need beside npm: real peers (broker, RTSP server), a browser, speech, fonts.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findBrowser } from '../../electron/hosts/launch/browser.mjs';
import { run } from '../../electron/hosts/launch/child.mjs';

/** Debian's names. */
export const DEBIAN_PACKAGES = [
  'mosquitto',
  'mosquitto-clients',
  'chromium',
  'ffmpeg',
  'espeak-ng',
  'fonts-noto-cjk',
  'fonts-dejavu-core',
  'python3-gi',
  'gir1.2-gst-rtsp-server-1.0',
  'gstreamer1.0-plugins-base',
  'gstreamer1.0-plugins-good',
  'gstreamer1.0-plugins-bad',
  'gstreamer1.0-plugins-ugly',
  'gstreamer1.0-rtsp',
  'gstreamer1.0-libav',
  'openssl',
  'iproute2',
  'vlc-bin',
  'vlc-plugin-base',
];

/** Programs looked for where packages have other names. */
const PROGRAMS = ['mosquitto', 'mosquitto_pub', 'mosquitto_sub', 'ffmpeg', 'espeak-ng', 'openssl', 'python3'];
const GST_PROBE =
  "import gi; gi.require_version('GstRtspServer','1.0'); from gi.repository import GstRtspServer";

/**
 * Installs what is missing on Debian as root; elsewhere says exactly what is missing.
 * @param {(line: string) => void} log
 * @throws {Error} naming everything that is missing
 */
export async function ensurePackages(log) {
  if (!existsSync('/etc/debian_version')) return requirePrograms();
  const missing = DEBIAN_PACKAGES.filter((name) => !debianHas(name));
  if (missing.length === 0) return;
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0) throw new Error(`the tests need packages that are missing: sudo ${command}`);
  log(`installing packages: ${missing.join(' ')}`);
  if (!hasPackageLists()) await apt(['update']);
  if ((await install(missing)) === 0) return;
  await apt(['update']); // the lists may be older than the mirror
  if ((await install(missing)) !== 0) throw new Error(`failed: ${command}`);
}

/** @param {string} name */
function debianHas(name) {
  try {
    const state = execFileSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return state === 'installed';
  } catch {
    return false; // dpkg-query exits with 1 for a package that it has never heard of
  }
}

function hasPackageLists() {
  const lists = '/var/lib/apt/lists';
  return existsSync(lists) && readdirSync(lists).some((name) => name.includes('_Packages'));
}

/** @param {string[]} names */
const install = (names) => apt(['install', '-y', '--no-install-recommends', ...names]);

/** @param {string[]} args */
const apt = (args) =>
  run('apt-get', ['-q', ...args], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });

/** @throws {Error} naming the programs that are not on the path */
function requirePrograms() {
  const missing = PROGRAMS.filter((name) => !onPath(name));
  if (!findBrowser()) missing.push('Chromium, Chrome or Edge');
  if (onPath('python3') && spawnSync('python3', ['-c', GST_PROBE], { stdio: 'ignore' }).status !== 0)
    missing.push("GStreamer's RTSP server for Python (GstRtspServer 1.0)");
  if (missing.length > 0) throw new Error(`the tests need what is missing here: ${missing.join(', ')}`);
}

/** @param {string} name */
function onPath(name) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => endings.some((ending) => existsSync(join(folder, name + ending))));
}
