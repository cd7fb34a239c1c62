/** A camera's two streams, each recorded by a rule of its own. Pure. */
import type { RecordingCause, RecordingMode } from './recording-types.ts';

export type RecordedStream = 'main' | 'sub';
export const otherStream = (stream: RecordedStream): RecordedStream => (stream === 'main' ? 'sub' : 'main');

/** How a camera is recorded: one stream by the rule itself, the other one by `beside`. */
type TwoRules<Rule> = Rule & { stream: RecordedStream; beside?: Rule | undefined };
export interface StreamRule<Rule> {
  stream: RecordedStream;
  rule: Rule;
}

/** The rules of a camera's streams, the one that was chosen first before the one beside it. */
export function rulesOf<Rule extends object>(recording: TwoRules<Rule>): StreamRule<Rule>[] {
  const { stream, beside } = recording;
  const first = { stream, rule: recording };
  return beside ? [first, { stream: otherStream(stream), rule: beside }] : [first];
}

/** The rule of a stream. Of one without any (recorded by an earlier rule) that of the other one holds: its term above all. */
export const ruleOfStream = <Rule extends object>(recording: TwoRules<Rule>, stream: RecordedStream): Rule =>
  recording.stream === stream ? recording : (recording.beside ?? recording);

/** What is done now about one stream, or about the camera as a whole. */
export interface Doing<Reason extends string = string> {
  mode: RecordingMode;
  state: 'off' | 'armed' | 'recording' | 'waiting' | 'stopped';
  reason: Reason | null;
  cause: RecordingCause | null;
}
const RANK: readonly Doing['state'][] = ['recording', 'stopped', 'waiting', 'armed', 'off'];
/**
 * A stream that should be recorded now says more than one that is only pulled for its pre-roll, and one that is to be
 * recorded at another time more than one that is never.
 */
const rank = ({ state, cause, mode }: Doing): number =>
  RANK.indexOf(state) * 3 + (cause === null ? 1 : 0) + (mode === 'off' ? 1 : 0);

/**
 * The camera as a whole: it is recorded if any of its streams is; where none is, what keeps the one from it that comes
 * nearest to being recorded.
 * @param streams the first before the one beside it; not empty
 */
export function asWhole<Reason extends string>(streams: readonly Doing<Reason>[]): Doing<Reason> {
  const [first] = streams.toSorted((a, b) => rank(a) - rank(b));
  const { state, reason, cause } = first!;
  // The camera is not off while one of its streams is wanted.
  const mode = (streams.find((one) => one.mode !== 'off') ?? first!).mode;
  return { mode, state, reason, cause };
}
