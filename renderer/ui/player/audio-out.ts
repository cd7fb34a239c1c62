import { watch } from 'vue';
import { cameraVolume } from '../preferences.ts';
import { isDucked } from './audio-duck.ts';

/** A camera's sound is this much softer while an alarm sounds: heard to be there, and no more. */
const DUCKED = 0.06;
const RAMP_S = 0.03;

/** The way from samples to the loudspeaker. */
export interface AudioOut {
  /** Clock of the sound card, seconds. */
  nowS(): number;
  /** Until what is played now is heard; seconds. */
  latencyS(): number;
  /** Plays samples (one array per channel) from a time of that clock on. */
  play(channels: readonly Float32Array<ArrayBuffer>[], sampleRate: number, atS: number, rate: number): void;
  /** Ends what is playing and what was to be played. */
  silence(): void;
  /** How loud it is at the moment, 0 to 1. */
  level(): number;
  /** The browser does not let it sound before a click or key. */
  isBlocked(): boolean;
  unblock(): void;
  close(): void;
}

/**
 * @param sampleRate of the stream: pieces that follow each other at the card's own rate join without a click
 * @throws DOMException where there is no sound at all
 */
export function audioOut(sampleRate: number): AudioOut {
  const context = new AudioContext({ sampleRate, latencyHint: 'interactive' });
  const gain = context.createGain();
  const meter = context.createAnalyser();
  meter.fftSize = 1024;
  const samples = new Float32Array(meter.fftSize);
  const playing = new Set<AudioBufferSourceNode>();
  gain.gain.value = loudness();
  // The meter hears the camera, not the volume: whoever turns it down still sees that there is something.
  meter.connect(gain).connect(context.destination);
  const stopWatching = watch([cameraVolume, isDucked], () =>
    gain.gain.setTargetAtTime(loudness(), context.currentTime, RAMP_S),
  );
  void context.resume().catch(() => undefined);

  return {
    nowS: () => context.currentTime,
    latencyS: () => context.outputLatency || context.baseLatency || 0,
    play(channels, rate, atS, speed) {
      const [first] = channels;
      if (!first || first.length === 0 || context.state !== 'running') return;
      const buffer = context.createBuffer(channels.length, first.length, rate);
      channels.forEach((channel, index) => buffer.copyToChannel(channel, index));
      const source = context.createBufferSource();
      source.buffer = buffer;
      source.playbackRate.value = speed;
      source.connect(meter);
      playing.add(source);
      source.onended = () => playing.delete(source);
      source.start(atS);
    },
    silence() {
      for (const source of playing) source.stop();
      playing.clear();
    },
    level() {
      meter.getFloatTimeDomainData(samples);
      return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    },
    isBlocked: () => context.state === 'suspended',
    unblock: () => void context.resume().catch(() => undefined),
    close() {
      stopWatching();
      void context.close().catch(() => undefined);
    },
  };
}

function loudness(): number {
  // Ears count in steps: half of the way is a quarter of the sound.
  const own = Math.min(1, Math.max(0, cameraVolume.value)) ** 2;
  return isDucked.value ? own * DUCKED : own;
}
