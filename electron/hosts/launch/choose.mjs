// @ts-check
// Which host runs, and why, in words for the terminal. Pure: the facts come in.

/**
 * @typedef {object} HostFacts
 * @property {import('./options.mjs').HostName | null} asked the host named with --host
 * @property {boolean} display whether a window can be shown
 * @property {boolean} rootOnLinux Chromium's sandbox, which this product does not do without, refuses root
 * @property {boolean} electron whether Electron's binary is installed
 */
/** @typedef {{ host: import('./options.mjs').HostName, why: string } | { refused: string }} Choice */

/**
 * What stands in the way of the desktop host, whether or not the binary is there.
 * @param {Pick<HostFacts, 'display' | 'rootOnLinux'>} facts
 * @returns {string | null}
 */
export function desktopObstacle({ display, rootOnLinux }) {
  if (!display) return 'no display';
  if (rootOnLinux) return "Electron's sandbox refuses root";
  return null;
}

/**
 * @param {HostFacts} facts
 * @returns {Choice}
 */
export function chooseHost(facts) {
  if (facts.asked === 'web') return { host: 'web', why: 'asked for' };
  const obstacle =
    desktopObstacle(facts) ?? (facts.electron ? null : 'Electron is not installed and cannot be fetched');
  if (!obstacle) return { host: 'desktop', why: facts.asked ? 'asked for' : 'Electron is installed' };
  if (facts.asked === 'desktop') return { refused: `the desktop host cannot run here: ${obstacle}` };
  return { host: 'web', why: obstacle };
}

/**
 * Whether a window can be shown here.
 * @param {NodeJS.Platform} platform
 * @param {Record<string, string | undefined>} env
 */
export function hasDisplay(platform, env) {
  return platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}
