import { ORPCError } from '@orpc/client';
import type { ErrorCode, JsonObject } from '#contract/base.ts';

/**
 * A refusal or failure that the console can word: `error.<reason>` filled with `params`, and when the
 * reason has no sentence, `error.code.<code>`. Reasons of the link itself begin with `link.`.
 */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly params: JsonObject;
  constructor(code: ErrorCode, reason: string, params: JsonObject = {}) {
    super(`${code}: ${reason}`);
    this.name = 'ApiError';
    this.code = code;
    this.reason = reason;
    this.params = params;
  }
}

/** The station did not answer: nothing is known about what became of the call. */
export const linkLost = () => new ApiError('UNAVAILABLE', 'link.lost');

/** Nothing comes from the station. */
export const linkDown = () => new ApiError('UNAVAILABLE', 'link.down');

/** Whether it says something of the call; anything else that is thrown is a loss on the way. */
export const isAnswer = (error: unknown): error is ORPCError<string, unknown> | ApiError =>
  error instanceof ORPCError || error instanceof ApiError;

const CODES: readonly string[] = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'INVALID',
  'TOO_MANY',
  'FAILED',
  'UNAVAILABLE',
] satisfies ErrorCode[];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Anything thrown by a call, as an {@link ApiError}; what the station did not word itself gets a reason here. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (!(error instanceof ORPCError)) return new ApiError('FAILED', 'internal', { message: messageOf(error) });
  const data: unknown = error.data;
  if (CODES.includes(error.code) && isRecord(data) && typeof data.reason === 'string') {
    const params = isRecord(data.params) ? (data.params as JsonObject) : {};
    if (data.reason === 'input')
      return new ApiError('INVALID', 'input', { ...params, path: firstIssuePath(params) });
    return new ApiError(error.code as ErrorCode, data.reason, params);
  }
  if (error.code === 'NOT_FOUND') return new ApiError('NOT_FOUND', 'method');
  return new ApiError('FAILED', 'internal', { message: error.message });
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function firstIssuePath(data: unknown): string {
  const issues = isRecord(data) && Array.isArray(data.issues) ? (data.issues as unknown[]) : [];
  const first = issues[0];
  return isRecord(first) && typeof first.path === 'string' ? first.path : '';
}
