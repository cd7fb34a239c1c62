import type { AudioTrack } from './media.ts';

/** Table 1.18 of ISO/IEC 14496-3. */
const RATES = [96, 88.2, 64, 48, 44.1, 32, 24, 22.05, 16, 12, 11.025, 8, 7.35].map((kHz) => kHz * 1_000);
const EXPLICIT_RATE = 15;
const ESCAPED_TYPE = 31;
/** Kinds of AAC that begin with a GASpecificConfig: main, LC, SSR, LTP. */
const GENERAL_AUDIO = new Set([1, 2, 3, 4]);
/** HE-AAC and its second version: a core of LC at half the rate. */
const SBR = new Set([5, 29]);

/**
 * What an AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1) says; undefined if it is none, or of a kind that cameras do not
 * send and browsers do not play.
 */
export function parseAacConfig(config: Buffer): AudioTrack | undefined {
  let at = 0;
  const bits = (count: number): number => {
    let value = 0;
    for (let index = 0; index < count; index += 1, at += 1)
      value = value * 2 + (((config[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
    return value;
  };
  const objectType = () => {
    const type = bits(5);
    return type === ESCAPED_TYPE ? 32 + bits(6) : type;
  };
  const rate = () => {
    const index = bits(4);
    return index === EXPLICIT_RATE ? bits(24) : (RATES[index] ?? 0);
  };
  const type = objectType();
  let sampleRate = rate();
  const channels = bits(4);
  let coreType = type;
  const coreRate = sampleRate;
  if (SBR.has(type)) {
    sampleRate = rate();
    coreType = objectType();
  }
  const isShort = bits(1) === 1;
  const isGood =
    at <= config.length * 8 &&
    GENERAL_AUDIO.has(coreType) &&
    sampleRate >= 7_350 &&
    sampleRate <= 96_000 &&
    (channels === 1 || channels === 2);
  if (!isGood) return undefined;
  const frameSamples = ((isShort ? 960 : 1_024) * sampleRate) / (coreRate || sampleRate);
  return {
    codec: 'aac',
    name: `mp4a.40.${type}`,
    sampleRate,
    channels,
    config: Buffer.from(config),
    frameSamples,
  };
}

/** A-law or mu-law as cameras send it (RFC 3551: 8,000 samples a second, one channel). */
export function g711Track(law: 'pcma' | 'pcmu', sampleRate = 8_000): AudioTrack {
  const name = law === 'pcma' ? 'alaw' : 'ulaw';
  return { codec: law, name, sampleRate, channels: 1, config: Buffer.alloc(0), frameSamples: 1 };
}

/** Whether two tracks are decoded alike. */
export function isSameAudio(a: AudioTrack | undefined, b: AudioTrack | undefined): boolean {
  if (!a || !b) return a === b;
  return (
    a.name === b.name &&
    a.sampleRate === b.sampleRate &&
    a.channels === b.channels &&
    a.config.equals(b.config)
  );
}
