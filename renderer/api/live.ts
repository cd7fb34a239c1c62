import { getCurrentScope, onScopeDispose, watch } from 'vue';
import type { ResumePoint } from '#contract/base.ts';
import { api, connection, session } from './client.ts';
import { LiveReader } from './live-reader.ts';
import type { LiveItem, OpenLive } from './live-reader.ts';
import { noteStationTime } from './station-time.ts';

type From = { resume?: ResumePoint };
type Cancel = { signal: AbortSignal };

/** The live collections of the contract. To add one: a line here. */
const sources = {
  'site.live': (from: From, cancel: Cancel) => api.site.live(from, cancel),
  'alarms.live': (from: From, cancel: Cancel) => api.alarms.live(from, cancel),
  'devices.live': (from: From, cancel: Cancel) => api.devices.live(from, cancel),
  'cameras.clocks': (from: From, cancel: Cancel) => api.cameras.clocks(from, cancel),
  'cameras.events': (from: From, cancel: Cancel) => api.cameras.events(from, cancel),
  'video.live': (from: From, cancel: Cancel) => api.video.live(from, cancel),
  'views.live': (from: From, cancel: Cancel) => api.views.live(from, cancel),
  'ptz.live': (from: From, cancel: Cancel) => api.ptz.live(from, cancel),
  'tours.live': (from: From, cancel: Cancel) => api.tours.live(from, cancel),
  'tours.routes': (from: From, cancel: Cancel) => api.tours.routes(from, cancel),
  'runs.live': (from: From, cancel: Cancel) => api.runs.live(from, cancel),
  'broadcast.live': (from: From, cancel: Cancel) => api.broadcast.live(from, cancel),
  'broadcast.zones': (from: From, cancel: Cancel) => api.broadcast.zones(from, cancel),
  'patrol.live': (from: From, cancel: Cancel) => api.patrol.live(from, cancel),
  'perimeter.live': (from: From, cancel: Cancel) => api.perimeter.live(from, cancel),
  'recording.live': (from: From, cancel: Cancel) => api.recording.live(from, cancel),
  'evidence.live': (from: From, cancel: Cancel) => api.evidence.live(from, cancel),
  'system.health': (from: From, cancel: Cancel) => api.system.health(from, cancel),
  'demo.live': (from: From, cancel: Cancel) => api.demo.live(from, cancel),
};
export type LiveMethod = keyof typeof sources;
type MessageOf<M extends LiveMethod> =
  Awaited<ReturnType<(typeof sources)[M]>> extends AsyncIterable<infer Message> ? Message : never;
export type LiveItemOf<M extends LiveMethod> =
  MessageOf<M> extends infer Message
    ? Message extends { kind: 'snapshot'; items: (infer Item extends LiveItem)[] }
      ? Item
      : never
    : never;

/** A collection that nobody watches is followed this much longer: going back and forth between screens costs nothing. */
const LINGER_MS = 15_000;

interface Shared {
  reader: LiveReader<LiveItem>;
  users: number;
  linger: ReturnType<typeof setTimeout> | undefined;
}
const shared = new Map<LiveMethod, Shared>();

/**
 * Follows a live collection for as long as the calling scope (component, store) lives. All callers of
 * one method share one subscription. `items` and `list` are reactive; `fresh` is false when they are stale.
 */
export function useLive<M extends LiveMethod>(method: M): LiveReader<LiveItemOf<M>> {
  const entry = shared.get(method) ?? open(method);
  clearTimeout(entry.linger);
  entry.users += 1;
  entry.reader.start();
  if (getCurrentScope()) {
    onScopeDispose(() => {
      entry.users -= 1;
      if (entry.users === 0) entry.linger = setTimeout(() => entry.reader.stop(), LINGER_MS);
    });
  }
  return entry.reader as unknown as LiveReader<LiveItemOf<M>>;
}

function open(method: LiveMethod): Shared {
  const follow: OpenLive<LiveItem> = async (resume, signal) => {
    await connection.whenOnline({ signal });
    await signedIn(signal);
    return sources[method]({ resume }, { signal }) as unknown as ReturnType<OpenLive<LiveItem>>;
  };
  const entry: Shared = { reader: new LiveReader(follow, noteStationTime), users: 0, linger: undefined };
  shared.set(method, entry);
  return entry;
}

function signedIn(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (session.value) return resolve();
    const stop = watch(session, (now) => {
      if (!now) return;
      stop();
      resolve();
    });
    signal.addEventListener('abort', () => {
      stop();
      reject(signal.reason as Error);
    });
  });
}

// Another person may see less: what the last one saw does not stay on the screen.
watch(
  () => session.value?.account.id,
  () => {
    for (const { reader } of shared.values()) reader.reset();
  },
  { flush: 'sync' },
);
