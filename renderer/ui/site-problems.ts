import type { JsonObject } from '#contract/base.ts';
import { toApiError } from '#api/errors.ts';
import { useText } from './text.ts';

type Problem = { path?: unknown; code?: unknown; params?: unknown };

/**
 * What is wrong with an object of the park that the station refused, a line per field in the console's language.
 * @returns words of an error of `site.put`; no line when it was refused for another reason
 */
export function useSiteProblems(): (error: unknown, label: (path: string) => string) => string[] {
  const { t, worded } = useText();
  return (error, label) => {
    const { params } = toApiError(error);
    return ((params['issues'] ?? params['problems'] ?? []) as Problem[]).map((one) => {
      // `cameras[12].placeId` where the whole park was checked
      const path = String(one.path).replace(/^\w+\[\d+\]\./, '');
      const code = String(one.code);
      const last =
        path
          .replace(/\.?\d+$/, '')
          .split('.')
          .at(-1) ?? '';
      const problem = worded('site.problem', `${code}.${last}`, one.params as JsonObject) ?? code;
      return t('site.inField', { field: label(path), problem });
    });
  };
}
