import type { ErrorCode, JsonObject } from '#contract/base.ts';

/** A refusal that the person can understand: the console words it as `error.<reason>` with `params`. */
export class StationError extends Error {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly params: JsonObject;
  constructor(code: ErrorCode, reason: string, params: JsonObject = {}) {
    super(`${code}: ${reason} ${JSON.stringify(params)}`);
    this.code = code;
    this.reason = reason;
    this.params = params;
  }
}
/** Throws a {@link StationError}. */
export function fail(code: ErrorCode, reason: string, params: JsonObject = {}): never {
  throw new StationError(code, reason, params);
}
