import { CANONICAL_RATE, type Pcm } from './wav.ts';

/** Half width of the interpolation kernel, in samples of the lower rate. 16 keeps the error below 16-bit noise for speech. */
const LOBES = 16;

/**
 * The same sound at the canonical rate, by windowed-sinc interpolation (Blackman window, cut-off at the lower of the
 * two Nyquist frequencies). In plain code so that speaking needs no ffmpeg.
 */
export function toCanonical(pcm: Pcm): Pcm {
  if (pcm.rateHz === CANONICAL_RATE) return pcm;
  const step = pcm.rateHz / CANONICAL_RATE;
  const cutoff = Math.min(1, 1 / step);
  const reach = LOBES / cutoff;
  const out = new Int16Array(Math.floor(pcm.samples.length / step));
  for (let n = 0; n < out.length; n += 1) {
    const centre = n * step;
    const last = Math.min(pcm.samples.length - 1, Math.floor(centre + reach));
    let sum = 0;
    for (let at = Math.max(0, Math.ceil(centre - reach)); at <= last; at += 1) {
      sum += (pcm.samples[at] ?? 0) * kernel((at - centre) * cutoff) * cutoff;
    }
    out[n] = clip(sum);
  }
  return { samples: out, rateHz: CANONICAL_RATE };
}

function kernel(x: number): number {
  if (x === 0) return 1;
  const phase = (Math.PI * x) / LOBES;
  const window = 0.42 + 0.5 * Math.cos(phase) + 0.08 * Math.cos(2 * phase);
  return (Math.sin(Math.PI * x) / (Math.PI * x)) * window;
}

/** -3 dB below full scale: loud, with room for what a speaker's own processing adds. */
const PEAK = 23_197;
/** Nothing is lifted more than this (18 dB), or the noise of a nearly silent recording would fill the hall. */
const MAX_GAIN = 8;

/** The same sound with its loudest sample at -3 dB, so that recorded and spoken messages do not differ in level. */
export function normalisePeak(pcm: Pcm): Pcm {
  let peak = 0;
  for (const value of pcm.samples) peak = Math.max(peak, Math.abs(value));
  if (peak === 0) return pcm;
  const gain = Math.min(MAX_GAIN, PEAK / peak);
  return { samples: pcm.samples.map((value) => clip(value * gain)), rateHz: pcm.rateHz };
}

/** Below 1% of full scale nothing is heard over a hall's own noise. */
const QUIET = 328;

/** Without the silence at both ends, but for `keepMs` of it: engines add long pauses to every piece they speak. */
export function trimSilence(pcm: Pcm, keepMs: number): Pcm {
  const loud = (value: number) => Math.abs(value) > QUIET;
  const first = pcm.samples.findIndex(loud);
  if (first < 0) return { samples: pcm.samples.subarray(0, 0), rateHz: pcm.rateHz };
  const keep = Math.round((keepMs / 1000) * pcm.rateHz);
  const last = pcm.samples.findLastIndex(loud);
  return { samples: pcm.samples.subarray(Math.max(0, first - keep), last + 1 + keep), rateHz: pcm.rateHz };
}

/** Sounds one after the other with silence after each; all must be canonical. */
export function joinPcm(parts: readonly { pcm: Pcm; gapMs: number }[]): Pcm {
  const gaps = parts.map(({ gapMs }) => Math.round((gapMs / 1000) * CANONICAL_RATE));
  const total = parts.reduce((sum, { pcm }, index) => sum + pcm.samples.length + (gaps[index] ?? 0), 0);
  const samples = new Int16Array(total);
  let at = 0;
  parts.forEach(({ pcm }, index) => {
    samples.set(pcm.samples, at);
    at += pcm.samples.length + (gaps[index] ?? 0);
  });
  return { samples, rateHz: CANONICAL_RATE };
}

function clip(value: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(value)));
}
