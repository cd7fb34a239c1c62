import type { MediaHeader } from '#contract/media-wire.ts';
import type { PlayerFigures } from './frame-meter.ts';

/** Shows one stream. Made for an element, fed by a media subscription, closed once. */
export interface Player {
  track(track: { codec: string; width: number; height: number }): void;
  media(header: MediaHeader, data: Uint8Array<ArrayBuffer>): void;
  figures(): PlayerFigures;
  /** When the station received the frame that is on screen, UTC milliseconds; undefined for one out of its cache. */
  frameAtMs(): number | undefined;
  close(): void;
}

export interface PlayerOptions {
  /** The station's wall clock, for the delay. */
  nowMs(): number;
  /** Nothing can be shown any more with this player: `unsupported` codec, or a failure of the decoder. */
  onFailure(reason: 'unsupported' | 'decoder'): void;
  /** The first frame of a track is on screen. */
  onPicture(): void;
}

export const TICKS_PER_SECOND = 90_000;
