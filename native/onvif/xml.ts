import soap from 'node-onvif/lib/modules/soap.js';
import { OnvifError } from './errors.ts';

/** An element as the reader gives it: names without prefix; `$` attributes, `_` text beside attributes. */
export type Xml = string | { [name: string]: Xml | Xml[] };

/**
 * Reads a device's XML. Prefixes differ from vendor to vendor (`SOAP-ENV`, `s`, `env`, none) and mean nothing, so names
 * come without them. Documents with a DTD are refused: SOAP forbids them, and they only serve to blow up readers.
 * @throws OnvifError not_onvif
 */
export async function readXml(text: string): Promise<Xml> {
  if (/<!DOCTYPE/i.test(text)) throw new OnvifError('not_onvif');
  try {
    return ((await soap.parse(repair(text))) as Xml | null) ?? '';
  } catch {
    throw new OnvifError('not_onvif');
  }
}

/** What devices get wrong: a byte order mark or blanks in front, and bare ampersands in stream addresses. */
const repair = (text: string) =>
  text.replace(/^[\uFEFF\s]+/, '').replace(/&(?!(?:#\d+|#x[\da-f]+|amp|lt|gt|quot|apos);)/gi, '&amp;');

const list = (value: Xml | Xml[] | undefined): Xml[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** All elements of that name right below. */
export function children(node: Xml | undefined, name: string): Xml[] {
  return node === undefined || typeof node === 'string' || !Object.hasOwn(node, name) ? [] : list(node[name]);
}

/** The first element at the end of a path of names. */
export function child(node: Xml | undefined, ...path: string[]): Xml | undefined {
  return path.reduce<Xml | undefined>((at, name) => children(at, name)[0], node);
}

/** Its text, trimmed; undefined where the element is missing or empty. */
export function text(node: Xml | undefined, ...path: string[]): string | undefined {
  const found = child(node, ...path);
  const raw = typeof found === 'string' ? found : found?.['_'];
  return (typeof raw === 'string' ? raw.trim() : '') || undefined;
}

/** A finite number, else undefined (devices write `NaN`, empty elements and units). */
export function number(node: Xml | undefined, ...path: string[]): number | undefined {
  const raw = text(node, ...path);
  const value = raw === undefined ? Number.NaN : Number(raw);
  return Number.isFinite(value) ? value : undefined;
}

/** `true` and `1`, in any case, are true; anything else there is false. */
export function flag(node: Xml | undefined, ...path: string[]): boolean | undefined {
  const raw = text(node, ...path);
  return raw === undefined ? undefined : /^(true|1)$/i.test(raw);
}

/** An attribute by its name without prefix. */
export function attribute(node: Xml | undefined, name: string): string | undefined {
  const all = typeof node === 'object' ? node['$'] : undefined;
  if (typeof all !== 'object' || Array.isArray(all)) return undefined;
  const key = Object.keys(all).find((one) => one === name || one.endsWith(`:${name}`));
  const value = key === undefined ? undefined : all[key];
  return typeof value === 'string' ? value : undefined;
}

/** Names of the elements right below. */
export const names = (node: Xml | undefined): string[] =>
  typeof node === 'object' ? Object.keys(node).filter((name) => name !== '$' && name !== '_') : [];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
/** Text for an element or attribute of a request. Control characters, which XML cannot carry, are dropped. */
export const escapeXml = (value: string): string =>
  value.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/g, '').replace(/[&<>"']/g, (one) => ENTITIES[one]!);
