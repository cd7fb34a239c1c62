import { getEventIteratorSchemaDetails, isContractProcedure } from '@orpc/contract';
import { z } from 'zod';
import type { MethodMeta } from '#contract/base.ts';
import { contract } from '#contract/index.ts';

export interface MethodFacts {
  permission: MethodMeta['permission'];
  mutates: boolean;
  /** Its input takes an idempotency key: a repeat under the same key is answered with the first result. */
  keyed: boolean;
  /** Answers with an endless iterator. */
  live: boolean;
}
const known = new Map<string, MethodFacts>();

/**
 * What the contract says about a method.
 * @throws TypeError when the contract has no method at `path`
 */
export function methodAt(path: readonly string[]): MethodFacts {
  const name = path.join('.');
  const found = known.get(name);
  if (found) return found;
  let node: unknown = contract;
  for (const key of path) node = (node as Record<string, unknown> | undefined)?.[key];
  if (!isContractProcedure(node)) throw new TypeError(`no contract method ${name}`);
  const { meta, inputSchema, outputSchema } = node['~orpc'];
  const { permission, mutates } = meta as MethodMeta;
  const facts: MethodFacts = {
    permission,
    mutates,
    keyed: mutates && inputSchema instanceof z.ZodObject && 'idempotencyKey' in inputSchema.shape,
    live: getEventIteratorSchemaDetails(outputSchema) !== undefined,
  };
  known.set(name, facts);
  return facts;
}
