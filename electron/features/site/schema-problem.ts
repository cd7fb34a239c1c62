import type { z } from 'zod';
import type { JsonObject } from '#contract/base.ts';

const valueAt = (raw: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    raw,
  );
const bound = (value: unknown) => (typeof value === 'bigint' ? Number(value) : (value as number));
const isNothing = (value: unknown) => value === undefined || value === null || value === '';

/**
 * What a schema says is wrong, as a code that `site.problem` words: `missing`, `too_low`, `too_short`, `not_a_stream`…
 * @param raw what was checked: an empty field is missing, whatever rule it broke first
 */
export function schemaProblem(
  issue: z.core.$ZodIssue,
  raw: unknown,
): { path: string; code: string; params: JsonObject } {
  const path = issue.path.map(String).join('.');
  const [code, params] = isNothing(valueAt(raw, issue.path)) ? ['missing', {}] : codeOf(issue);
  return { path, code, params: params as JsonObject };
}

function codeOf(issue: z.core.$ZodIssue): [string, object] {
  switch (issue.code) {
    case 'too_small':
      return [issue.origin === 'string' ? 'too_short' : issue.origin === 'array' ? 'too_few' : 'too_low', { least: bound(issue.minimum) }]; // prettier-ignore
    case 'too_big':
      return [issue.origin === 'string' ? 'too_long' : issue.origin === 'array' ? 'too_many' : 'too_high', { most: bound(issue.maximum) }]; // prettier-ignore
    case 'invalid_type':
      return [issue.expected === 'number' || issue.expected === 'int' ? 'not_a_number' : 'wrong_kind', {}];
    case 'invalid_value':
      return ['not_a_choice', { choices: issue.values.map(String) }];
    case 'invalid_format':
      return [issue.format === 'url' ? 'not_an_address' : 'wrong_form', {}];
    case 'custom':
      return [typeof issue.params?.['code'] === 'string' ? issue.params['code'] : 'wrong', {}];
    default:
      return ['wrong', {}];
  }
}
