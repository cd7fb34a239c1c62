/** Whether a device lives, from what it, its broker session and its silence say. Pure. */

export interface Availability {
  availability: 'online' | 'offline' | 'unknown';
  /** Why offline. will: its session broke off; reported: somebody said so; heartbeat: silent for too long. */
  reason: 'will' | 'reported' | 'heartbeat' | null;
  changedAtMs: number | null;
  /** MQTT session of the last birth. */
  sessionId: string | null;
}
export const UNHEARD: Availability = {
  availability: 'unknown',
  reason: null,
  changedAtMs: null,
  sessionId: null,
};

export interface AvailabilitySaid {
  state: 'online' | 'offline';
  sessionId: string | null;
  receivedAtMs: number;
  /** Kept by the broker from an unknown time before: less than news. */
  retained: boolean;
}

/**
 * A birth or a will (or a gateway's word for its child). A will belongs to the session that left it:
 * that of an older session says nothing about a device that has come back since.
 * @param wasSeen the device has given a sign of life to this run of the station
 */
export function onSaid(now: Availability, said: AvailabilitySaid, wasSeen: boolean): Availability {
  const { state, sessionId, receivedAtMs, retained } = said;
  const isOtherSession = sessionId !== null && now.sessionId !== null && sessionId !== now.sessionId;
  if (state === 'offline') {
    if (isOtherSession) return now;
    if (retained && sessionId === null && wasSeen && now.availability === 'online') return now;
    if (now.availability === 'offline') return now;
    return {
      ...now,
      availability: 'offline',
      reason: sessionId === null ? 'reported' : 'will',
      changedAtMs: receivedAtMs,
    };
  }
  // What the broker kept does not prove that a device lives which has since broken off or fallen silent.
  const isNoNews = retained && now.availability === 'offline' && (sessionId === null || !isOtherSession);
  if (isNoNews) return now;
  const next: Availability = { ...now, sessionId: sessionId ?? now.sessionId };
  if (now.availability === 'online') return next;
  return { ...next, availability: 'online', reason: null, changedAtMs: receivedAtMs };
}

/** Messages overtake each other by no more than this; a greater difference is a jump of the station's clock. */
const OVERTAKE_MS = 60_000;

/** Any message proves that the device lives, unless it was on its way before the device was known to be away. */
export function onSeen(now: Availability, receivedAtMs: number): Availability {
  if (now.availability === 'online') return now;
  if (now.availability === 'offline' && now.changedAtMs !== null) {
    const lateMs = now.changedAtMs - receivedAtMs;
    if (lateMs >= 0 && lateMs < OVERTAKE_MS) return now;
  }
  return { ...now, availability: 'online', reason: null, changedAtMs: receivedAtMs };
}

/** Nothing was heard for longer than the device's heartbeat. */
export function onSilence(now: Availability, atMs: number): Availability {
  if (now.availability === 'offline') return now;
  return { ...now, availability: 'offline', reason: 'heartbeat', changedAtMs: atMs };
}
