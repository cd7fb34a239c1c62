import type { MediaListener } from '#api/media-socket.ts';
import type { MediaHeader } from '#contract/media-wire.ts';
import { canDecode, knownDecodable, type DecodeQuestion, type DecoderKind } from './can-decode.ts';

type Track = Parameters<MediaListener['track']>[0];
type Data = Uint8Array<ArrayBuffer>;

export interface TrackGate {
  track(track: Track): void;
  media(header: MediaHeader, data: Data): void;
  /** Of the track that came last. */
  question(): DecodeQuestion | undefined;
  close(): void;
}

/**
 * Lets a track and its frames pass once it is known that this machine decodes them; what comes before the answer waits.
 * A track that it does not decode does not pass: `onRefused` once.
 */
export function trackGate(
  decoder: DecoderKind,
  to: { track(track: Track): void; media(header: MediaHeader, data: Data): void },
  onRefused: () => void,
): TrackGate {
  let question: DecodeQuestion | undefined;
  let state: 'open' | 'waiting' | 'shut' = 'shut';
  let held: [MediaHeader, Data][] = [];

  function decide(track: Track, isGood: boolean): void {
    state = isGood ? 'open' : 'shut';
    const waiting = held;
    held = [];
    if (!isGood) return onRefused();
    to.track(track);
    for (const [header, data] of waiting) to.media(header, data);
  }

  return {
    track(track) {
      const { codec, width, height } = track;
      const asked = { decoder, codec, width, height };
      question = asked;
      held = [];
      const known = knownDecodable(asked);
      if (known !== undefined) return decide(track, known);
      state = 'waiting';
      void canDecode(asked).then((isGood) => question === asked && decide(track, isGood));
    },
    media(header, data) {
      if (state === 'open') to.media(header, data);
      if (state === 'waiting') held.push([header, data]);
    },
    question: () => question,
    close() {
      question = undefined;
      state = 'shut';
      held = [];
    },
  };
}

/** Streams that this console has had to ask for in H.264, so that the next tile need not find out again. */
const asked = new Set<string>();
export const askedInH264 = {
  has: (...stream: readonly string[]): boolean => asked.has(stream.join(' ')),
  note: (...stream: readonly string[]): void => void asked.add(stream.join(' ')),
};
