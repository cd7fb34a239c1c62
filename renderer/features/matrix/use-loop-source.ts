import { useIntervalFn } from '@vueuse/core';
import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import type { CameraTimeline } from '#contract/recording.contract.ts';
import type { LoopSpan } from '#domain/matrix-tiles.ts';
import { api } from '#api/client.ts';
import { useLive } from '#api/live.ts';
import { useSession } from '#api/session.ts';
import { stationNowMs } from '#api/station-time.ts';

/** The pre-roll is written when the alarm comes: asked again this often until it is there, and not after that time. */
const ASK_MS = 1_500;
const GIVE_UP_MS = 30_000;

/** A recorder in these states is about to have the moment; in any other it will not. */
const COMING: ReadonlySet<string | null> = new Set([null, 'no_alarm', 'starting']);

type Nothing =
  | { kind: 'asking' | 'refused' }
  | { kind: 'failed'; error: unknown }
  | { kind: 'none'; reason: string; isOff: boolean };

/**
 * Which of the alarm's cameras has a recording of the moment, the primary one before the others; or why none has.
 * @param cameraIds best first
 */
export function useLoopSource(cameraIds: Ref<readonly string[]>, span: Ref<LoopSpan | null>) {
  const session = useSession();
  const recording = useLive('recording.live');
  const lines = shallowRef<readonly CameraTimeline[]>([]);
  const error = shallowRef<unknown>(null);
  const asked = ref('');
  const mayReplay = computed(() => session.may('video.replay'));
  const question = computed(() => `${span.value?.alarmMs ?? ''} ${[...cameraIds.value].sort().join(' ')}`);

  async function ask(): Promise<void> {
    const now = span.value;
    if (!now || !mayReplay.value || cameraIds.value.length === 0) return;
    const about = question.value;
    try {
      const { cameras } = await api.recording.timeline({
        cameraIds: [...cameraIds.value],
        fromMs: Math.max(0, Math.round(now.fromMs)),
        toMs: Math.round(now.toMs),
      });
      if (about !== question.value) return;
      lines.value = cameras;
      error.value = null;
    } catch (reason) {
      if (about === question.value) error.value = reason;
    }
    if (about === question.value) asked.value = about;
  }
  /** What is there of the moment; null when the camera has nothing from before the alarm. */
  function recorded(cameraId: string): LoopSpan | null {
    const now = span.value;
    const range = lines.value
      .find((line) => line.cameraId === cameraId)
      ?.ranges.findLast(({ fromMs, toMs }) => now && fromMs <= now.alarmMs && toMs > now.fromMs);
    return now && range ? { ...now, fromMs: Math.max(now.fromMs, range.fromMs) } : null;
  }
  watch(question, ask, { immediate: true });
  const isYoung = () => span.value !== null && stationNowMs() < span.value.alarmMs + GIVE_UP_MS;
  useIntervalFn(() => {
    const first = cameraIds.value[0];
    if (error.value || (isYoung() && first !== undefined && recorded(first) === null)) void ask();
  }, ASK_MS);

  const source = computed(() => {
    for (const cameraId of cameraIds.value) {
      const known = recorded(cameraId);
      if (known) return { cameraId, span: known };
    }
    return null;
  });
  const nothing = computed<Nothing | null>(() => {
    if (!mayReplay.value) return { kind: 'refused' };
    if (source.value !== null) return null;
    if (asked.value !== question.value) return { kind: 'asking' };
    if (error.value) return { kind: 'failed', error: error.value };
    const first = cameraIds.value[0] ?? '';
    const state = recording.items.value.get(first);
    const isOff = state?.mode === 'off';
    if (isYoung() && (!state || COMING.has(state.reason))) return { kind: 'asking' };
    const gap = lines.value.find((line) => line.cameraId === first)?.gaps.at(-1);
    return { kind: 'none', reason: isOff ? 'off' : (gap?.reason ?? state?.reason ?? 'unknown'), isOff };
  });
  return { source, nothing };
}
