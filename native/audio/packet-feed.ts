import { AudioError } from './errors.ts';
import type { EncodedSound, SoundFormat } from './encode.ts';
import { stepsOf, type SoundProgramme, type SoundStep } from './programme.ts';
import { silentPayload } from './rtp-packet.ts';
import type { SoundStore } from './sound-store.ts';

export type FeedResult =
  | { kind: 'packet'; payload: Uint8Array }
  /** The encoder is behind; play this silence and ask again. */
  | { kind: 'late'; payload: Uint8Array }
  | { kind: 'end' }
  | { kind: 'error'; error: AudioError };

/** The packets of a programme in one format, one after the other. */
export interface PacketFeed {
  /** Settles when the first packet is there, or it is clear that there will be none. */
  ready(): Promise<void>;
  next(): FeedResult;
}

/** An encoder that gives nothing for this long while its sound should play has hung. */
const STALL_MS = 5_000;

/** Opens all sounds of the programme at once, so that the second is encoded while the first one plays. */
export function createFeed(programme: SoundProgramme, format: SoundFormat, store: SoundStore): PacketFeed {
  const silence = silentPayload(format.codec, format.packetMs);
  const steps = stepsOf(programme);
  const sounds = new Map<string, EncodedSound>();
  const open = (step: SoundStep) => {
    const sound = sounds.get(step.file) ?? store.open(step.file, format);
    sounds.set(step.file, sound);
    return sound;
  };
  for (const step of [...programme.lead, ...programme.body, ...programme.tail]) open(step);

  let current = advance();
  let lateMs = 0;

  function advance() {
    const step = steps.next().value;
    if (!step) return null;
    return { sound: open(step), at: 0, gapPackets: Math.round(step.gapMs / format.packetMs) };
  }

  return {
    async ready() {
      await current?.sound.beyond(0);
    },
    next() {
      for (; current; current = advance()) {
        const payload = current.sound.packets[current.at];
        if (payload) {
          current.at += 1;
          lateMs = 0;
          return { kind: 'packet', payload };
        }
        if (current.sound.error) return { kind: 'error', error: current.sound.error };
        if (!current.sound.done) {
          lateMs += format.packetMs;
          if (lateMs > STALL_MS) return { kind: 'error', error: new AudioError('audio.encoder_stalled') };
          return { kind: 'late', payload: silence };
        }
        if (current.gapPackets > 0) {
          current.gapPackets -= 1;
          return { kind: 'packet', payload: silence };
        }
      }
      return { kind: 'end' };
    },
  };
}
