import {
  MEDIA_HEADER_BYTES,
  writeMediaHeader,
  type MediaHeader,
  type MediaNotice,
  type MediaSound,
  type StreamKind,
} from '#contract/media-wire.ts';
import type { SoundOfFile } from '#native/recording/file-reader.ts';
import type { FileSound } from '#native/recording/sound-types.ts';
import type { MediaOutlet } from '#station/ports.ts';
import type { CursorFrame } from './cursor.ts';

/** More unsent than this: the console is slow, nothing is added until it has caught up. */
const FULL_BYTES = 2 * 1024 * 1024;
/** Sound that belongs to what was shown longer ago than this is not sent any more. */
const SOUND_LATE_MS = 200;

type Notice = Extract<MediaNotice, { type: 'replay' }>;

/** What one replaying tile sends to its console: notices, init segments, frames and what is heard with them. */
export function createReplayOut(
  sub: number,
  outlet: MediaOutlet,
  of: {
    isHidden(fromMs: number, toMs: number): boolean;
    streamOf(frame: CursorFrame): StreamKind | undefined;
  },
) {
  let jump = 0;
  let sequence = 0;
  let sentFile: number | undefined;
  let isBroken = false;
  /** Sound that has been read and belongs to what is shown next. */
  let coming: SoundOfFile[] = [];

  function sendBytes(data: Uint8Array, header: Omit<MediaHeader, 'sub' | 'sequence'>): void {
    const message = new Uint8Array(MEDIA_HEADER_BYTES + data.length);
    writeMediaHeader(new DataView(message.buffer), { ...header, sub, sequence });
    message.set(data, MEDIA_HEADER_BYTES);
    outlet.sendBytes(message);
  }

  /** What is heard from a frame on; of a frame that only leads to another one it waits for that. */
  function sendSounds({ sounds, wallMs }: CursorFrame, cached: boolean, isHeard: boolean): void {
    coming = [...coming, ...sounds].filter((one) => one.wallMs > wallMs - SOUND_LATE_MS);
    if (cached) return;
    for (const { data, wallMs: atMs, endMs, ticks } of isHeard ? coming : []) {
      // What may not be seen is not heard either, also where it shares a part with what may.
      if (of.isHidden(atMs, endMs)) continue;
      const header = { key: false, init: false, discontinuity: false, cached: false };
      sendBytes(data, { ...header, receivedAtMs: atMs, ticks, sound: true });
    }
    coming = [];
  }

  return {
    isFull: () => outlet.unsentBytes > FULL_BYTES,
    isOfSentFile: ({ file }: CursorFrame) => file.id === sentFile,
    /** From here on everything is of this jump, beginning with a track. */
    begin(number: number): void {
      jump = number;
      isBroken = true;
      coming = [];
      sentFile = undefined;
    },
    /** The next frame does not go on from the one before. */
    breakOff(): void {
      isBroken = true;
    },
    tell(state: Notice['state'], about: Partial<Pick<Notice, 'atMs' | 'toMs' | 'reason'>>): void {
      outlet.sendNotice({ type: 'replay', sub, jump, state, atMs: null, toMs: null, reason: null, ...about });
    },
    /** @param cached it only leads to the frame to show and is not shown itself */
    send(frame: CursorFrame, cached: boolean, isHeard: boolean): void {
      const { file, init, key, ticks, wallMs, data, sound } = frame;
      if (sentFile !== file.id) {
        const { codec, width, height } = file;
        const track = { codec, width, height, sound: soundNotice(sound), stream: of.streamOf(frame) };
        outlet.sendNotice({ type: 'track', sub, ...track });
        const none = { key: false, discontinuity: false, cached: false, receivedAtMs: 0, ticks: 0 };
        sendBytes(init, { ...none, init: true });
        sentFile = file.id;
      }
      sequence += 1;
      sendBytes(data, { key, init: false, discontinuity: isBroken, cached, receivedAtMs: wallMs, ticks });
      isBroken = false;
      sendSounds(frame, cached, isHeard);
    },
  };
}

function soundNotice(sound: FileSound | undefined): MediaSound | null {
  return sound ? { ...sound, config: sound.config.toString('base64') } : null;
}
