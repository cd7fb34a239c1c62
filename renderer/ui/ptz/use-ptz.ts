import { useEventListener, useIntervalFn, useRafFn } from '@vueuse/core';
import { onScopeDispose, watch, type Ref } from 'vue';
import { api } from '#api/client.ts';
import {
  PAD_HOME,
  PAD_PRESETS,
  padSpeed,
  pressedSince,
  REST,
  sameSpeed,
  type PtzSpeed,
} from './ptz-input.ts';

/** The station stops a camera that is not told again within a second. */
const RENEW_MS = 300;

export interface PtzHands {
  /** Hears the first refusal of a movement; the movement has then ended. */
  failed(error: unknown): void;
  /** A button of the gamepad, from 0. */
  preset(at: number): void;
  home(): void;
}

/**
 * Moves a camera for as long as something is held: mouse, key or stick. Whatever is let go, hidden or closed stops it.
 */
export function usePtz(cameraId: Ref<string>, speed: Ref<number>, on: PtzHands) {
  let wanted: PtzSpeed = REST;
  let isUnderWay = false;

  async function send(): Promise<void> {
    // one call at a time: a slow camera gets the newest wish, not a queue of old ones
    if (isUnderWay) return;
    isUnderWay = true;
    const sent = wanted;
    const id = cameraId.value;
    try {
      await (sameSpeed(sent, REST)
        ? api.ptz.stop({ cameraId: id })
        : api.ptz.move({ cameraId: id, ...sent }));
    } catch (error) {
      const moved = !sameSpeed(wanted, REST);
      wanted = REST;
      renewal.pause();
      if (moved) on.failed(error);
      return;
    } finally {
      isUnderWay = false;
    }
    if (!sameSpeed(sent, wanted)) await send();
  }
  const renewal = useIntervalFn(() => void send(), RENEW_MS, { immediate: false });

  function drive(next: PtzSpeed): void {
    if (sameSpeed(next, wanted)) return;
    wanted = next;
    if (sameSpeed(next, REST)) renewal.pause();
    else renewal.resume();
    void send();
  }
  const stop = () => drive(REST);

  useEventListener(window, 'keyup', (event) => {
    if (event.key === 'Shift' || /^(?:Arrow|Page)/.test(event.key)) stop();
  });
  useEventListener(window, 'blur', stop);
  useEventListener(document, 'visibilitychange', stop);

  let lastPad = REST;
  let buttons: boolean[] = [];
  useRafFn(() => {
    const pad = navigator.getGamepads().find((one) => one?.connected);
    if (!pad && sameSpeed(lastPad, REST)) return;
    const next = pad ? padSpeed(pad.axes, speed.value) : REST;
    const down = pad?.buttons.map(({ pressed }) => pressed) ?? [];
    for (const button of pressedSince(buttons, down)) {
      if (PAD_PRESETS.includes(button)) on.preset(PAD_PRESETS.indexOf(button));
      else if (PAD_HOME.includes(button)) on.home();
    }
    buttons = down;
    // a stick at rest must not stop what the mouse holds
    if (sameSpeed(next, lastPad)) return;
    lastPad = next;
    drive(next);
  });

  watch(cameraId, (_, before) => {
    if (sameSpeed(wanted, REST)) return;
    wanted = REST;
    renewal.pause();
    void api.ptz.stop({ cameraId: before }).catch(() => undefined);
  });
  onScopeDispose(stop);
  return { drive, stop };
}
