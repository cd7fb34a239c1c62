import type {
  BroadcastCommand,
  BroadcastEffect,
  BroadcastRequest,
  BroadcastState,
  BroadcastStep,
  BroadcastZoneState,
  LiveRequest,
  ReceiptReason,
  ReceiptStep,
} from './broadcast-types.ts';
import { isEmergency, rankOf } from './broadcast-types.ts';
import { groupEffects, type RawEffect } from './broadcast-effects.ts';

const idleZone: BroadcastZoneState = { fireHeld: false, musicHeld: false, playing: null, queue: [] };

/** Nothing plays, nothing waits, no zone is held. */
export function emptyBroadcastState(): BroadcastState {
  return { counter: 0, requests: {}, zones: {} };
}

/** The state of a zone, also of one that was never used. */
export function zoneOf(state: BroadcastState, zoneId: string): BroadcastZoneState {
  return state.zones[zoneId] ?? idleZone;
}

/**
 * Applies one command. Pure: the caller carries out the effects in their order (stops come before
 * the starts that replace them) and reports back with `started`, `ended` and `failed`.
 *
 * Rules, per zone: the strongest plays; a stronger one ends a weaker one at once (background music
 * is put back in the queue instead); equals wait in order of arrival; after an emergency or a fire
 * no music starts before `resume_music`; a zone that the fire controller has plays nothing.
 */
export function decideBroadcast(state: BroadcastState, command: BroadcastCommand): BroadcastStep {
  const work = new Arbiter(state, command.atMs);
  switch (command.type) {
    case 'request':
      work.request(command.request);
      break;
    case 'started':
      work.started(command.id, command.run, command.zoneId);
      break;
    case 'ended':
      work.over(command.id, command.run, command.zoneId, 'ended', 'completed');
      break;
    case 'failed':
      work.over(command.id, command.run, command.zoneId, 'failed', command.code);
      break;
    case 'stop':
      work.stop(command.id, command.zoneIds);
      break;
    case 'stop_all':
      work.stopAll(command.zoneIds);
      break;
    case 'fire_mirror':
      work.mirrorFire(new Set(command.zoneIds));
      break;
    case 'resume_music':
      work.resumeMusic(command.zoneIds);
      break;
    case 'tick':
      work.expire();
      break;
  }
  return work.result();
}

/** When the next waiting request expires (same clock as the commands), or null. */
export function nextExpiryMs(state: BroadcastState): number | null {
  let next: number | null = null;
  for (const request of Object.values(state.requests)) {
    if (request.maxWaitMs === undefined || !waitsAnywhere(state, request)) continue;
    const due = request.acceptedAtMs + request.maxWaitMs;
    if (next === null || due < next) next = due;
  }
  return next;
}

function waitsAnywhere(state: BroadcastState, request: LiveRequest): boolean {
  return request.open.some((zoneId) => zoneOf(state, zoneId).queue.includes(request.id));
}

/** One command's worth of work on a copy of the state. */
class Arbiter {
  private counter: number;
  private readonly requests: Record<string, LiveRequest>;
  private readonly zones: Record<string, BroadcastZoneState>;
  private readonly effects: RawEffect[] = [];
  private readonly atMs: number;

  constructor(state: BroadcastState, atMs: number) {
    this.counter = state.counter;
    this.requests = { ...state.requests };
    this.zones = { ...state.zones };
    this.atMs = atMs;
  }

  result(): BroadcastStep {
    const grouped = groupEffects(this.effects, this.counter);
    for (const { id, run, zoneIds } of grouped.starts) {
      for (const zoneId of zoneIds) this.update(zoneId, { playing: { id, run, heard: false } });
    }
    const state = { counter: grouped.counter, requests: this.requests, zones: this.zones };
    return { state, effects: grouped.effects };
  }

  request(request: BroadcastRequest): void {
    const zoneIds = [...new Set(request.zoneIds)];
    if (zoneIds.length === 0) return this.refuse(request.id, 'broadcast.no_zones');
    if (this.requests[request.id]) return this.refuse(request.id, 'broadcast.duplicate_id');
    this.requests[request.id] = {
      ...request,
      zoneIds,
      order: ++this.counter,
      acceptedAtMs: this.atMs,
      open: zoneIds,
    };
    for (const zoneId of zoneIds) {
      this.receipt(request.id, zoneId, 'accepted');
      if (this.zone(zoneId).fireHeld && request.priority !== 'background') {
        this.close(request.id, zoneId, 'preempted', 'fire');
        continue;
      }
      this.enqueue(request.id, zoneId);
      this.advance(zoneId);
    }
  }

  started(id: string, run: number, zoneId: string): void {
    const playing = this.zone(zoneId).playing;
    if (playing?.id !== id || playing.run !== run || playing.heard) return;
    this.update(zoneId, { playing: { ...playing, heard: true } });
    this.receipt(id, zoneId, 'started');
  }

  over(id: string, run: number, zoneId: string, step: 'ended' | 'failed', reason: ReceiptReason): void {
    const playing = this.zone(zoneId).playing;
    // A report of a run that was stopped, pre-empted or replaced comes too late to matter.
    if (playing?.id !== id || playing.run !== run) return;
    this.update(zoneId, { playing: null });
    this.close(id, zoneId, step, reason);
    this.advance(zoneId);
  }

  stop(id: string, zoneIds?: readonly string[]): void {
    const request = this.requests[id];
    if (!request) return;
    for (const zoneId of request.open) {
      if (!zoneIds || zoneIds.includes(zoneId)) this.end(id, zoneId);
    }
  }

