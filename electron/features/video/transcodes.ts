import type { StreamKind } from '#contract/media-wire.ts';
import type { FfmpegBinary } from '#native/ffmpeg/binary.ts';
import { encoderChoice } from '#native/ffmpeg/encoder-choice.ts';
import { softwareEncoder, type Encoder } from '#native/ffmpeg/encoders.ts';
import { FfmpegError } from '#native/ffmpeg/failure.ts';
import type { Relay } from '#native/ffmpeg/relay.ts';
import { createTranscode, type Transcode } from '#native/ffmpeg/transcode.ts';
import type { StationPorts } from '#station/ports.ts';

const SETTING = 'video.transcoder';
type Mode = 'auto' | 'software' | 'never';
/**
 * A wall's tile is seldom wider than 1,280 pixels, and what is encoded larger costs for nothing: the cost grows with the
 * area. The main stream is asked for where one camera has the screen: 1,920 fill it; what only the original shows (digital
 * zoom into 4K) the recording has.
 */
const MAX_WIDTH: Record<StreamKind, number> = { sub: 1_280, main: 1_920 };

export interface Transcodes {
  /** The stream in H.264, re-encoded where it is something else. One for all consoles that ask. */
  of(cameraId: string, stream: StreamKind, source: Relay): Relay;
  /** With what recordings are re-encoded, and whether at all. @throws FfmpegError transcoding_off, transcoder, no_ffmpeg */
  tools(): Promise<{ ffmpeg: FfmpegBinary; encoder: Encoder }>;
  /** The encoder that is or would be used; null: none. Finds out if nobody has asked yet. */
  encoder(): Promise<{ name: string; isHardware: boolean } | null>;
  /** The camera is gone. */
  drop(cameraId: string): Promise<void>;
  stop(): Promise<void>;
}

/** Streams for consoles that cannot decode what a camera sends. What is recorded stays as it came. */
export function createTranscodes(
  { settings, bus, clock, log }: Pick<StationPorts, 'settings' | 'bus' | 'clock' | 'log'>,
  ffmpeg: () => Promise<FfmpegBinary>,
): Transcodes {
  settings.define({
    key: SETTING,
    kind: 'choice',
    defaultValue: 'auto',
    options: ['auto', 'software', 'never'],
  });
  const encoders = encoderChoice(process.platform, clock);
  const relays = new Map<string, { cameraId: string; relay: Transcode }>();
  const mode = () => settings.string(SETTING) as Mode;
  const stopSetting = bus.on('setting.changed', ({ key }) => {
    if (key === SETTING) for (const { relay } of relays.values()) relay.reconsider();
  });

  return {
    of(cameraId, stream, source) {
      const key = `${stream} ${cameraId}`;
      const known = relays.get(key);
      if (known) return known.relay;
      const relay = createTranscode({
        ...{ label: `${cameraId}/${stream}`, source, ffmpeg, encoders, mode, clock },
        maxWidth: MAX_WIDTH[stream],
        lingerMs: settings.number('video.lingerSeconds') * 1_000,
        onState(state) {
          if (state.kind !== 'waiting' || source.state.kind !== 'live') return;
          log.warn('stream not re-encoded', { camera: cameraId, stream, reason: state.reason });
        },
      });
      relays.set(key, { cameraId, relay });
      return relay;
    },
    async tools() {
      if (mode() === 'never') throw new FfmpegError('transcoding_off');
      const binary = await ffmpeg();
      if (mode() === 'software') return { ffmpeg: binary, encoder: softwareEncoder };
      return { ffmpeg: binary, encoder: await encoders.get(binary) };
    },
    async encoder() {
      if (mode() === 'never') return null;
      try {
        const { name, isHardware } =
          mode() === 'software' ? softwareEncoder : await encoders.get(await ffmpeg());
        return { name, isHardware };
      } catch {
        return null;
      }
    },
    async drop(cameraId) {
      for (const [key, one] of [...relays]) {
        if (one.cameraId !== cameraId) continue;
        relays.delete(key);
        await one.relay.stop();
      }
    },
    async stop() {
      stopSetting();
      await Promise.all([...relays.values()].map(({ relay }) => relay.stop()));
      relays.clear();
    },
  };
}
