// @ts-check
// The options of `npm start`, shared by the launcher and both hosts, so that one table says what exists.
import { parseArgs } from 'node:util';

/** @typedef {'desktop' | 'web'} HostName */
/** @typedef {'debug' | 'info' | 'warn' | 'error'} LogLevel */
/**
 * @typedef {object} LaunchOptions
 * @property {HostName | null} host the host that was asked for; null: the launcher chooses
 * @property {number | null} port loopback port of the web host (0: any free one); null: the usual one, else a free one
 * @property {string | null} data directory of the database and the recordings; null: the host's own default
 * @property {string | null} site site file (YAML); null: the demo park
 * @property {boolean} browser whether the web host's console is opened in a browser
 * @property {LogLevel} logLevel
 * @property {boolean} kiosk desktop: full screen, without a way out but signing off
 * @property {boolean} restoreLastBackup put the last good back-up in the place of a damaged database
 * @property {number | null} brokerPort loopback port of the embedded broker (0: any free one); null: as the settings say
 * @property {number | null} rtspPort loopback port of the demo park's cameras (0: any free one); null: the usual one
 * @property {boolean} help
 */

/** Port that the web host takes when none is asked for and it is free. */
export const DEFAULT_PORT = 4860;
const LOG_LEVELS = /** @type {const} */ (['debug', 'info', 'warn', 'error']);

/** An option that does not exist or has a value that it cannot have; the launcher prints the message and exits with 2. */
export class OptionError extends Error {
  /** @override */
  name = 'OptionError';
}

export const HELP = `Guardroom: the command center of a guard room.

Usage: npm start -- [options]

  --host desktop|web   desktop: an Electron window; web: a loopback server and a browser.
                       Default: desktop where Electron is or can be installed, else web.
  --port N             port of the web host on 127.0.0.1 (default ${DEFAULT_PORT}, or a free one; 0: any free one)
  --data DIR           where database, recordings and settings are kept (default: data/ in the project)
  --site FILE          site file of the park (default: the demo park)
  --no-browser         web host: do not open a browser
  --kiosk              full screen, nothing else on the desktop to reach
  --restore-last-backup
                       put the last good back-up in the place of a damaged database
  --broker-port N      port of the embedded MQTT broker, instead of the one in the settings (0: any free one)
  --rtsp-port N        port of the demo park's cameras (0: any free one)
  --log-level LEVEL    ${LOG_LEVELS.join(', ')} (default info)
  --help               this text`;

const table = /** @type {const} */ ({
  host: { type: 'string' },
  port: { type: 'string' },
  data: { type: 'string' },
  site: { type: 'string' },
  'no-browser': { type: 'boolean' },
  kiosk: { type: 'boolean' },
  'restore-last-backup': { type: 'boolean' },
  'broker-port': { type: 'string' },
  'rtsp-port': { type: 'string' },
  'log-level': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
});

/**
 * Reads the command line.
 * @param {readonly string[]} argv arguments without the interpreter and the script
 * @returns {LaunchOptions}
 * @throws {OptionError} naming the option and what it may be
 */
export function parseOptions(argv) {
  const { values, positionals } = read(argv);
  if (positionals.length > 0)
    throw new OptionError(`'${positionals[0]}' is not an option; 'npm start -- --help' lists them`);
  return {
    host: oneOf('host', values.host ?? null, /** @type {const} */ (['desktop', 'web'])),
    port: portOf('port', values.port ?? null),
    data: filled('data', values.data ?? null),
    site: filled('site', values.site ?? null),
    browser: !values['no-browser'],
    kiosk: values.kiosk ?? false,
    restoreLastBackup: values['restore-last-backup'] ?? false,
    brokerPort: portOf('broker-port', values['broker-port'] ?? null),
    rtspPort: portOf('rtsp-port', values['rtsp-port'] ?? null),
    logLevel: oneOf('log-level', values['log-level'] ?? 'info', LOG_LEVELS) ?? 'info',
    help: values.help ?? false,
  };
}

/**
 * The command line that hands these options on to a host.
 * @param {LaunchOptions} options
 * @returns {string[]}
 */
export function hostArguments(options) {
  const args = ['--log-level', options.logLevel];
  if (options.port !== null) args.push('--port', String(options.port));
  if (options.data !== null) args.push('--data', options.data);
  if (options.site !== null) args.push('--site', options.site);
  if (options.restoreLastBackup) args.push('--restore-last-backup');
  if (options.brokerPort !== null) args.push('--broker-port', String(options.brokerPort));
  if (options.rtspPort !== null) args.push('--rtsp-port', String(options.rtspPort));
  if (options.kiosk) args.push('--kiosk');
  return args;
}

/** @param {readonly string[]} argv */
function read(argv) {
  try {
    return parseArgs({ args: [...argv], options: table, allowPositionals: true, strict: true });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new OptionError(`${text.split(/\. (?=To )/)[0]}; 'npm start -- --help' lists the options`);
  }
}

/**
 * @template {string} T
 * @param {string} name
 * @param {string | null} value
 * @param {readonly T[]} allowed
 * @returns {T | null}
 */
function oneOf(name, value, allowed) {
  if (value === null) return null;
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new OptionError(`--${name} is one of ${allowed.join(', ')}, not '${value}'`);
  return found;
}

/**
 * @param {string} name
 * @param {string | null} value
 */
function portOf(name, value) {
  if (value === null) return null;
  const port = Number(value);
  if (!/^\d+$/.test(value) || port > 65_535)
    throw new OptionError(`--${name} is a number from 0 to 65535, not '${value}'`);
  return port;
}

/**
 * @param {string} name
 * @param {string | null} value
 */
function filled(name, value) {
  if (value === '') throw new OptionError(`--${name} needs a path`);
  return value;
}

/**
 * The ports that replace the settings' for this run, as `startStation` takes them.
 * @param {Pick<LaunchOptions, 'brokerPort' | 'rtspPort'>} options
 * @returns {{ brokerPort?: number, demoRtspPort?: number }}
 */
export const stationOverrides = ({ brokerPort, rtspPort }) => ({
  ...(brokerPort === null ? {} : { brokerPort }),
  ...(rtspPort === null ? {} : { demoRtspPort: rtspPort }),
});
