import { LineCounter, isNode, parseDocument, stringify } from 'yaml';
import type { SiteProblem } from '#contract/site.contract.ts';
import { siteFile, type Site, type SiteFile } from '#contract/site.ts';
import { schemaProblem } from './schema-problem.ts';
import { checkSite } from './site-check.ts';

const textOf = (path: readonly PropertyKey[]) =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part),
    '',
  );
const partsOf = (path: string) =>
  [...path.matchAll(/[^.[\]]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part));

/**
 * Reads a site file (YAML).
 * @returns the file, or every problem with its path and line
 */
export function parseSiteFile(text: string): { file: SiteFile } | { problems: SiteProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    return {
      problems: document.errors.slice(0, 100).map((error) => ({
        path: '',
        line: lines.linePos(error.pos[0]).line,
        code: 'yaml',
        params: { message: error.message.split('\n')[0]! },
      })),
    };
  }
  /** Line of the nearest node there is on the way to a path. */
  const lineOf = (path: readonly PropertyKey[]): number | undefined => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return undefined;
  };
  let content: unknown;
  try {
    content = document.toJS();
  } catch (error) {
    // an alias (*x) of nothing is found only when the text is turned into values
    return { problems: [{ path: '', code: 'yaml', params: { message: (error as Error).message } }] };
  }
  const parsed = siteFile.safeParse(content);
  if (!parsed.success) {
    return {
      problems: parsed.error.issues.slice(0, 100).map((issue) => ({
        ...schemaProblem(issue, content),
        path: textOf(issue.path),
        line: lineOf(issue.path),
      })),
    };
  }
  const problems = checkSite(parsed.data)
    .slice(0, 100)
    .map((problem) => ({ ...problem, line: lineOf(partsOf(problem.path)) }));
  return problems.length > 0 ? { problems } : { file: parsed.data };
}

/** The site as YAML again; passwords are not part of a site in memory, so none is written. */
export const writeSiteFile = (site: Site): string => stringify(site, { lineWidth: 110 });
