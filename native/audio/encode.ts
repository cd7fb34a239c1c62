import { stat } from 'node:fs/promises';
import { startChild, type Child } from '#native/process/child.ts';
import { inputArgs } from './convert.ts';
import { AudioError, lastLine } from './errors.ts';
import { fixedPacketiser, oggOpusPacketiser, type Packetiser } from './packetise.ts';
import type { PacketMs, RtpCodec } from './rtp-packet.ts';

export interface SoundFormat {
  codec: RtpCodec;
  packetMs: PacketMs;
}

/** A sound being encoded: packets can be taken while later ones are still made. */
export interface EncodedSound {
  /** Payloads so far. */
  readonly packets: readonly Uint8Array[];
  /** True once there will be no more; then `error` says if that was too early. */
  readonly done: boolean;
  readonly error: AudioError | null;
  readonly bytes: number;
  /** Settles when there is a packet beyond `count`, or at the end. Never rejects. */
  beyond(count: number): Promise<void>;
  /** Ends the encoder if it still runs. */
  cancel(): Promise<void>;
}

/** Opus at 32 kbit/s is transparent for speech in mono. */
const OPUS_BITRATE = '32k';

function outputArgs({ codec, packetMs }: SoundFormat): string[] {
  if (codec !== 'opus') return ['-ar', '8000', '-f', codec === 'pcma' ? 'alaw' : 'mulaw', 'pipe:1'];
  const opus = [
    '-c:a',
    'libopus',
    '-b:a',
    OPUS_BITRATE,
    '-application',
    'voip',
    '-frame_duration',
    String(packetMs),
  ];
  // Ogg in small pages, so that the first packet is not kept back until a second of sound is there.
  return ['-ar', '48000', ...opus, '-page_duration', '20000', '-f', 'ogg', 'pipe:1'];
}

function packetiserFor({ codec, packetMs }: SoundFormat): Packetiser {
  if (codec === 'opus') return oggOpusPacketiser();
  return fixedPacketiser(packetMs * 8, codec === 'pcma' ? 0xd5 : 0xff);
}

/**
 * Starts ffmpeg on a sound file; it runs as fast as it can and ends long before the sound has been played. Never
 * throws: a missing file or ffmpeg is the `error` of the sound.
 */
export function encodeSound(ffmpegPath: () => string, file: string, format: SoundFormat): EncodedSound {
  const packets: Uint8Array[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const state = { done: false, error: null as AudioError | null, bytes: 0 };
  let child: Child | undefined;

  function wake(): void {
    for (const waiter of waiting.splice(0)) {
      if (state.done || packets.length > waiter.count) waiter.resolve();
      else waiting.push(waiter);
    }
  }
  function take(made: readonly Uint8Array[]): void {
    for (const packet of made) {
      packets.push(packet);
      state.bytes += packet.length;
    }
    if (made.length > 0) wake();
  }
  function finish(error: AudioError | null): void {
    if (state.done) return;
    state.done = true;
    state.error = error;
    wake();
  }

  async function run(): Promise<void> {
    const facts = await stat(file).catch(() => null);
    if (!facts?.isFile()) throw new AudioError('audio.file_missing', { file });
    const packetiser = packetiserFor(format);
    child = startChild({
      label: 'ffmpeg encode',
      command: ffmpegPath(),
      args: [...inputArgs(file), '-map', '0:a:0', '-ac', '1', ...outputArgs(format)],
      stdout: 'pipe',
    });
    for await (const chunk of child.stdout ?? []) take(packetiser.push(chunk as Buffer));
    const exit = await child.exited;
    if (exit.code !== 0) {
      throw new AudioError('audio.encode_failed', {
        file,
        detail: lastLine(child.stderrTail()) || `exit ${exit.code}`,
      });
    }
    take(packetiser.end());
    if (packets.length === 0)
      throw new AudioError('audio.encode_failed', { file, detail: 'no sound came out' });
  }

  void run().then(
    () => finish(null),
    (error: Error) => {
      finish(
        error instanceof AudioError
          ? error
          : new AudioError('audio.encode_failed', { file, detail: error.message }),
      );
      void child?.stop(0);
    },
  );

  return {
    packets,
    get done() {
      return state.done;
    },
    get error() {
      return state.error;
    },
    get bytes() {
      return state.bytes;
    },
    beyond(count) {
      if (state.done || packets.length > count) return Promise.resolve();
      return new Promise((resolve) => waiting.push({ count, resolve }));
    },
    async cancel() {
      finish(new AudioError('audio.encode_failed', { file, detail: 'cancelled' }));
      await child?.stop(0);
    },
  };
}
