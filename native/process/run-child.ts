import { startChild, type ChildOptions } from './child.ts';
import { ProcessError, type ProcessErrorCode } from './errors.ts';

export interface RunOptions extends Omit<ChildOptions, 'stdin' | 'stdout' | 'quit'> {
  /** Written to stdin, which is then closed. */
  input?: string | Uint8Array;
  timeoutMs: number;
  /** Bound on stdout; more ends the child with `output_too_large`. */
  maxOutputBytes: number;
  signal?: AbortSignal;
}

export interface RunResult {
  /** Null if a signal ended it. */
  code: number | null;
  stdout: Buffer;
  /** The last 8 KiB, secrets masked. */
  stderr: string;
}

/**
 * Runs a child to its end. A non-zero exit code is a result, not an error.
 * @throws ProcessError timeout | output_too_large | aborted (the child has been ended), and those of `startChild`.
 */
export async function runChild(options: RunOptions): Promise<RunResult> {
  const fail = (code: ProcessErrorCode, params = {}) =>
    new ProcessError(code, { label: options.label, ...params });
  if (options.signal?.aborted) throw fail('aborted');
  const child = startChild({
    ...options,
    stdin: options.input === undefined ? 'ignore' : 'pipe',
    stdout: 'pipe',
  });
  if (options.input !== undefined) child.stdin?.end(options.input);

  return await new Promise<RunResult>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let isCut = false;
    const cut = (error: ProcessError) => {
      if (isCut) return;
      isCut = true;
      release();
      void child.stop(0).then(() => reject(error));
    };
    const timer = setTimeout(() => cut(fail('timeout', { timeoutMs: options.timeoutMs })), options.timeoutMs);
    const onAbort = () => cut(fail('aborted'));
    const release = () => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    };
    options.signal?.addEventListener('abort', onAbort, { once: true });
    child.stdout?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= options.maxOutputBytes) chunks.push(chunk);
      else cut(fail('output_too_large', { maxOutputBytes: options.maxOutputBytes }));
    });
    void child.exited.then(({ code }) => {
      if (isCut) return;
      release();
      resolve({ code, stdout: Buffer.concat(chunks), stderr: child.stderrTail() });
    });
  });
}
