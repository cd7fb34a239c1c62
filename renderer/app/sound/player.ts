import { ref } from 'vue';
import { MIN_VOLUME, volume } from '#ui/preferences.ts';
import { TONES } from './tones.ts';
import type { Tone } from './tones.ts';

/** blocked: the browser lets no page sound before the first click or key. */
export type SoundAvailability = 'unknown' | 'ready' | 'blocked' | 'missing';
export const soundAvailability = ref<SoundAvailability>('unknown');

let context: AudioContext | null = null;
const FADE_S = 0.012;

function audio(): AudioContext | null {
  if (context) return context;
  try {
    context = new AudioContext();
    context.addEventListener('statechange', note);
  } catch {
    soundAvailability.value = 'missing';
    return null;
  }
  note();
  return context;
}
function note(): void {
  soundAvailability.value = context?.state === 'running' ? 'ready' : 'blocked';
}

/** Asks the browser for sound; call it on each click or key until it is given. */
export async function unlockSound(): Promise<void> {
  const ctx = audio();
  if (!ctx || ctx.state === 'running') return;
  await ctx.resume().catch(() => {});
  note();
}

/** Plays a tone once. @returns false when the browser does not let it sound */
export function playTone(tone: Tone): boolean {
  const ctx = audio();
  if (!ctx || ctx.state !== 'running') {
    void unlockSound();
    return false;
  }
  const level = Math.max(MIN_VOLUME, Math.min(1, volume.value)) * 0.5;
  for (const { hertz, atMs, lastsMs } of TONES[tone]) {
    const start = ctx.currentTime + 0.02 + atMs / 1000;
    const end = start + lastsMs / 1000;
    const oscillator = ctx.createOscillator();
    const gain = ctx.createGain();
    // A triangle has enough overtones to cut through a room, without a square wave's rasp.
    oscillator.type = 'triangle';
    oscillator.frequency.value = hertz;
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(level, start + FADE_S);
    gain.gain.setValueAtTime(level, end - FADE_S);
    gain.gain.linearRampToValueAtTime(0, end);
    oscillator.connect(gain).connect(ctx.destination);
    oscillator.start(start);
    oscillator.stop(end);
  }
  return true;
}
