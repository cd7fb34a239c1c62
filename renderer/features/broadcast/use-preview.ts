import { onScopeDispose, ref, shallowRef } from 'vue';
import { api } from '#api/client.ts';
import { useAction } from '#ui/action.ts';
import { sameSource } from './rules.ts';
import type { Source } from './rules.ts';

/** Plays a text or message on this console, and remembers which one was heard. */
export function usePreview() {
  const { busy, run } = useAction();
  /** Playing now. */
  const playing = shallowRef<Source | null>(null);
  /** What was last begun to be played: proof that somebody could hear it. */
  const heard = shallowRef<Source | null>(null);
  const durationMs = ref(0);
  let context: AudioContext | null = null;
  let node: AudioBufferSourceNode | null = null;

  function stop(): void {
    node?.stop();
    node = null;
    playing.value = null;
  }
  async function play(source: Source): Promise<void> {
    stop();
    await run(async () => {
      const sound = await api.broadcast.preview({ source });
      context ??= new AudioContext();
      await context.resume();
      const bytes = Uint8Array.from(atob(sound.wavBase64), (char) => char.charCodeAt(0));
      const buffer = await context.decodeAudioData(bytes.buffer);
      node = context.createBufferSource();
      node.buffer = buffer;
      node.connect(context.destination);
      const mine = node;
      node.addEventListener('ended', () => node === mine && stop());
      node.start();
      playing.value = source;
      heard.value = source;
      durationMs.value = sound.durationMs;
    });
  }
  const toggle = (source: Source) => (sameSource(playing.value, source) ? stop() : void play(source));
  onScopeDispose(() => {
    stop();
    void context?.close();
  });
  return { busy, playing, heard, durationMs, toggle, stop };
}
