// Writes resources/sounds: alarm tones, chimes, attention and test tone. Plain Node, no input files,
// so every sound that ships is ours and can be changed by changing a line here.
// Usage: node resources/tools/make-sounds.mjs [--out DIR]
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const RATE = 16_000;

// Equal temperament, A4 = 440 Hz.
const G4 = 392.0;
const C5 = 523.25;
const E5 = 659.25;
const G5 = 783.99;
const C6 = 1046.5;

/** @typedef {{ hz: number, ms: number, gapMs?: number, level?: number, decay?: number, harmonics?: number[] }} Pulse */

/** Four harmonics beside the fundamental make a tone audible over noise and easy to locate (IEC 60601-1-8, 6.3.3.1). */
const RICH = [1, 0.5, 0.35, 0.25, 0.15];
/** A struck bar, for chimes. */
const BAR = [1, 0.25, 0.08];

/** One pulse: a sum of harmonics below 3.4 kHz (what G.711 carries) with soft edges, or a decay. */
function pulse({ hz, ms, level = 0.8, decay = 0, harmonics = RICH }) {
  const length = Math.round((ms / 1000) * RATE);
  const edge = Math.min(Math.round(0.02 * RATE), length >> 2);
  const parts = harmonics
    .map((gain, index) => ({ gain, hz: hz * (index + 1) }))
    .filter((part) => part.hz < 3400);
  const total = parts.reduce((sum, part) => sum + part.gain, 0);
  return Array.from({ length }, (_, n) => {
    const t = n / RATE;
    const wave =
      parts.reduce((sum, part) => sum + part.gain * Math.sin(2 * Math.PI * part.hz * t), 0) / total;
    const rise = Math.min(1, n / edge);
    const fall = Math.min(1, (length - 1 - n) / edge);
    return level * wave * rise * fall * (decay ? Math.exp(-t / decay) : 1);
  });
}

const silence = (ms) => new Array(Math.round((ms / 1000) * RATE)).fill(0);

/** @param {Pulse[]} pulses */
const sequence = (pulses) => pulses.flatMap((one) => [...pulse(one), ...silence(one.gapMs ?? 0)]);

/** Notes that ring into each other: each starts `everyMs` after the one before. */
function chime(notes, everyMs) {
  const out = [];
  notes.forEach((hz, index) => {
    const from = Math.round(((index * everyMs) / 1000) * RATE);
    pulse({ hz, ms: 1100, level: 0.55, decay: 0.35, harmonics: BAR }).forEach((value, n) => {
      out[from + n] = (out[from + n] ?? 0) + value;
    });
  });
  return Array.from(out, (value) => value ?? 0);
}

/** The five-pulse burst of a high-priority alarm signal: c e g, pause, g C (IEC 60601-1-8, general). */
const burst = [
  { hz: C5, ms: 140, gapMs: 90 },
  { hz: E5, ms: 140, gapMs: 90 },
  { hz: G5, ms: 140, gapMs: 260 },
  { hz: G5, ms: 140, gapMs: 90 },
  { hz: C6, ms: 140, gapMs: 0 },
];

const sounds = {
  // The fewer pulses, the slower and the lower, the less urgent: told apart by pattern as well as by pitch.
  'alarm-1': () => [...sequence(burst), ...silence(420), ...sequence(burst)],
  'alarm-2': () => sequence([C5, E5, G5].map((hz) => ({ hz: hz * 0.84, ms: 200, gapMs: 190, level: 0.7 }))),
  'alarm-3': () => sequence([E5, C5].map((hz) => ({ hz: hz * 0.7, ms: 230, gapMs: 230, level: 0.6 }))),
  'alarm-4': () => sequence([{ hz: 311.13, ms: 320, level: 0.5 }]),
  // Two soft falling notes, struck: nothing that anybody takes for real, and still an alarm that asks to be handled.
  'alarm-drill': () => chime([C5, G4, C5, G4], 260).map((value) => value * 0.8),
  'chime-in': () => chime([G4, C5, E5], 420),
  'chime-out': () => chime([E5, C5], 420),
  // Two tones in turn, each half a second (ISO 7731: 500 to 2500 Hz, pulsed below 5 Hz). Not the three pulses of
  // ISO 8201, which mean "evacuate": the voice that follows may say "stay inside". The programme plays it three times: 9 s
  attention: () => sequence([970, 800, 970, 800, 970, 800].map((hz) => ({ hz, ms: 500, level: 0.7 }))),
  'test-tone': () => sequence([{ hz: 1000, ms: 1500, level: 0.25, harmonics: [1] }]),
};

/** A 16-bit mono WAV file. */
function wav(samples) {
  const bytes = Buffer.alloc(44 + samples.length * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + samples.length * 2, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(RATE * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((value, n) =>
    bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, value)) * 32_767), 44 + n * 2),
  );
  return bytes;
}

const here = path.dirname(fileURLToPath(import.meta.url));
const outFlag = process.argv.indexOf('--out');
const out = path.resolve(outFlag > 0 ? process.argv[outFlag + 1] : path.join(here, '..', 'sounds'));
mkdirSync(out, { recursive: true });
for (const [name, make] of Object.entries(sounds)) {
  const file = path.join(out, `${name}.wav`);
  const bytes = wav(make());
  writeFileSync(file, bytes);
  console.log(`${name}.wav ${bytes.length} bytes`);
}
