import { hash } from 'node:crypto';
import type { ChainReport } from '#contract/system.contract.ts';

/** JSON with sorted keys, so that one content has one text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one ?? null)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const fields = Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one)}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value);
}

/** Hash that the first entry of a chain builds on. */
export const CHAIN_START = '0'.repeat(64);

/** SHA-256 (hex) over the previous entry's hash and this entry's content: changing one changes all after it. */
export function chainHash(previous: string, content: unknown): string {
  return hash('sha256', `${previous}\n${canonicalJson(content)}`, 'hex');
}

/** What was found in several chains, as one report. */
export const mergeReports = (reports: readonly ChainReport[]): ChainReport => ({
  ok: reports.every((one) => one.ok),
  checked: reports.reduce((sum, one) => sum + one.checked, 0),
  problems: reports.flatMap((one) => one.problems),
});
