import { isIPv4 } from 'node:net';
import { OnvifError } from './errors.ts';

/** As many as an operator asks for by mistake; a /20 holds 4094. */
const MAX_ADDRESSES = 4_096;
const NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;

const toNumber = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const toText = (value: number) =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/** Loopback, link-local and private (RFC 1918, RFC 6598): where cameras are. A range anywhere else is a slip of the hand. */
function isLocal(value: number): boolean {
  const inside = (network: string, bits: number) =>
    Math.floor(value / 2 ** (32 - bits)) === Math.floor(toNumber(network) / 2 ** (32 - bits));
  return (
    inside('127.0.0.0', 8) ||
    inside('10.0.0.0', 8) ||
    inside('172.16.0.0', 12) ||
    inside('192.168.0.0', 16) ||
    inside('169.254.0.0', 16) ||
    inside('100.64.0.0', 10)
  );
}

/**
 * What an operator typed, as single addresses, each once and in order: `192.168.1.64`, a name, `192.168.1.10-40`,
 * `192.168.1.10-192.168.2.20` or `192.168.1.0/24` (without network and broadcast address), separated by blanks, commas
 * or lines. Ranges only in local networks; single addresses anywhere.
 * @throws OnvifError bad_address, params.value: the part; params.why: form | too_many | not_local
 */
export function expandAddresses(typed: string): string[] {
  const found = new Set<string>();
  for (const part of typed.split(/[\s,;，；、]+/).filter((one) => one !== '')) {
    const bad = (why: string) => new OnvifError('bad_address', { value: part.slice(0, 100), why });
    if (isIPv4(part)) found.add(part);
    else if (/^[\d.]+[-/][\d.]+$/.test(part)) {
      const range = part.includes('/') ? network(part) : span(part);
      if (!range) throw bad('form');
      const [from, to] = range;
      if (to - from >= MAX_ADDRESSES || found.size + to - from >= MAX_ADDRESSES) throw bad('too_many');
      if (!isLocal(from) || !isLocal(to)) throw bad('not_local');
      for (let value = from; value <= to; value += 1) found.add(toText(value));
    } else if (NAME.test(part) && !/^[\d.]+$/.test(part)) found.add(part.toLowerCase());
    else throw bad('form');
    if (found.size > MAX_ADDRESSES) throw bad('too_many');
  }
  return [...found];
}

function span(part: string): [number, number] | undefined {
  const [low = '', high = ''] = part.split('-');
  if (!isIPv4(low)) return undefined;
  const end = /^\d+$/.test(high) ? `${low.slice(0, low.lastIndexOf('.'))}.${high}` : high;
  if (!isIPv4(end) || toNumber(end) < toNumber(low)) return undefined;
  return [toNumber(low), toNumber(end)];
}

function network(part: string): [number, number] | undefined {
  const [address = '', mask = ''] = part.split('/');
  const bits = Number(mask);
  if (!isIPv4(address) || !/^\d{1,2}$/.test(mask) || bits < 8 || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  const from = Math.floor(toNumber(address) / size) * size;
  return bits >= 31 ? [from, from + size - 1] : [from + 1, from + size - 2];
}
