import type { Alarm } from '#contract/alarms.contract.ts';
import type { StreamKind } from '#contract/media-wire.ts';
import type { RecordingState } from '#contract/recording.contract.ts';
import { recordingRule, type Camera, type StreamRule } from '#contract/site.ts';
import { wantedOf } from '#domain/recording-rule.ts';
import { asWhole, ruleOfStream, rulesOf } from '#domain/recording-streams.ts';
import type { StationPorts } from '#station/ports.ts';
import { alarmTriggers } from './alarm-triggers.ts';
import { cameraNotes } from './camera-notes.ts';
import { oldestOf } from './files.store.ts';
import type { Library } from './library.ts';
import { localTimes } from '#domain/local-time.ts';
import { createRecorder, NO_ORDER, type Recorder, type RecorderDeps } from './recorder.ts';

const NO_RULE = recordingRule.parse({});
const OFF = { state: 'off', reason: 'off', cause: null } as const;
/** The rule of a camera, also of one that has none. */
export const wholeRule = (camera: Camera | undefined) => camera?.recording ?? NO_RULE;
const streamRules = (camera: Camera | undefined) => rulesOf<StreamRule>(wholeRule(camera));
/** What holds for a stream of a camera, also where it is no longer to be recorded. */
export const streamRuleOf = (camera: Camera | undefined, stream: StreamKind): StreamRule =>
  ruleOfStream<StreamRule>(wholeRule(camera), stream);

type Deps = Omit<RecorderDeps, 'onClockForward' | 'library' | 'clock' | 'log'> & { library: Library };
type Recorders = Map<StreamKind, Recorder>;
type StreamState = RecordingState['streams'][number];

/** One recorder per stream that is to be recorded: follows site, schedule and alarms, and notes why nothing is recorded. */
export function createRecorders(ports: StationPorts, deps: Deps) {
  const { clock, site, log } = ports;
  const { library } = deps;
  const recorders = new Map<string, Recorders>();
  const live = ports.liveCollection<RecordingState>();
  const localTime = localTimes();
  const triggers = alarmTriggers(clock);
  const notes = cameraNotes(library, clock);
  /** Asked with the figures only: it changes by the day. */
  const oldest = new Map<string, number | null>();
  let localMinute = -1;
  let local = localTime(clock.nowMs(), site.current().site.timezone);
  let figuresAtMs = clock.monotonicMs();

  const recorderOf = (cameraId: string, stream: StreamKind) => recorders.get(cameraId)?.get(stream);
  const allRecorders = (): Recorder[] => [...recorders.values()].flatMap((own) => [...own.values()]);

  function makeRecorder(cameraId: string, stream: StreamKind): Recorder {
    const known = recorderOf(cameraId, stream);
    if (known) return known;
    const recorder = createRecorder(cameraId, stream, { ...deps, clock, log, onClockForward: notes.forward });
    recorders.set(cameraId, (recorders.get(cameraId) ?? new Map()).set(stream, recorder));
    return recorder;
  }

  function follow(camera: Camera): void {
    const rules = streamRules(camera);
    for (const { stream, rule } of rules) {
      if (rule.mode === 'off' && !recorderOf(camera.id, stream)) continue;
      const wanted = wantedOf(rule, local, triggers.isOn(camera.id, rule.postSeconds * 1_000));
      const sound = camera.sound === 'record';
      makeRecorder(camera.id, stream).follow({ ...wanted, preMs: rule.preSeconds * 1_000, sound });
    }
    for (const [stream, recorder] of recorders.get(camera.id) ?? [])
      if (!rules.some((one) => one.stream === stream)) recorder.follow(NO_ORDER);
    publish(camera);
  }

  /** @param kilobits by stream, if they have been measured anew */
  function publish(camera: Camera, kilobits?: Map<StreamKind, number | null>): void {
    const before = live.get(camera.id);
    const streams = streamRules(camera).map(({ stream, rule: { mode } }): StreamState => {
      const known = before?.streams.find((one) => one.stream === stream)?.kilobitsPerSecond ?? null;
      const kilobitsPerSecond = kilobits ? (kilobits.get(stream) ?? null) : known;
      return { stream, mode, ...(recorderOf(camera.id, stream)?.status() ?? OFF), kilobitsPerSecond };
    });
    const rates = streams.flatMap(({ kilobitsPerSecond }) => kilobitsPerSecond ?? []);
    const newest = library.streamsOf(camera.id).flatMap(({ endMs }) => endMs ?? []);
    const whole = asWhole(streams);
    const next: RecordingState = {
      id: camera.id,
      ...whole,
      kilobitsPerSecond: rates.length > 0 ? rates.reduce((sum, rate) => sum + rate) : null,
      streams,
      oldestMs: oldest.get(camera.id) ?? null,
      // Whole tens of seconds: the console knows that it goes on.
      newestMs: newest.length > 0 ? Math.floor(Math.max(...newest) / 10_000) * 10_000 : null,
    };
    if (JSON.stringify(next) !== JSON.stringify(before)) live.upsert(next);
    const recording = streams.filter(({ state }) => state === 'recording').map(({ stream }) => stream);
    notes.turn(camera.id, whole.state === 'recording' ? null : whole.reason, recording);
  }

  function remove(cameraId: string): void {
    for (const recorder of recorders.get(cameraId)?.values() ?? []) void recorder.stop();
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
      for (const [id, own] of recorders) {
        const camera = site.camera(id);
        const kilobits = new Map<StreamKind, number | null>();
        for (const [stream, recorder] of own) {
          const bytes = recorder.takeBytes();
          kilobits.set(stream, bytes > 0 ? Math.round((bytes * 8) / overMs / 10) * 10 : null);
        }
        if (camera) publish(camera, kilobits);
      }
    },
    /** @returns the cameras for which it is news: the time around now is the alarm's */
    alarm(alarm: Alarm): string[] {
      const cameraIds = triggers.changed(alarm);
      for (const id of cameraIds) {
        const camera = site.camera(id);
        // At once: the second until the next tick would be missing from the pre-roll.
        if (camera && streamRules(camera).some(({ rule }) => rule.mode !== 'off')) follow(camera);
      }
      return cameraIds;
    },
    /** What every stream that is to be recorded does now: one that stands still is noticed while the other one runs. */
    counts() {
      const states = live.values().flatMap(({ streams }) => streams.filter(({ mode }) => mode !== 'off'));
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
      await Promise.all(allRecorders().map((recorder) => recorder.written()));
    },
    async stop(): Promise<void> {
      await Promise.all(allRecorders().map((recorder) => recorder.stop()));
      notes.stationStops();
      recorders.clear();
    },
  };
}
