import { recordingRule, streamRule, type RecordingRule, type StreamRule } from '#contract/site.ts';

/** What a camera without a rule has: it is not recorded. */
export const noRecording = (): RecordingRule => recordingRule.parse({});
/** The rule of the stream beside the first one, as it was, or as it begins: with the term that held for it so far. */
export const freshBeside = ({ beside, keepDays, keepAlarmDays }: RecordingRule): StreamRule =>
  beside ?? streamRule.parse({ keepDays, keepAlarmDays });
/** The rule by which the other stream is recorded too, if it is. */
export const besideOf = ({ beside }: RecordingRule): StreamRule | null =>
  beside && beside.mode !== 'off' ? beside : null;

/** The rule for the other stream. What the first one has recorded keeps its term, where no rule of its own is seen. */
export function ofStream(rule: RecordingRule, stream: RecordingRule['stream']): RecordingRule {
  if (stream === rule.stream) return rule;
  const next = { ...rule, stream };
  if (!rule.beside || besideOf(rule)) return next;
  // As it is typed so far: times may be half filled in.
  const { stream: _first, beside: _beside, ...terms } = rule;
  return { ...next, beside: { ...terms, mode: 'off' } };
}

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/;

const isStreamRight = ({ mode, schedule }: StreamRule): boolean =>
  mode !== 'schedule' ||
  (schedule.length > 0 &&
    schedule.every(({ days, from, to }) => days.length > 0 && TIME.test(from) && TIME.test(to)));
/** A schedule needs times, each with days and two times of day. */
export const isRuleRight = (rule: RecordingRule): boolean =>
  isStreamRight(rule) && (!rule.beside || isStreamRight(rule.beside));

const wholeOfStream = <Rule extends StreamRule>(rule: Rule, schedule: Rule['schedule'] = []): Rule =>
  rule.mode === 'schedule' || isStreamRight({ ...rule, mode: 'schedule' }) ? rule : { ...rule, schedule };
/** Times that are half filled in go where they are not used; where they are, {@link isRuleRight} asks for them. */
export function wholeRule(rule: RecordingRule, before?: RecordingRule): RecordingRule {
  const { beside, ...first } = wholeOfStream(rule, before?.schedule);
  return beside ? { ...first, beside: wholeOfStream(beside, before?.beside?.schedule) } : first;
}

/** As it is stored: a camera that was never recorded stays without a rule; half filled in times of another mode go. */
export const storedRule = (
  rule: RecordingRule,
  before: RecordingRule | undefined,
): RecordingRule | undefined =>
  rule.mode === 'off' && !besideOf(rule) && !before ? undefined : wholeRule(rule, before);
