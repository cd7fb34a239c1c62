import type { Ref } from 'vue';
import type { MediaHeader, MediaSound } from '#contract/media-wire.ts';
import { useSound } from './use-sound.ts';

const TICKS_PER_MS = 90;
/** Of a picture whose delay is not measured yet. */
const USUAL_DELAY_MS = 60;

/**
 * The sound of one live stream: asked for while it is heard, played in step with the picture.
 * @param input.heard whether this stream is the one that is heard
 * @param input.nowMs the station's clock
 * @param input.delayMs from the receipt of a picture by the station to its being on screen
 */
export function useStreamSound(input: {
  heard: Ref<boolean>;
  nowMs(): number;
  delayMs(): number | undefined;
}) {
  let picture: { ticks: number; receivedAtMs: number } | undefined;

  function dueInMs(timeMs: number): number | undefined {
    if (!picture) return undefined;
    const receivedAtMs = picture.receivedAtMs + timeMs - picture.ticks / TICKS_PER_MS;
    return receivedAtMs + (input.delayMs() ?? USUAL_DELAY_MS) - input.nowMs();
  }

  const { sound, figures, isBroken, player, attach, track } = useSound({ heard: input.heard, dueInMs });
  return {
    ...{ sound, figures, isBroken, attach },
    track(next: MediaSound | null): void {
      picture = undefined;
      if (track(next)) player()?.reset();
    },
    /** A picture came: sound is played by when it is seen. */
    picture({ init, cached, ticks, receivedAtMs }: MediaHeader): void {
      if (!init && !cached) picture = { ticks, receivedAtMs };
    },
    packet({ ticks }: MediaHeader, data: Uint8Array<ArrayBuffer>): void {
      player()?.push(ticks / TICKS_PER_MS, data);
    },
  };
}
