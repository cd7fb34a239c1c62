export type ProcessErrorCode =
  'command_not_found' | 'not_executable' | 'spawn_failed' | 'timeout' | 'output_too_large' | 'aborted';

/**
 * A child process that could not be run or was cut short. `code` is what programs read; the message is for logs
 * and never holds arguments or environment, because those may hold secrets.
 */
export class ProcessError extends Error {
  readonly code: ProcessErrorCode;
  readonly params: Record<string, string | number>;

  constructor(code: ProcessErrorCode, params: Record<string, string | number>) {
    super(
      `${code}: ${Object.entries(params)
        .map(([key, value]) => `${key}=${value}`)
        .join(' ')}`,
    );
    this.name = 'ProcessError';
    this.code = code;
    this.params = params;
  }
}

/** The code of any error for a state or a log: its own `code`, else the given fallback. */
export function errorCode(error: unknown, fallback: string): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && code !== '' ? code : fallback;
}
