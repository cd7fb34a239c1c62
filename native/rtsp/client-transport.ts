import { RtspClientError } from './client-errors.ts';

/** RFC 2326 12.37. */
const DEFAULT_TIMEOUT_MS = 60_000;
/** What a device says below this is a slip; above it, keeping alive is our own business. */
const LEAST_TIMEOUT_MS = 400;
const MOST_TIMEOUT_MS = 3_600_000;

/** What is known of the session; it has no id as long as the camera has named none: later answers may. */
export interface RtspSession {
  id: string | undefined;
  timeoutMs: number;
}

/**
 * Reads `Session: id;timeout=60`. Some devices name the session in another answer than that to SETUP.
 * @throws RtspClientError bad_data for a header without an id
 */
export function sessionOf(header: string | undefined): RtspSession {
  if (header === undefined) return { id: undefined, timeoutMs: DEFAULT_TIMEOUT_MS };
  const [id = '', ...rest] = header.split(';').map((part) => part.trim());
  // An id goes back into our requests: nothing in it may end a line.
  if (!/^[\x21-\x7e]{1,256}$/.test(id)) throw new RtspClientError('bad_data', { what: 'session' });
  const seconds = Number(/^timeout\s*=\s*"?(\d{1,6})/i.exec(rest.join(';'))?.[1] ?? 0);
  const timeoutMs = seconds === 0 ? DEFAULT_TIMEOUT_MS : seconds * 1_000;
  return { id, timeoutMs: Math.min(MOST_TIMEOUT_MS, Math.max(LEAST_TIMEOUT_MS, timeoutMs)) };
}

/**
 * The channels that the camera confirms, for media and reports; those asked for if it does not say. One that names
 * channels means this connection, also where it forgets to say TCP.
 */
export function channelsOf(
  header: string | undefined,
  asked: readonly [number, number] = [0, 1],
): readonly [number, number] {
  const found = /interleaved\s*=\s*(\d{1,3})(?:\s*-\s*(\d{1,3}))?/i.exec(header ?? '');
  if (!found) {
    if (header === undefined || /TCP/i.test(header)) return asked;
    throw new RtspClientError('unsupported', { what: 'transport' });
  }
  const media = Number(found[1]);
  const reports = found[2] === undefined ? media + 1 : Number(found[2]);
  if (media > 255 || reports > 255) throw new RtspClientError('bad_data', { what: 'channels' });
  return [media, reports];
}