  stopAll(zoneIds?: readonly string[]): void {
    for (const zoneId of zoneIds ?? Object.keys(this.zones)) {
      const { playing, queue } = this.zone(zoneId);
      // The waiting ones first, or each would start for a moment when the one before it ends.
      for (const id of queue) this.end(id, zoneId);
      if (playing) this.end(playing.id, zoneId);
    }
  }

  mirrorFire(held: ReadonlySet<string>): void {
    for (const zoneId of new Set([...Object.keys(this.zones), ...held])) {
      const zone = this.zone(zoneId);
      if (held.has(zoneId) === zone.fireHeld) continue;
      this.update(zoneId, { fireHeld: !zone.fireHeld, musicHeld: true });
      if (!zone.fireHeld) this.yieldToFire(zoneId);
      this.advance(zoneId);
    }
  }

  resumeMusic(zoneIds?: readonly string[]): void {
    for (const zoneId of zoneIds ?? Object.keys(this.zones)) {
      if (!this.zone(zoneId).musicHeld) continue;
      this.update(zoneId, { musicHeld: false });
      this.advance(zoneId);
    }
  }

  expire(): void {
    for (const request of Object.values(this.requests)) {
      if (request.maxWaitMs === undefined || this.atMs - request.acceptedAtMs < request.maxWaitMs) continue;
      for (const zoneId of request.open) {
        if (!this.zone(zoneId).queue.includes(request.id)) continue;
        this.unqueue(request.id, zoneId);
        this.close(request.id, zoneId, 'failed', 'broadcast.expired');
      }
    }
  }

  private yieldToFire(zoneId: string): void {
    const { playing, queue } = this.zone(zoneId);
    for (const id of queue) {
      if (this.requests[id]?.priority === 'background') continue;
      this.unqueue(id, zoneId);
      this.close(id, zoneId, 'preempted', 'fire');
    }
    if (playing) this.displace(zoneId, 'fire');
  }

  /** Starts the next one in a zone, taking the zone from a weaker one if there is one. */
  private advance(zoneId: string): void {
    const { fireHeld, musicHeld, playing, queue } = this.zone(zoneId);
    const next = this.requests[queue[0] ?? ''];
    if (fireHeld || !next || (next.priority === 'background' && musicHeld)) return;
    if (playing) {
      if (this.rank(playing.id) <= rankOf(next.priority)) return;
      this.displace(zoneId, 'higher', next.id);
    }
    this.unqueue(next.id, zoneId);
    // The run number is given when all starts of this command are known, so that zones start together.
    this.effects.push({ type: 'start', id: next.id, zoneId });
    this.update(zoneId, { playing: { id: next.id, run: 0, heard: false } });
    if (isEmergency(next.priority)) this.update(zoneId, { musicHeld: true });
  }

  /** Takes the zone from what plays there: music goes back to the queue, all else has ended. */
  private displace(zoneId: string, reason: 'higher' | 'fire', byId?: string): void {
    const playing = this.zone(zoneId).playing;
    if (!playing) return;
    this.silence(zoneId);
    if (this.requests[playing.id]?.priority !== 'background') {
      this.close(playing.id, zoneId, 'preempted', reason, byId);
      return;
    }
    this.receipt(playing.id, zoneId, 'suspended', reason, byId);
    this.enqueue(playing.id, zoneId);
  }

  /** Ended by a person, whether it plays or waits. */
  private end(id: string, zoneId: string): void {
    if (this.zone(zoneId).playing?.id === id) {
      this.silence(zoneId);
      this.close(id, zoneId, 'ended', 'stopped');
      this.advance(zoneId);
    } else {
      this.unqueue(id, zoneId);
      this.close(id, zoneId, 'ended', 'cancelled');
    }
  }

  private silence(zoneId: string): void {
    const playing = this.zone(zoneId).playing;
    if (!playing) return;
    this.effects.push({ type: 'stop', id: playing.id, run: playing.run, zoneId });
    this.update(zoneId, { playing: null });
  }

  private close(id: string, zoneId: string, step: ReceiptStep, reason: ReceiptReason, byId?: string): void {
    const request = this.requests[id];
    if (!request) return;
    this.receipt(id, zoneId, step, reason, byId);
    const open = request.open.filter((other) => other !== zoneId);
    if (open.length > 0) this.requests[id] = { ...request, open };
    else delete this.requests[id];
  }

  private receipt(
    id: string,
    zoneId: string,
    step: ReceiptStep,
    reason?: ReceiptReason,
    byId?: string,
  ): void {
    const receipt = { requestId: id, zoneId, step, atMs: this.atMs, reason, byId };
    this.effects.push({ type: 'receipt', receipt });
  }

  private refuse(id: string, code: (BroadcastEffect & { type: 'refused' })['code']): void {
    this.effects.push({ type: 'refused', id, code });
  }

  /** Strongest first; equals by arrival, so music that was displaced comes back before newer music. */
  private enqueue(id: string, zoneId: string): void {
    const queue = [...this.zone(zoneId).queue, id];
    queue.sort((a, b) => this.rank(a) - this.rank(b) || this.order(a) - this.order(b));
    this.update(zoneId, { queue });
  }

  private unqueue(id: string, zoneId: string): void {
    this.update(zoneId, { queue: this.zone(zoneId).queue.filter((other) => other !== id) });
  }

  private rank(id: string): number {
    return rankOf(this.requests[id]?.priority ?? 'background');
  }

  private order(id: string): number {
    return this.requests[id]?.order ?? 0;
  }

  private zone(zoneId: string): BroadcastZoneState {
    return this.zones[zoneId] ?? idleZone;
  }

  private update(zoneId: string, change: Partial<BroadcastZoneState>): void {
    this.zones[zoneId] = { ...this.zone(zoneId), ...change };
  }
}
