/**
 * A video patrol (视频巡逻): a timed walk through cameras, each of which the guard confirms. What happened is a list of
 * records; the state is read from them, so a restart in the middle loses nothing and nothing runs twice.
 */
export const TOUR_KINDS = [
  'opened',
  'due',
  'late',
  'started',
  'shown',
  'confirmed',
  'skipped',
  'unconfirmed',
  'reported',
  'finished',
  'missed',
  // the picture of a confirmation is past its term
  'picture_removed',
] as const;
export type TourKind = (typeof TOUR_KINDS)[number];
export interface TourRecord {
  seq: number;
  kind: TourKind;
  cameraId: string | null;
  /** Null: the station itself. */
  by: string | null;
  atMs: number;
  params: Readonly<Record<string, unknown>>;
}
/** What a run was asked to be. */
export interface TourPlan {
  dueAtMs: number;
  cameraIds: readonly string[];
  /** A camera has to be looked at for this long before it can be confirmed. */
  dwellMs: number;
  /** Not confirmed this long after that: unconfirmed, and the next camera comes. */
  confirmMs: number;
  /** Not begun this long after its time: late. */
  graceMs: number;
  /** Not begun this long after its time: missed. Once begun: its end, this long after the beginning. */
  limitMs: number;
}
export type TourCameraState = 'open' | 'confirmed' | 'skipped' | 'unconfirmed';
export interface TourCamera {
  cameraId: string;
  state: TourCameraState;
  atMs: number | null;
  by: string | null;
  reason: string | null;
  /** Record that has the picture. */
  pictureSeq: number | null;
}
export type TourPhase = 'announced' | 'due' | 'running' | 'finished' | 'missed';
export interface TourState {
  phase: TourPhase;
  late: boolean;
  startedAtMs: number | null;
  startedBy: string | null;
  endedAtMs: number | null;
  currentId: string | null;
  shownAtMs: number | null;
  cameras: TourCamera[];
}

/** The run as its records tell it. */
export function tourState(plan: Pick<TourPlan, 'cameraIds'>, records: readonly TourRecord[]): TourState {
  const state: TourState = {
    phase: 'announced',
    late: false,
    startedAtMs: null,
    startedBy: null,
    endedAtMs: null,
    currentId: null,
    shownAtMs: null,
    cameras: plan.cameraIds.map((cameraId) => ({ cameraId, state: 'open', atMs: null, by: null, reason: null, pictureSeq: null })), // prettier-ignore
  };
  for (const record of records) {
    const { kind, atMs, by } = record;
    if (kind === 'due') state.phase = 'due';
    else if (kind === 'late') state.late = true;
    else if (kind === 'started') Object.assign(state, { phase: 'running', startedAtMs: atMs, startedBy: by });
    else if (kind === 'shown') Object.assign(state, { currentId: record.cameraId, shownAtMs: atMs });
    else if (kind === 'finished' || kind === 'missed')
      Object.assign(state, { phase: kind, endedAtMs: atMs, currentId: null, shownAtMs: null });
    else if (kind === 'confirmed' || kind === 'skipped' || kind === 'unconfirmed')
      decide(state, record, kind);
  }
  return state;
}

function decide(state: TourState, record: TourRecord, kind: Exclude<TourCameraState, 'open'>): void {
  const { cameraId, atMs, by, params, seq } = record;
  const camera = state.cameras.find((one) => one.cameraId === cameraId);
  if (!camera) return;
  const reason = typeof params['reason'] === 'string' ? params['reason'] : null;
  const pictureSeq = kind === 'confirmed' ? seq : null;
  Object.assign(camera, { state: kind, atMs, by, reason, pictureSeq });
  if (state.currentId === cameraId) Object.assign(state, { currentId: null, shownAtMs: null });
}

/** What the station itself has to record next, and since when; null while it is a person's turn. */
export interface TourStep {
  kind: TourKind;
  cameraId: string | null;
  atMs: number;
}

/** The next thing that happens without a person, due now or later; null after the end. */
export function nextTourStep(plan: TourPlan, state: TourState): TourStep | null {
  const { dueAtMs, graceMs, limitMs, dwellMs, confirmMs } = plan;
  const open = state.cameras.find((camera) => camera.state === 'open');
  const step = (kind: TourKind, atMs: number, cameraId: string | null = null) => ({ kind, cameraId, atMs });
  switch (state.phase) {
    case 'announced':
      return step('due', dueAtMs);
    case 'due': {
      const late = step('late', dueAtMs + graceMs);
      const end = dueAtMs + limitMs;
      if (!state.late && late.atMs <= end) return late;
      return open ? step('unconfirmed', end, open.cameraId) : step('missed', end);
    }
    case 'running': {
      const startedAtMs = state.startedAtMs ?? dueAtMs;
      const end = startedAtMs + limitMs;
      if (state.currentId !== null) {
        const shownAtMs = state.shownAtMs ?? startedAtMs;
        const current = state.cameras.find(({ cameraId }) => cameraId === state.currentId);
        const last = Math.min(end, shownAtMs + dwellMs + confirmMs);
        // one that was decided already and is looked at again keeps what was said of it
        if (current?.state === 'open') return step('unconfirmed', last, state.currentId);
        return open ? step('shown', last, open.cameraId) : step('finished', last);
      }
      if (!open) return step('finished', startedAtMs);
      return step('shown', startedAtMs, open.cameraId);
    }
    case 'finished':
    case 'missed':
      return null;
  }
}

/** Milliseconds that a camera still has to be looked at before it can be confirmed. */
export function dwellLeftMs(plan: Pick<TourPlan, 'dwellMs'>, state: TourState, nowMs: number): number {
  return state.shownAtMs === null ? plan.dwellMs : Math.max(0, state.shownAtMs + plan.dwellMs - nowMs);
}

export interface TourCounts {
  confirmed: number;
  skipped: number;
  unconfirmed: number;
  open: number;
}
export function tourCounts(cameras: readonly Pick<TourCamera, 'state'>[]): TourCounts {
  const counts: TourCounts = { confirmed: 0, skipped: 0, unconfirmed: 0, open: 0 };
  for (const { state } of cameras) counts[state] += 1;
  return counts;
}
