import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type Log = Record<LogLevel, (message: string, fields?: Record<string, unknown>) => void>;

const MAX_BYTES = 10_000_000;
/** user:password@ in any address, and values of fields that carry a secret by name. */
const scrub = (text: string) =>
  text
    .replace(/(\w+:\/\/)[^\s/@"]+@/g, '$1***@')
    .replace(/("(?:password|token|secret|key)\w*"\s*:\s*")[^"]*"/gi, '$1***"');

/**
 * JSON lines to stderr and to `<folder>/station.log` (turned over at 10 MB, one older file kept).
 * Secrets are masked here once more, whatever a caller passes.
 */
export function openLog(level: LogLevel, folder?: string): Log {
  if (folder) mkdirSync(folder, { recursive: true });
  const file = folder && join(folder, 'station.log');
  const threshold = LOG_LEVELS.indexOf(level);
  const write = (at: LogLevel, message: string, fields?: Record<string, unknown>) => {
    if (LOG_LEVELS.indexOf(at) > threshold) return;
    const line = `${scrub(JSON.stringify({ time: new Date().toISOString(), level: at, message, ...fields }))}\n`;
    process.stderr.write(line);
    if (!file) return;
    try {
      if (existsSync(file) && statSync(file).size > MAX_BYTES) renameSync(file, `${file}.1`);
      appendFileSync(file, line);
    } catch {
      // a full disk must not stop the station; stderr has the line
    }
  };
  return {
    error: (message, fields) => write('error', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    info: (message, fields) => write('info', message, fields),
    debug: (message, fields) => write('debug', message, fields),
  };
}
/** Says nothing. */
export const silentLog: Log = { error() {}, warn() {}, info() {}, debug() {} };
