import { z } from 'zod';
import type { JsonObject } from '#contract/base.ts';
import { siteCollections, type Site, type SiteCollection } from '#contract/site.ts';

/** One field of the form of a site object, read off the contract's schema. */
export interface FormField {
  key: string;
  required: boolean;
  kind: 'text' | 'number' | 'boolean' | 'choice' | 'names' | 'reference' | 'references' | 'texts' | 'json';
  options: string[];
  /** Collection that a reference points into. */
  of: SiteCollection | null;
  min?: number;
  max?: number;
}
interface Node {
  type?: string;
  enum?: string[];
  properties?: Record<string, Node>;
  required?: string[];
  items?: Node;
  minimum?: number;
  maximum?: number;
}

const REFERENCES: Record<string, SiteCollection> = {
  placeId: 'places',
  parentId: 'places',
  controllerId: 'devices',
  deviceIds: 'devices',
  cameraIds: 'cameras',
  checkpointIds: 'checkpoints',
};

function kindOf(key: string, node: Node): FormField['kind'] {
  if (node.properties?.['zh']) return 'names';
  if (REFERENCES[key]) return node.type === 'array' ? 'references' : 'reference';
  if (node.enum) return 'choice';
  if (node.type === 'number' || node.type === 'integer') return 'number';
  if (node.type === 'boolean') return 'boolean';
  if (node.type === 'string') return 'text';
  if (node.type === 'array' && node.items?.type === 'string' && !node.items.enum) return 'texts';
  return 'json';
}

/** Fields of a collection's objects in the order of the contract. */
export function fieldsOf(collection: SiteCollection): FormField[] {
  const schema = z.toJSONSchema(siteCollections[collection], { io: 'input', unrepresentable: 'any' }) as Node;
  return Object.entries(schema.properties ?? {}).map(([key, node]) => ({
    key,
    required: schema.required?.includes(key) ?? false,
    kind: kindOf(key, node),
    options: node.enum ?? [],
    of: REFERENCES[key] ?? null,
    ...(node.minimum === undefined ? {} : { min: Math.max(node.minimum, -1e9) }),
    ...(node.maximum === undefined ? {} : { max: Math.min(node.maximum, 1e9) }),
  }));
}

/** A form's content without its empty parts; JSON fields are read from their text. @throws SyntaxError naming the field */
export function objectOf(fields: FormField[], form: Record<string, unknown>): JsonObject {
  const out: Record<string, unknown> = {};
  for (const { key, kind } of fields) {
    const value = form[key];
    if (value === undefined || value === null || value === '') continue;
    if (kind !== 'json') out[key] = value;
    else {
      try {
        out[key] = JSON.parse(String(value)) as unknown;
      } catch (error) {
        throw new SyntaxError(`${key}: ${(error as Error).message}`);
      }
    }
  }
  return out as JsonObject;
}
/** An object as a form holds it. */
export function formOf(fields: FormField[], object: Record<string, unknown> | null): Record<string, unknown> {
  const form: Record<string, unknown> = {};
  for (const { key, kind } of fields) {
    const value = object?.[key];
    if (kind === 'names') form[key] = { zh: '', en: '', ...(value as object | undefined) };
    else if (kind === 'json') form[key] = value === undefined ? '' : JSON.stringify(value);
    else if (kind === 'references' || kind === 'texts') form[key] = value ?? [];
    else form[key] = value ?? null;
  }
  return form;
}
/** Objects of a collection of the site. */
export const objectsOf = (
  site: Site | null,
  collection: SiteCollection,
): { id: string; name: { zh: string; en: string } }[] => site?.[collection] ?? [];
