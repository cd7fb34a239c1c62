/**
 * - `disk_full`: no room, or the quota of the user is used up
 * - `disk_missing`: the folder or the device is gone
 * - `disk_error`: everything else that the disk says
 * - `bad_file`: it is no recording of ours, or is damaged where it was read
 */
export type RecordingErrorCode = 'disk_full' | 'disk_missing' | 'disk_error' | 'bad_file';

export class RecordingError extends Error {
  readonly code: RecordingErrorCode;

  constructor(code: RecordingErrorCode, detail: string) {
    super(`${code}: ${detail}`);
    this.name = 'RecordingError';
    this.code = code;
  }
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const GONE = new Set(['ENOENT', 'ENODEV', 'ENXIO', 'ENOTDIR', 'ESTALE', 'ENOTCONN']);

/** What an error of node:fs means for a recording. */
export function diskError(error: unknown): RecordingError {
  if (error instanceof RecordingError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (FULL.has(code)) return new RecordingError('disk_full', message);
  if (GONE.has(code)) return new RecordingError('disk_missing', message);
  return new RecordingError('disk_error', message);
}
