import type { RecordingState } from '#contract/recording.contract.ts';

type Mark = RecordingState['state'];
/** What a person has to know first: a stream that stands still while the other one runs is told before that. */
const ORDER: readonly Mark[] = ['stopped', 'waiting', 'recording', 'armed', 'off'];

/** What the mark beside a camera shows. A stream that is still beginning says nothing of the one that runs. */
export function recordingMark({ state, streams }: Pick<RecordingState, 'state' | 'streams'>): Mark {
  const told = streams.filter((one) => one.state !== 'waiting' || one.reason !== 'starting');
  return ORDER.find((mark) => told.some((one) => one.state === mark)) ?? state;
}

/** What is said of it, where a camera's two streams are recorded of each. */
export function recordingWords(
  { state, streams }: Pick<RecordingState, 'state' | 'streams'>,
  words: {
    state(state: Mark): string;
    stream(stream: 'main' | 'sub'): string;
    reason(code: string): string;
    of(parts: { stream: string; state: string }): string;
    because(parts: { state: string; reason: string }): string;
  },
): string {
  const wanted = streams.filter(({ mode }) => mode !== 'off');
  if (wanted.length < 2) return words.state(state);
  const one = ({ stream, state: of, reason }: (typeof streams)[number]) => {
    const isTrouble = reason !== null && (of === 'stopped' || of === 'waiting');
    const told = words.state(of);
    const why = isTrouble ? words.because({ state: told, reason: words.reason(reason) }) : told;
    return words.of({ stream: words.stream(stream), state: why });
  };
  return wanted.map(one).join('\n');
}
