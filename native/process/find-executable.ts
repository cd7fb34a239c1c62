import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { ProcessError } from './errors.ts';

function extensions(env: NodeJS.ProcessEnv): string[] {
  if (process.platform !== 'win32') return [''];
  return ['', ...(env.PATHEXT ?? '.EXE;.CMD;.BAT;.COM').split(';')];
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

function isRunnable(file: string): boolean {
  if (!isFile(file)) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The full path of a command: a path is taken as it is, a bare name is looked up on PATH. Undefined if there is none. */
export function findExecutable(command: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const names = extensions(env).map((extension) => command + extension);
  if (path.basename(command) !== command) return names.map((name) => path.resolve(name)).find(isRunnable);
  const folders = (env.PATH ?? env.Path ?? '').split(path.delimiter).filter((folder) => folder !== '');
  for (const folder of folders) {
    const found = names.map((name) => path.join(folder, name)).find(isRunnable);
    if (found) return found;
  }
  return undefined;
}

/** As `findExecutable`, but says why there is none: `command_not_found` or `not_executable`. */
export function requireExecutable(label: string, command: string, env?: NodeJS.ProcessEnv): string {
  const found = findExecutable(command, env);
  if (found) return found;
  throw new ProcessError(isFile(command) ? 'not_executable' : 'command_not_found', { label, command });
}
