import path from 'node:path';
import type { Broadcast } from '#contract/broadcast.contract.ts';
import type { BroadcastPriority } from '#domain/broadcast-types.ts';
import { planProgramme, type ProgrammePart, type ProgrammeStep } from '#domain/broadcast-programme.ts';
import type { SoundProgramme } from '#native/audio/programme.ts';
import type { Speech } from '#native/audio/speech.ts';
import { audioRefusal } from './audio-refusal.ts';
import type { Messages } from './messages.service.ts';

export interface PreparedSource {
  /** What is heard, for lists. */
  title: string;
  file: string;
  /** Who made the sound: a speech engine or `recording`. */
  engine: string;
}

/** Turns what is to be said into a sound file. @throws StationError with the driver's code. */
export async function prepareSource(
  source: Broadcast['source'],
  speech: Speech,
  messages: Messages,
): Promise<PreparedSource> {
  if (source.kind === 'message') return { ...messages.locate(source.messageId), engine: 'recording' };
  try {
    const { file, engine } = await speech.render(source.text);
    return { title: source.text, file, engine };
  } catch (error) {
    throw audioRefusal(error);
  }
}

/** The programme of a broadcast with the sounds that come with the program around the message. */
export function programmeFor(
  wish: { priority: BroadcastPriority; repeat: number; chime: boolean },
  messageFile: string,
  soundsFolder: string,
): SoundProgramme {
  const files: Record<ProgrammePart, string> = {
    chime_in: path.join(soundsFolder, 'chime-in.wav'),
    chime_out: path.join(soundsFolder, 'chime-out.wav'),
    attention: path.join(soundsFolder, 'attention.wav'),
    message: messageFile,
  };
  const steps = (list: readonly ProgrammeStep[]) =>
    list.map(({ part, gapMs }) => ({ file: files[part], gapMs }));
  const { lead, body, rounds, tail } = planProgramme(wish);
  return { lead: steps(lead), body: steps(body), rounds, tail: steps(tail) };
}
