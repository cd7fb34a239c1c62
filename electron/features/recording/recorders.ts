import type { Alarm } from '#contract/alarms.contract.ts';
import type { RecordingState } from '#contract/recording.contract.ts';
import { recordingRule, type Camera, type RecordingRule } from '#contract/site.ts';
import { wantedOf } from '#domain/recording-rule.ts';
import type { StationPorts } from '#station/ports.ts';
import { alarmTriggers } from './alarm-triggers.ts';
import { oldestOf } from './files.store.ts';
import type { Library } from './library.ts';
import { localTimes } from '#domain/local-time.ts';
import { addNote, lastNotes } from './notes.store.ts';
import { createRecorder, type Recorder, type RecorderDeps } from './recorder.ts';

/** A turn that is further away from now is one of a clock that was set. */
const NEAR_MS = 120_000;
const NO_RULE = recordingRule.parse({});
export const ruleOf = (camera: Camera | undefined): RecordingRule => camera?.recording ?? NO_RULE;

type Deps = Omit<RecorderDeps, 'onClockForward' | 'library' | 'clock' | 'log'> & { library: Library };

/** One recorder per camera that is to be recorded: follows site, schedule and alarms, and notes why nothing is recorded. */
export function createRecorders(ports: StationPorts, deps: Deps) {
  const { clock, site, log } = ports;
  const { library } = deps;
  const recorders = new Map<string, Recorder>();
  const live = ports.liveCollection<RecordingState>();
  const noted = new Map([...lastNotes(library.db)].map(([id, { reason }]) => [id, reason]));
  const localTime = localTimes();
  const triggers = alarmTriggers(clock, (id) => ruleOf(site.camera(id)).postSeconds * 1_000);
  /** Asked with the figures only: it changes by the day. */
  const oldest = new Map<string, number | null>();
  let localMinute = -1;
  let local = localTime(clock.nowMs(), site.current().site.timezone);
  let figuresAtMs = clock.monotonicMs();

  function recorderOf(cameraId: string): Recorder {
    let recorder = recorders.get(cameraId);
    if (!recorder) {
      const onClockForward = (id: string, fromMs: number, toMs: number) => {
        library.later((db) => addNote(db, id, { atMs: fromMs, reason: 'clock' }));
        library.later((db) => addNote(db, id, { atMs: toMs, reason: null }));
      };
      recorder = createRecorder(cameraId, { ...deps, clock, log, onClockForward });
      recorders.set(cameraId, recorder);
    }
    return recorder;
  }

  function follow(camera: Camera): void {
    const rule = ruleOf(camera);
    const known = recorders.get(camera.id);
    if (rule.mode === 'off' && !known) return publish(camera, rule);
    const wanted = wantedOf(rule, local, triggers.isOn(camera.id));
    const order = { ...wanted, stream: rule.stream, preMs: rule.preSeconds * 1_000 };
    recorderOf(camera.id).follow({ ...order, sound: camera.sound === 'record' });
    publish(camera, rule);
  }

  function publish(camera: Camera, rule: RecordingRule, kilobitsPerSecond?: number | null): void {
    const recorder = recorders.get(camera.id);
    const status = recorder?.status() ?? { state: 'off' as const, reason: 'off' as const, cause: null };
    const streams = library.streamsOf(camera.id);
    const newest = streams.flatMap(({ endMs }) => endMs ?? []);
    const before = live.get(camera.id);
    const next: RecordingState = {
      id: camera.id,
      mode: rule.mode,
      ...status,
      kilobitsPerSecond:
        kilobitsPerSecond === undefined ? (before?.kilobitsPerSecond ?? null) : kilobitsPerSecond,
      oldestMs: oldest.get(camera.id) ?? null,
      // Whole tens of seconds: the console knows that it goes on.
      newestMs: newest.length > 0 ? Math.floor(Math.max(...newest) / 10_000) * 10_000 : null,
    };
    if (JSON.stringify(next) !== JSON.stringify(before)) live.upsert(next);
    note(camera.id, status, Math.max(0, ...newest));
  }

  /** When it changes whether, or why not, a camera is recorded. */
  function note(cameraId: string, status: Pick<RecordingState, 'state' | 'reason'>, newestMs: number): void {
    const reason = status.state === 'recording' ? null : status.reason;
    const before = noted.get(cameraId);
    // A camera that was never to be recorded is no news.
    if (before === reason || (before === undefined && reason === 'off')) return;
    noted.set(cameraId, reason);
    const nowMs = clock.nowMs();
    // It ended when the last picture came, and began with its first one, not when that was noticed.
    const turnedMs = reason === null ? beganMs(cameraId) : before === null ? newestMs : nowMs;
    const isNear = turnedMs > 0 && turnedMs <= nowMs && nowMs - turnedMs < NEAR_MS;
    const atMs = isNear ? turnedMs : nowMs;
    library.later((db) => addNote(db, cameraId, { atMs, reason }));
  }

  /** When the recording that runs began; 0 if none runs. */
  function beganMs(cameraId: string): number {
    const own = new Set(library.streamsOf(cameraId).map(({ id }) => id));
    const open = library.openFiles().filter(({ row }) => own.has(row.stream));
    return Math.max(0, ...open.map(({ row }) => row.startMs));
  }

  function remove(cameraId: string): void {
    void recorders.get(cameraId)?.stop();
    recorders.delete(cameraId);
    live.remove(cameraId);
  }

  return {
    live,
    /** Each second, and when the site changes. */
    tick(): void {
      const { cameras, site: about } = site.current();
      const minute = Math.floor(clock.nowMs() / 60_000);
      if (minute !== localMinute) local = localTime(clock.nowMs(), about.timezone);
      localMinute = minute;
      const ids = new Set(cameras.map(({ id }) => id));
      for (const { id } of live.values()) if (!ids.has(id)) remove(id);
      for (const camera of cameras) follow(camera);
    },
    figures(): void {
      const nowMs = clock.monotonicMs();
      const overMs = Math.max(1, nowMs - figuresAtMs);
      figuresAtMs = nowMs;
      for (const { id } of live.values()) {
        const times = library.streamsOf(id).flatMap((stream) => oldestOf(library.db, stream.id) ?? []);
        oldest.set(id, times.length > 0 ? Math.min(...times) : null);
      }
      for (const [id, recorder] of recorders) {
        const camera = site.camera(id);
        const bytes = recorder.takeBytes();
        const kilobits = bytes > 0 ? Math.round((bytes * 8) / overMs / 10) * 10 : null;
        if (camera) publish(camera, ruleOf(camera), kilobits);
      }
    },
    /** @returns the cameras for which it is news: the time around now is the alarm's */
    alarm(alarm: Alarm): string[] {
      const cameraIds = triggers.changed(alarm);
      for (const id of cameraIds) {
        const camera = site.camera(id);
        // At once: the second until the next tick would be missing from the pre-roll.
        if (camera && ruleOf(camera).mode !== 'off') follow(camera);
      }
      return cameraIds;
    },
    /** What every camera that is to be recorded does now. */
    counts() {
      const states = live.values().filter(({ mode }) => mode !== 'off');
      const count = (state: RecordingState['state']) => states.filter((one) => one.state === state).length;
      return {
        total: states.length,
        recording: count('recording'),
        armed: count('armed'),
        waiting: states.filter(({ state, reason }) => state === 'waiting' && reason !== 'starting').length,
        stopped: count('stopped'),
      };
    },
    async written(): Promise<void> {
      await Promise.all([...recorders.values()].map((recorder) => recorder.written()));
    },
    async stop(): Promise<void> {
      await Promise.all([...recorders.values()].map((recorder) => recorder.stop()));
      const atMs = clock.nowMs();
      for (const [cameraId, reason] of noted)
        if (reason !== 'off')
          library.later((db) => addNote(db, cameraId, { atMs, reason: 'station_stopped' }));
      recorders.clear();
    },
  };
}
