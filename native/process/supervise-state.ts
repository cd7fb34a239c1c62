/** What a supervised thing is doing. `attempt` counts failures in a row; 0 means that nothing has failed yet. */
export type SuperviseState =
  | { kind: 'idle' }
  | { kind: 'starting'; generation: number; attempt: number }
  | { kind: 'running'; generation: number; attempt: number; sinceMs: number }
  | { kind: 'backing-off'; generation: number; attempt: number; reason: string; retryAtMs: number }
  | { kind: 'stopped' };

/** What can happen to it. Reports of a worker carry the generation that it was started as. */
export type SuperviseEvent =
  | { kind: 'start' }
  | { kind: 'up'; generation: number; nowMs: number }
  | { kind: 'stable'; generation: number }
  | { kind: 'failed'; generation: number; reason: string; nowMs: number }
  | { kind: 'retry'; generation: number }
  | { kind: 'stop' };

/** Milliseconds to wait after `attempt` failures in a row, the last one for `reason`. */
export type Backoff = (attempt: number, reason: string) => number;

/**
 * The state after `event`; the same object if the event does not apply (a late report of an old generation, a second
 * start, anything after stop but start). Pure.
 */
export function nextState(
  state: SuperviseState,
  event: SuperviseEvent,
  backoff: Backoff,
  lastGeneration: number,
): SuperviseState {
  switch (event.kind) {
    case 'start':
      if (state.kind !== 'idle' && state.kind !== 'stopped') return state;
      return { kind: 'starting', generation: lastGeneration + 1, attempt: 0 };
    case 'stop':
      return state.kind === 'stopped' ? state : { kind: 'stopped' };
    case 'up':
      if (state.kind !== 'starting' || state.generation !== event.generation) return state;
      return { kind: 'running', generation: state.generation, attempt: state.attempt, sinceMs: event.nowMs };
    case 'stable':
      if (state.kind !== 'running' || state.generation !== event.generation || state.attempt === 0)
        return state;
      return { ...state, attempt: 0 };
    case 'failed': {
      if (state.kind !== 'starting' && state.kind !== 'running') return state;
      if (state.generation !== event.generation) return state;
      const attempt = state.attempt + 1;
      const retryAtMs = event.nowMs + backoff(attempt, event.reason);
      return { kind: 'backing-off', generation: state.generation, attempt, reason: event.reason, retryAtMs };
    }
    case 'retry':
      if (state.kind !== 'backing-off' || state.generation !== event.generation) return state;
      return { kind: 'starting', generation: state.generation + 1, attempt: state.attempt };
  }
}
