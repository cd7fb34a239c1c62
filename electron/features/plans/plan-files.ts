import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { plan as planSchema, type Plan } from '#contract/plan.ts';
import { checkPlan } from '#domain/plan-check.ts';

/** Why a file (or a part of it) cannot be used; `path` as in `steps[3].after[0]`, `line` from 1. */
export interface PlanFileProblem {
  file: string;
  path: string;
  line: number | null;
  message: string;
}
export interface PlanLibrary {
  plans: readonly Plan[];
  /** Name of the file that each plan came from, by plan id. */
  fileOf: ReadonlyMap<string, string>;
  problems: readonly PlanFileProblem[];
}

const MAX_BYTES = 1_000_000;
const MAX_PROBLEMS = 50;

/** `['steps', 3, 'after', 0]` as `steps[3].after[0]`. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? String(part) : `.${String(part)}`;
  }
  return text;
}

/**
 * Reads the text of one plan file (YAML). Problems name the path inside the file and its line; a
 * plan with any is not used, since half a plan in an emergency is worse than the next one.
 */
export function parsePlan(text: string, file: string): { plan: Plan } | { problems: PlanFileProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problem = (path: readonly PropertyKey[], line: number | null, message: string): PlanFileProblem => ({
    file,
    path: pathText(path),
    line,
    message,
  });
  if (document.errors.length > 0) {
    const problems = document.errors
      .slice(0, MAX_PROBLEMS)
      .map(({ message, pos }) => problem([], lines.linePos(pos[0]).line, message.split('\n')[0] ?? message));
    return { problems };
  }
  /** Line of the nearest node on the way to a path. */
  const lineOf = (path: readonly PropertyKey[]): number | null => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return null;
  };
  let raw: unknown;
  try {
    raw = document.toJS();
  } catch (error) {
    return { problems: [problem([], null, (error as Error).message)] };
  }
  const parsed = planSchema.safeParse(raw);
  if (!parsed.success) {
    const problems = parsed.error.issues
      .slice(0, MAX_PROBLEMS)
      .map(({ path, message }) => problem(path, lineOf(path), message));
    return { problems };
  }
  const wrong = checkPlan(parsed.data);
  if (wrong.length === 0) return { plan: parsed.data };
  return {
    problems: wrong
      .slice(0, MAX_PROBLEMS)
      .map(({ path, code, params }) =>
        problem(path, lineOf(path), `${code}: ${Object.values(params).join(', ')}`),
      ),
  };
}

interface Seen {
  /** Size and time of change: a file that looks the same is not read again. */
  look: string;
  result: ReturnType<typeof parsePlan>;
}

/**
 * Reads folders of plan files, again whenever a file changed. A plan of a later folder replaces one
 * of an earlier folder with the same id (the park's own version of a plan that came with the
 * program); twice in one folder is a problem of the second file.
 * @param folders in order; one that does not exist is empty
 */
export function planFiles(folders: readonly string[]): { read(): PlanLibrary } {
  const seen = new Map<string, Seen>();
  const readFile = (path: string, name: string): Seen['result'] | null => {
    try {
      const { size, mtimeMs } = statSync(path);
      const look = `${size} ${mtimeMs}`;
      const before = seen.get(path);
      if (before?.look === look) return before.result;
      const tooLarge = { file: name, path: '', line: null, message: `more than ${MAX_BYTES} bytes` };
      const result =
        size > MAX_BYTES ? { problems: [tooLarge] } : parsePlan(readFileSync(path, 'utf8'), name);
      seen.set(path, { look, result });
      return result;
    } catch (error) {
      // Removed between listing and reading: it is simply not there any more.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      return { problems: [{ file: name, path: '', line: null, message: (error as Error).message }] };
    }
  };
  return {
    read() {
      const plans = new Map<string, Plan>();
      const fileOf = new Map<string, string>();
      const problems: PlanFileProblem[] = [];
      for (const folder of folders) {
        const here = new Map<string, string>();
        for (const name of filesIn(folder)) {
          const result = readFile(join(folder, name), name);
          if (!result) continue;
          if ('problems' in result) {
            problems.push(...result.problems);
            continue;
          }
          const { id } = result.plan;
          const other = here.get(id);
          if (other !== undefined) {
            problems.push({ file: name, path: 'id', line: null, message: `duplicate_plan: ${id}, ${other}` });
            continue;
          }
          here.set(id, name);
          fileOf.set(id, name);
          plans.set(id, result.plan);
        }
      }
      return { plans: [...plans.values()], fileOf, problems };
    },
  };
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.ya?ml$/i.test(name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
